// IEEE 754 binary16 by integer arithmetic, so that every platform gives the same bits.
#include "shared/base/half.h"

#include "shared/base/bits.h"

namespace camloss {

std::uint16_t half_from_float(float value) noexcept {
  const auto bits = bits_of(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;

  std::uint32_t half = 0;
  if (magnitude > 0x7F800000U) {
    // NaN: keep the upper payload bits, and one bit more so that it never turns into infinity.
    half = 0x7E00U | ((magnitude >> 13) & 0x3FFU);
  } else if (magnitude >= 0x477FF000U) {
    half = 0x7C00U;  // 65520 and above round to infinity
  } else if (magnitude >= 0x38800000U) {
    // Normal: rebias the exponent from 127 to 15 and round the 13 dropped bits to even. A carry
    // out of the mantissa lands in the exponent, which is the right answer.
    const std::uint32_t rebiased = magnitude - (112U << 23);
    half = (rebiased + 0xFFFU + ((rebiased >> 13) & 1U)) >> 13;
  } else if (magnitude > 0x33000000U) {
    // Subnormal, in units of 2^-24. 2^-25 itself is half way between 0 and 1 and goes to even: 0.
    const std::uint32_t exponent = magnitude >> 23;  // 102 … 112
    const std::uint32_t mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
    const std::uint32_t shift = 126U - exponent;  // 14 … 24
    const std::uint32_t kept = mantissa >> shift;
    const std::uint32_t dropped = mantissa & ((1U << shift) - 1U);
    const std::uint32_t tie = 1U << (shift - 1U);
    half = kept + ((dropped > tie || (dropped == tie && (kept & 1U) != 0)) ? 1U : 0U);
  }
  return static_cast<std::uint16_t>(sign | half);
}

}  // namespace camloss
