// Text as messages and tables show it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace camloss {

/// "a, b, c … (254 more)".
[[nodiscard]] std::string listed(const std::vector<std::string>& names, std::size_t at_most = 12);

/// The text, with spaces behind it to that many columns. A code point is a column: '±' is one, however many bytes it has.
[[nodiscard]] std::string padded(std::string text, std::size_t columns);

}  // namespace camloss
