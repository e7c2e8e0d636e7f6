// JSON as the trainer writes and reads it: objects keep the order of their fields.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace camloss::train {

using Json = nlohmann::ordered_json;

/// A number, or null where there is none or it is not finite: JSON cannot write such a number.
[[nodiscard]] inline Json number_or_null(std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

/// The value on one line. Bytes that are not UTF-8 become U+FFFD; control characters are escaped as JSON has it, those
/// above U+007E too, which JSON would allow as they are and a terminal obeys.
[[nodiscard]] std::string to_line(const Json& json);

}  // namespace camloss::train
