// A parser callback that watches depth and repeated keys.
#include "native/base/strict_json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "native/base/error.h"

namespace camloss::train {

Json parse_strict_json(std::string_view text, std::string_view file) {
  const auto refuse = [&](const std::string& why) {
    return UserError(std::string(file) + ": " + why, "the file must be one JSON object");
  };
  std::vector<std::set<std::string>> keys;  // of the objects around the current position
  const Json::parser_callback_t watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > kMaxJsonDepth) {
      throw refuse("nested deeper than " + std::to_string(kMaxJsonDepth) + " levels");
    }
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key &&
        !keys.back().insert(parsed.get<std::string>()).second) {
      throw refuse("\"" + parsed.get<std::string>() + "\" is there twice");
    }
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::exception& error) {
    // The library's text begins with its own error number in brackets.
    const std::string why = error.what();
    const std::size_t end = why.find("] ");
    throw refuse("not valid JSON: " + (end == std::string::npos ? why : why.substr(end + 2)));
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances of a's first i characters
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace camloss::train
