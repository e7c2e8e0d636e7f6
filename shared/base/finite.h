// The search for values that are no finite numbers, in millions of weights.
#pragma once

#include <cstddef>
#include <cstdint>

namespace camloss {

/// Index of the first value that is infinite or not a number; `count` where all are finite.
[[nodiscard]] std::size_t first_not_finite(const float* values, std::size_t count) noexcept;
/// The same of halves as they stand in a file, little-endian.
/// @param halves  2 · count bytes
[[nodiscard]] std::size_t first_not_finite(const std::uint8_t* halves, std::size_t count) noexcept;

}  // namespace camloss
