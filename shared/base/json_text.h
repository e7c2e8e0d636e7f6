// JSON as events and as text, for the readers and writers of weights files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shared/base/result.h"

namespace camloss {

/// Limits of parse_json; no more than a string of the longest kind is ever stored.
inline constexpr std::size_t kMaxJsonDepth = 16;                     // nested arrays and objects
inline constexpr std::size_t kMaxJsonString = std::size_t{1} << 20;  // bytes of a string
inline constexpr std::size_t kMaxJsonWord = 128;                     // bytes of a number

/// Receives a JSON text piece by piece, in order. Each call returns whether to go on; before it
/// returns false it says why in `error`. What a reader does not override is refused.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;
  virtual bool begin_object() { return false; }
  virtual bool key(std::string&) { return false; }
  virtual bool end_object() { return false; }
  virtual bool begin_array() { return false; }
  virtual bool end_array() { return false; }
  virtual bool string(std::string&) { return false; }
  /// A number written without point, exponent or sign.
  virtual bool integer(std::uint64_t) { return false; }
  /// Any other number, rounded once; finite.
  virtual bool number(float) { return false; }
  /// null, true or false.
  virtual bool literal() { return false; }

  Error error;
};

/// Parses a whole text.
/// Errors: what `events` refused, the limits above, text that is not JSON (with line and byte), bytes that are not
/// UTF-8, numbers beyond the range of float.
Status parse_json(std::string_view text, JsonEvents& events);

/// Whether a text is JSON within the limits of parse_json.
[[nodiscard]] bool is_json(std::string_view text);

/// The number that a text is, in JSON's grammar: no locale, no "inf", no hexadecimal. Spaces around
/// it are skipped. Null where the text is no finite number.
[[nodiscard]] std::optional<float> number_from_text(std::string_view text);

/// The shortest text that reads back as the same float. The value must be finite.
[[nodiscard]] std::string number_to_text(float value);

/// A string in quotes, escaped. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string quoted_json(std::string_view text);

}  // namespace camloss
