// IEEE 754 binary16 to and from float, round to nearest even; no hardware support assumed.
#pragma once

#include <cstdint>

namespace camloss {

/// The nearest half; beyond the range ±infinity, NaN stays NaN, subnormals are kept.
[[nodiscard]] std::uint16_t half_from_float(float value) noexcept;
/// Exact.
[[nodiscard]] float float_from_half(std::uint16_t bits) noexcept;

}  // namespace camloss
