// Decimal numbers to float, correctly rounded and the same in every locale and library.
#pragma once

#include <string_view>

namespace camloss {

/// digits · 10^exponent, rounded once to the nearest float, ties to even; beyond the range
/// infinity, too small 0.
/// @param digits  at most 128 characters 0…9
[[nodiscard]] float float_from_decimal(std::string_view digits, int exponent) noexcept;

}  // namespace camloss
