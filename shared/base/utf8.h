// UTF-8, one code point at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace camloss {

/// The code point at the front of `text`, removed from it; null where the bytes are not UTF-8
/// (overlong forms, surrogates and values above U+10FFFF are not). `text` must not be empty.
std::optional<char32_t> next_code_point(std::string_view& text) noexcept;

/// Appends a code point, which must be valid.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace camloss
