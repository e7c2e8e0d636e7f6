// Whole blocks by loops that compilers vectorise; the place within one by halving it.
#include "shared/base/finite.h"

#include <algorithm>

#include "shared/base/bits.h"

namespace camloss {
namespace {

constexpr std::size_t kFiniteBlock = 8192;

/// Called for blocks, so that an engine that compiles a function better after some calls gets the
/// chance.
[[gnu::noinline]] bool is_finite(const float* values, std::size_t count) {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    largest = std::max(largest, bits_of(values[i]) & 0x7F800000U);
  }
  return largest < 0x7F800000U;
}

[[gnu::noinline]] bool is_finite(const std::uint8_t* halves, std::size_t count) {
  std::uint16_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, halves + 2 * i, sizeof half);
    largest = std::max(largest, static_cast<std::uint16_t>(half & 0x7C00U));
  }
  return largest < 0x7C00U;
}

/// @param step items of `values` that a value has
template <class Item>
std::size_t first_bad(const Item* values, std::size_t count, std::size_t step) {
  for (std::size_t first = 0; first < count; first += kFiniteBlock) {
    std::size_t length = std::min(kFiniteBlock, count - first);
    if (is_finite(values + first * step, length)) continue;
    while (length > 1) {
      const std::size_t half = length / 2;
      if (is_finite(values + first * step, half)) {
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
  return first_bad(values, count, 1);
}

std::size_t first_not_finite(const std::uint8_t* halves, std::size_t count) noexcept {
  return first_bad(halves, count, 2);
}

}  // namespace camloss
