// Whole blocks by loops that compilers vectorise; the place within one by halving it.
#include "shared/base/finite.h"

#include <algorithm>
#include <cstring>

namespace camloss {
namespace {

constexpr std::size_t kFiniteBlock = 8192;

/// Called for blocks, so that an engine that compiles a function better after some calls gets the
/// chance.
/// @param stored  little-endian, at any address
/// @tparam exponent  the bits that are all set where a value is not finite
template <class Unsigned, Unsigned exponent>
[[gnu::noinline]] bool is_finite(const std::uint8_t* stored, std::size_t count) {
  Unsigned largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    Unsigned bits = 0;
    std::memcpy(&bits, stored + i * sizeof bits, sizeof bits);
    largest = std::max(largest, static_cast<Unsigned>(bits & exponent));
  }
  return largest < exponent;
}

std::size_t first_bad(const std::uint8_t* stored, std::size_t count, std::size_t bytes_each) {
  const auto finite =
      bytes_each == 2 ? is_finite<std::uint16_t, 0x7C00> : is_finite<std::uint32_t, 0x7F800000>;
  for (std::size_t first = 0; first < count; first += kFiniteBlock) {
    std::size_t length = std::min(kFiniteBlock, count - first);
    if (finite(stored + first * bytes_each, length)) continue;
    while (length > 1) {
      const std::size_t half = length / 2;
      if (finite(stored + first * bytes_each, half)) {
        first += half;
        length -= half;
      } else {
        length = half;
      }
    }
    return first;
  }
  return count;
}

}  // namespace

std::size_t first_not_finite(const float* values, std::size_t count) noexcept {
  return first_bad(reinterpret_cast<const std::uint8_t*>(values), count, sizeof *values);
}

std::size_t first_not_finite(const std::uint8_t* stored, std::size_t count,
                             std::size_t bytes_each) noexcept {
  return first_bad(stored, count, bytes_each);
}

}  // namespace camloss
