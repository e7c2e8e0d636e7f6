// JSON (RFC 8259) read as events. Written out rather than taken from a library: it is a fifth of
// the size in the module for JavaScript, stores no more than the token at hand, and its numbers do
// not depend on a locale.
#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/base/decimal.h"
#include "shared/base/json_text.h"
#include "shared/base/utf8.h"

namespace camloss {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  Parser(std::string_view text, JsonEvents& events) : text_(text), rest_(text), events_(events) {}

  Status parse() {
    const bool is_whole = value(0) && (skip_spaces(), rest_.empty() || fail("the end of the text"));
    if (is_whole) return ok();
    if (!error_.what.empty()) return error_;
    if (!events_.error.what.empty()) return events_.error;
    return Error{"the JSON text holds something unexpected" + place(), "the file is damaged"};
  }

 private:
  [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool take(char c) {
    if (front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip_spaces() {
    const auto first = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(std::min(first, rest_.size()));
  }

  /// Where the rest begins, in words.
  [[nodiscard]] std::string place() const {
    const std::string_view read = text_.substr(0, text_.size() - rest_.size());
    const auto line = std::count(read.begin(), read.end(), '\n') + 1;
    const std::size_t column = read.size() - (read.rfind('\n') + 1) + 1;  // npos + 1 is 0
    return " at line " + std::to_string(line) + ", byte " + std::to_string(column);
  }
  /// Each returns false.
  bool stop(std::string what, std::string hint) {
    error_ = {std::move(what), std::move(hint)};
    return false;
  }
  bool fail(std::string_view expected) {
    std::string what = rest_.empty() ? "the JSON text ends" : "the JSON text is damaged";
    what += place() + ": expected ";
    what += expected;
    return stop(std::move(what),
                "the file may be cut short; NaN and Infinity cannot be stored as JSON numbers");
  }

  bool value(std::size_t depth) {
    skip_spaces();
    const char c = front();
    if (c == '{' || c == '[') {
      if (depth == kMaxJsonDepth) {
        return stop(
            "the JSON text is nested deeper than " + std::to_string(kMaxJsonDepth) + " levels",
            "a weights file is an object of tensors of at most four dimensions");
      }
      return c == '{' ? object(depth + 1) : array(depth + 1);
    }
    if (c == '"') return string() && events_.string(string_);
    if (c == '-' || is_digit(c)) return number();
    for (const std::string_view word : {"null", "true", "false"}) {
      if (rest_.starts_with(word)) {
        rest_.remove_prefix(word.size());
        return events_.literal();
      }
    }
    return fail("a value");
  }

  bool object(std::size_t depth) {
    rest_.remove_prefix(1);
    if (!events_.begin_object()) return false;
    skip_spaces();
    if (take('}')) return events_.end_object();
    do {
      skip_spaces();
      if (front() != '"') return fail("a name in double quotes");
      if (!string() || !events_.key(string_)) return false;
      skip_spaces();
      if (!take(':')) return fail("a colon");
      if (!value(depth)) return false;
      skip_spaces();
    } while (take(','));
    return take('}') ? events_.end_object() : fail("a comma or a closing brace");
  }

  bool array(std::size_t depth) {
    rest_.remove_prefix(1);
    if (!events_.begin_array()) return false;
    skip_spaces();
    if (take(']')) return events_.end_array();
    do {
      if (!value(depth)) return false;
      skip_spaces();
    } while (take(','));
    return take(']') ? events_.end_array() : fail("a comma or a closing bracket");
  }

  /// Reads a string into string_.
  bool string() {
    rest_.remove_prefix(1);
    string_.clear();
    while (!take('"')) {
      if (rest_.empty()) return fail("a closing quote");
      if (string_.size() >= kMaxJsonString) {
        return stop(
            "a string in the JSON text is longer than " + std::to_string(kMaxJsonString) + " bytes",
            "no part of a weights file needs that; the file is damaged");
      }
      if (take('\\')) {
        if (!escape()) return false;
        continue;
      }
      const std::string_view before = rest_;
      const auto c = next_code_point(rest_);
      if (!c || *c < 0x20) return fail("text in UTF-8 without control characters");
      string_ += before.substr(0, before.size() - rest_.size());
    }
    return true;
  }

  /// What follows a backslash.
  bool escape() {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (take('u')) {
      char32_t c = 0;
      if (!hex_digits(c)) return false;
      const bool is_high = c >= 0xD800 && c < 0xDC00;
      char32_t low = 0;
      if (is_high &&
          (!take('\\') || !take('u') || !hex_digits(low) || low < 0xDC00 || low > 0xDFFF)) {
        return fail("the second half of a surrogate pair");
      }
      if (c >= 0xDC00 && c <= 0xDFFF) return fail("the first half of a surrogate pair");
      append_utf8(string_, is_high ? 0x10000 + ((c & 0x3FF) << 10) + (low & 0x3FF) : c);
      return true;
    }
    const auto which = rest_.empty() ? kLetters.npos : kLetters.find(front());
    if (which == kLetters.npos) return fail("an escape that JSON knows");
    string_ += kMeanings[which];
    rest_.remove_prefix(1);
    return true;
  }

  bool hex_digits(char32_t& value) {
    for (int i = 0; i < 4; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      const char c = front();
      const auto digit = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == kDigits.npos) return fail("four hexadecimal digits");
      value = value << 4 | static_cast<char32_t>(digit);
      rest_.remove_prefix(1);
    }
    return true;
  }

  /// Appends a run of digits to digits_; whether there was one.
  bool digits() {
    const char* const begin = rest_.data();
    std::size_t count = 0;
    while (count < rest_.size() && is_digit(begin[count])) ++count;
    // The rest of a number that is too long is never looked at.
    digits_.append(begin, std::min(count, kMaxJsonWord));
    rest_.remove_prefix(count);
    return count > 0;
  }

  bool number() {
    digits_.clear();
    const std::string_view begin = rest_;
    const bool is_negative = take('-');
    const bool has_leading_zero = front() == '0';
    if (!digits() || (has_leading_zero && digits_.size() > 1)) return fail("a number");
    int exponent = 0;
    bool is_integer = !is_negative;
    if (take('.')) {
      is_integer = false;
      const std::size_t before = digits_.size();
      if (!digits()) return fail("a digit after the point");
      exponent = -static_cast<int>(digits_.size() - before);
    }
    if (take('e') || take('E')) {
      is_integer = false;
      const bool is_below_one = take('-');
      if (!is_below_one) take('+');
      if (!is_digit(front())) return fail("a digit in the exponent");
      int power = 0;
      for (; is_digit(front()); rest_.remove_prefix(1)) {
        power = std::min(10 * power + (front() - '0'), 10000);  // far beyond every float
      }
      exponent += is_below_one ? -power : power;
    }
    const std::string_view word = begin.substr(0, begin.size() - rest_.size());
    if (word.size() > kMaxJsonWord) {
      return stop(
          "a number in the JSON text is longer than " + std::to_string(kMaxJsonWord) + " bytes",
          "nine digits say all there is to a float; the file is damaged");
    }
    if (is_integer && digits_.size() <= 20) {
      std::uint64_t integer = 0;
      bool fits = true;
      for (const char digit : digits_) {
        const auto next = static_cast<std::uint64_t>(digit - '0');
        fits = fits && integer <= (UINT64_MAX - next) / 10;
        integer = 10 * integer + next;
      }
      if (fits) return events_.integer(integer);
    }
    const float magnitude = float_from_decimal(digits_, exponent);
    if (!std::isfinite(magnitude)) {
      return stop("the number " + std::string(word) + " is beyond the range of float",
                  "the largest float is about 3.4e38");
    }
    return events_.number(is_negative ? -magnitude : magnitude);
  }

  std::string_view text_;
  std::string_view rest_;  // of text_, not yet read
  JsonEvents& events_;
  std::string string_;  // the last one read
  std::string digits_;  // of the number at hand, without point and exponent
  Error error_;
};

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
  return Parser(text, events).parse();
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

}  // namespace camloss
