// The metadata of weights files: "camloss.*" text to ModelInfo and back, and its checks.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <system_error>
#include <tuple>
#include <utility>

#include "shared/base/json_text.h"
#include "shared/base/utf8.h"
#include "shared/weights/weights_format.h"

namespace camloss::format {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const auto first = text.find_first_not_of(kSpaces);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// The parts between commas, without the spaces around them.
std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto comma = text.find(',');
    parts.push_back(trimmed(text.substr(0, comma)));
    if (comma == text.npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

/// Control characters, and those that turn the direction of the text around them.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

Error bad_value(std::string_view key, std::string_view value, std::string_view wanted) {
  return {joined({"camloss.", key, " is \"", shown(value), "\""}), joined({"it must be ", wanted})};
}

/// Decimal digits, and nothing else but spaces around them.
bool parse_whole(std::string_view text, int& out) {
  const std::string_view digits = trimmed(text);
  const char* end = digits.data() + digits.size();
  const auto [stop, problem] = std::from_chars(digits.data(), end, out);
  return problem == std::errc{} && stop == end;
}

/// One number or three.
Status parse_channels(std::string_view key, std::string_view text, std::array<float, 3>& out) {
  const auto parts = split(text);
  if (parts.size() != 1 && parts.size() != 3) {
    return bad_value(key, text, "one number or three, separated by commas");
  }
  for (std::size_t i = 0; i < 3; ++i) {
    const auto value = number_from_text(parts[parts.size() == 1 ? 0 : i]);
    if (!value) return bad_value(key, text, "one finite number or three, separated by commas");
    out[i] = *value;
  }
  return ok();
}

std::string channels_to_text(const std::array<float, 3>& values) {
  std::string text = number_to_text(values[0]);
  if (values[0] == values[1] && values[0] == values[2]) return text;
  return joined({text, ",", number_to_text(values[1]), ",", number_to_text(values[2])});
}

/// The members that are plain text, by key.
template <class Info>
auto text_members(Info& info) {
  return std::array{std::pair{"recipe", &info.recipe}, std::pair{"seed", &info.seed},
                    std::pair{"metrics", &info.metrics}, std::pair{"trained_on", &info.trained_on},
                    std::pair{"version", &info.version}};
}

}  // namespace

Status check_info(const ModelInfo& info) {
  if (info.input_size < 8 || info.input_size > 1024 || info.input_size % 8 != 0) {
    return Error{joined({"the input size is ", std::to_string(info.input_size)}),
                 "it must be a multiple of 8 from 8 to 1024"};
  }
  const int k = info.context_size, d = info.context_dilation;
  if (k < 1 || k > kMaxContext || k % 2 == 0) {
    return Error{joined({"the context is ", std::to_string(k), " cells wide"}),
                 "it must be 1, 3, 5 or 7"};
  }
  if (info.head == Head::dense && (k != 1 || d != 1)) {
    return Error{k == 1 ? joined({"camloss.context_dilation is ", std::to_string(d),
                                  ", and the dense head has no context"})
                        : joined({"the dense head has a context of ", std::to_string(k), " cells"}),
                 "a dense head sees all cells anyway; leave the context out"};
  }
  const int largest = k == 1 ? kMaxReceptiveField : (kMaxReceptiveField - 16) / (8 * (k - 1));
  if (d < 1 || d > largest) {
    return Error{joined({"camloss.context_dilation is ", std::to_string(d)}),
                 joined({"for a context of ", std::to_string(k), " cells it must be from 1 to ",
                         std::to_string(largest)})};
  }
  for (const float value : info.mean) {
    if (!std::isfinite(value)) return Error{"the mean is not finite", "check camloss.mean"};
  }
  for (const float value : info.std) {
    if (!std::isfinite(value) || value <= 0) {
      return Error{"the standard deviation is not a positive number", "check camloss.std"};
    }
  }
  if (!std::isfinite(info.temperature) || info.temperature <= 0) {
    return Error{"the temperature is not a positive number",
                 "check camloss.temperature; 1 leaves the probabilities as they are"};
  }
  if (info.classes.size() != 2) {
    return Error{
        joined({"the model names ", std::to_string(info.classes.size()), " classes, not two"}),
        "camloss.classes must be two names separated by a comma"};
  }
  for (const std::string& name : info.classes) {
    if (const char* complaint = complaint_about_class(name)) {
      return Error{joined({"the class name \"", shown(name), "\" ", complaint}),
                   "camloss.classes must be two names separated by a comma"};
    }
  }
  if (info.classes[0] == info.classes[1]) {
    return Error{joined({"both classes are named \"", info.classes[0], "\""}),
                 "camloss.classes must be two different names"};
  }
  if (!info.metrics.empty() && !is_json(info.metrics)) {
    return Error{"camloss.metrics is not JSON", "leave it out or write a JSON text"};
  }
  return ok();
}

Status apply_metadata(const Metadata& metadata, ModelInfo& info) {
  const auto find = [&](std::string_view key) -> const std::string* {
    const auto found = metadata.find(joined({"camloss.", key}));
    return found == metadata.end() ? nullptr : &found->second;
  };

  if (const auto* text = find("format"); text != nullptr && trimmed(*text) != "1") {
    return Error{
        joined({"the file has format \"", shown(*text), "\", and this program reads format 1"}),
        "use a newer version of camloss"};
  }
  if (const auto* text = find("head")) {
    if (*text != "fcn" && *text != "dense") return bad_value("head", *text, "fcn or dense");
    info.head = *text == "fcn" ? Head::fcn : Head::dense;
  }
  for (const auto& [key, member, wanted] :
       {std::tuple{"input_size", &info.input_size, "a multiple of 8 from 8 to 1024"},
        std::tuple{"context_dilation", &info.context_dilation, "a whole number from 1 up"}}) {
    if (const auto* text = find(key); text != nullptr && !parse_whole(*text, *member)) {
      return bad_value(key, *text, wanted);
    }
  }
  for (const auto& [key, member] : {std::pair{"mean", &info.mean}, std::pair{"std", &info.std}}) {
    if (const auto* text = find(key)) {
      if (Status status = parse_channels(key, *text, *member); !status) return status;
    }
  }
  if (const auto* text = find("classes")) {
    info.classes.clear();
    for (const std::string_view name : split(*text)) info.classes.emplace_back(name);
  }
  if (const auto* text = find("temperature")) {
    const auto value = number_from_text(*text);
    if (!value || *value <= 0) return bad_value("temperature", *text, "a finite number above 0");
    info.temperature = *value;
  }
  for (const auto& [key, member] : text_members(info)) {
    if (const auto* text = find(key)) *member = *text;
  }
  return ok();
}

Metadata metadata_of(const ModelInfo& info) {
  Metadata metadata{
      {"camloss.format", "1"},
      {"camloss.head", std::string(to_string(info.head))},
      {"camloss.input_size", std::to_string(info.input_size)},
      {"camloss.mean", channels_to_text(info.mean)},
      {"camloss.std", channels_to_text(info.std)},
      {"camloss.classes", joined({info.classes[0], ",", info.classes[1]})},
      {"camloss.temperature", number_to_text(info.temperature)},
  };
  if (info.context_size > 1) {
    metadata.emplace("camloss.context_dilation", std::to_string(info.context_dilation));
  }
  for (const auto& [key, member] : text_members(info)) {
    if (!member->empty()) metadata.emplace(joined({"camloss.", key}), *member);
  }
  return metadata;
}

std::string joined(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

std::string tensor_called(std::string_view name) {
  return joined({"tensor \"", shown(name), "\""});
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 80;  // bytes
  std::string safe;
  bool is_cut = false;
  while (!text.empty() && !is_cut) {
    std::string_view rest = text;
    const auto c = next_code_point(rest);
    if (!c) rest = text.substr(1);
    const std::string_view bytes = text.substr(0, text.size() - rest.size());
    is_cut = safe.size() + bytes.size() > kLongest;
    if (is_cut) {
      safe += "…";
    } else if (!c || is_control(*c)) {
      safe += '?';
    } else {
      safe += bytes;
    }
    text = rest;
  }
  return safe;
}

}  // namespace camloss::format

namespace camloss {

const char* complaint_about_class(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kMaxClassNameBytes) return "is longer than 64 bytes";
  if (name.find(',') != name.npos) return "has a comma in it";
  if (format::trimmed(name) != name) return "begins or ends with a space";
  while (!name.empty()) {
    const auto c = next_code_point(name);
    if (!c) return "is not UTF-8";
    if (format::is_control(*c)) return "has a control character in it";
  }
  return nullptr;
}

}  // namespace camloss
