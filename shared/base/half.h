// IEEE 754 binary16 to and from float, round to nearest even; no hardware support assumed.
#pragma once

#include <cstdint>

#include "shared/base/bits.h"

namespace camloss {

/// The nearest half; beyond the range ±infinity, NaN stays NaN, subnormals are kept.
[[nodiscard]] std::uint16_t half_from_float(float value) noexcept;
/// Exact. Without branches, so that compilers vectorise a loop of it.
[[nodiscard, gnu::always_inline]] inline float float_from_half(std::uint16_t bits) noexcept {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  // Exponent and fraction at their places in a float stand for value · 2^-112; subnormals too.
  const std::uint32_t placed = (bits & 0x7FFFU) << 13;
  const std::uint32_t magnitude = bits_of(float_of_bits(placed) * 0x1p112F);
  const std::uint32_t not_finite = placed >= 0x0F800000U ? 0x7F800000U : 0U;
  return float_of_bits(sign | magnitude | not_finite);
}

}  // namespace camloss
