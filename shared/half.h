// IEEE 754 binary16 to and from float, round to nearest even; no hardware support assumed.
#pragma once

#include <cstdint>

#include "shared/bits.h"

namespace camloss {

/// The nearest half; beyond the range ±infinity, NaN stays NaN, subnormals are kept.
[[nodiscard]] std::uint16_t half_from_float(float value) noexcept;
/// Exact.
[[nodiscard]] inline float float_from_half(std::uint16_t bits) noexcept {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU;
  const std::uint32_t mantissa = bits & 0x3FFU;

  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return float_of_bits(sign | bits_of(magnitude));
  }
  const std::uint32_t wide = exponent == 31 ? 255U : exponent + 112U;
  return float_of_bits(sign | (wide << 23) | (mantissa << 13));
}

}  // namespace camloss
