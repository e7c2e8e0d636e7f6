// The search for values that are no finite numbers, in millions of weights.
#pragma once

#include <cstddef>
#include <cstdint>

namespace camloss {

/// Index of the first value that is infinite or not a number; `count` where all are finite.
[[nodiscard]] std::size_t first_not_finite(const float* values, std::size_t count) noexcept;
/// The same of halves or floats as they stand in a file, little-endian.
/// @param stored  bytes_each · count bytes
/// @param bytes_each  2 or 4
[[nodiscard]] std::size_t first_not_finite(const std::uint8_t* stored, std::size_t count,
                                           std::size_t bytes_each) noexcept;

}  // namespace camloss
