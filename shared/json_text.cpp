// JSON by nlohmann/json's event interface: no document is built, so memory follows what is kept.
#include "shared/json_text.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace camloss {
namespace {

// With float as its number type the library reads each number with one rounding and writes the
// shortest digits of a float.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                  std::uint64_t, float>;

/// Hands the library's events on and keeps its complaints.
class Bridge final : public nlohmann::json_sax<Json> {
 public:
  explicit Bridge(JsonEvents& events) : events_(events) {}

  bool null() override { return events_.literal(); }
  bool boolean(bool) override { return events_.literal(); }
  bool number_integer(std::int64_t value) override {
    return events_.number(static_cast<float>(value));
  }
  bool number_unsigned(std::uint64_t value) override { return events_.integer(value); }
  bool number_float(float value, const std::string&) override { return events_.number(value); }
  bool string(std::string& text) override { return events_.string(text); }
  bool binary(Json::binary_t&) override { return false; }  // no such thing in a text
  bool start_object(std::size_t) override { return events_.begin_object(); }
  bool key(std::string& name) override { return events_.key(name); }
  bool end_object() override { return events_.end_object(); }
  bool start_array(std::size_t) override { return events_.begin_array(); }
  bool end_array() override { return events_.end_array(); }

  bool parse_error(std::size_t, const std::string&, const Json::exception& complaint) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
    std::string_view text = complaint.what();
    if (const auto tag = text.find("] "); tag != text.npos) text.remove_prefix(tag + 2);
    constexpr std::string_view kLead = "parse error at ";
    if (text.starts_with(kLead)) text.remove_prefix(kLead.size());
    constexpr std::size_t kLongest = 240;  // the complaint may quote the file at length
    events_.error.what = "the JSON text is damaged: " + std::string(text.substr(0, kLongest));
    events_.error.hint =
        "the file may be cut short; NaN and Infinity cannot be stored as JSON numbers";
    for (char& c : events_.error.what) {
      if (static_cast<unsigned char>(c) < 0x20) c = '?';
    }
    return false;
  }

 private:
  JsonEvents& events_;
};

/// Checks depth and the length of strings and numbers, so that the parser can never be made to
/// store much of a hostile text.
Status check_limits(std::string_view text) {
  std::size_t depth = 0;
  std::size_t word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      const std::size_t begin = ++i;
      while (i < text.size() && text[i] != '"') i += text[i] == '\\' ? 2 : 1;
      if (i - begin > kMaxJsonString) {
        return Error{
            "a string in the JSON text is longer than " + std::to_string(kMaxJsonString) + " bytes",
            "no part of a weights file needs that; the file is damaged"};
      }
      word = 0;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) {
        return Error{
            "the JSON text is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels",
            "a weights file is an object of tensors of at most four dimensions"};
      }
      word = 0;
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      word = 0;
    } else if (c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t') {
      word = 0;
    } else if (++word > kMaxJsonWord) {
      return Error{"a number or word in the JSON text is longer than " +
                       std::to_string(kMaxJsonWord) + " bytes",
                   "nine digits say all there is to a float; the file is damaged"};
    }
  }
  return ok();
}

/// Accepts everything.
class AnyJson final : public JsonEvents {
 public:
  bool begin_object() override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool begin_array() override { return true; }
  bool end_array() override { return true; }
  bool string(std::string&) override { return true; }
  bool integer(std::uint64_t) override { return true; }
  bool number(float) override { return true; }
  bool literal() override { return true; }
};

/// Accepts one number alone.
class OneNumber final : public JsonEvents {
 public:
  bool integer(std::uint64_t value) override { return number(static_cast<float>(value)); }
  bool number(float value) override {
    found = value;
    return true;
  }

  std::optional<float> found;
};

}  // namespace

Status parse_json(std::string_view text, JsonEvents& events) {
  if (const Status limits = check_limits(text); !limits) return limits;
  Bridge bridge(events);
  if (!Json::sax_parse(text.begin(), text.end(), &bridge)) {
    if (events.error.what.empty()) events.error.what = "the JSON text holds something unexpected";
    return events.error;
  }
  return ok();
}

bool is_json(std::string_view text) {
  AnyJson any;
  return static_cast<bool>(parse_json(text, any));
}

std::optional<float> number_from_text(std::string_view text) {
  OneNumber one;
  if (!parse_json(text, one)) return std::nullopt;
  return one.found;
}

std::string number_to_text(float value) { return Json(value).dump(); }

std::string quoted_json(std::string_view text) {
  return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace camloss
