// The bits of a float as an integer, and back.
#pragma once

#include <cstdint>
#include <cstring>

namespace camloss {

// std::bit_cast is missing in the oldest supported standard library for WebAssembly.

[[nodiscard]] inline std::uint32_t bits_of(float value) noexcept {
  static_assert(sizeof(float) == sizeof(std::uint32_t));
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

[[nodiscard]] inline float float_of_bits(std::uint32_t bits) noexcept {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace camloss
