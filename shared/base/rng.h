// A small random generator whose numbers are the same on every machine.
#pragma once

#include <cstdint>

namespace camloss {

/// SplitMix64 (Steele, Lea and Flood 2014): one 64-bit state, integer arithmetic only. Never call
/// it twice in one expression whose order of evaluation C++ leaves open: the picture would depend
/// on the compiler.
class Rng {
 public:
  explicit constexpr Rng(std::uint64_t seed) noexcept : state_(seed) {}

  /// 64 uniform bits.
  constexpr std::uint64_t next() noexcept {
    state_ += 0x9E3779B97F4A7C15ULL;
    return mix(state_);
  }

  /// Uniform in [0, 1), a multiple of 2⁻⁵³.
  constexpr double unit() noexcept {
    return static_cast<double>(next() >> 11) * (1.0 / 9007199254740992.0);
  }

  /// Uniform in [low, high).
  constexpr double range(double low, double high) noexcept { return low + (high - low) * unit(); }

  /// Uniform in {0, …, count − 1}; count ≥ 1.
  constexpr int pick(int count) noexcept {
    return static_cast<int>(next() % static_cast<std::uint64_t>(count));
  }

  constexpr bool chance(double probability) noexcept { return unit() < probability; }

  /// A generator of its own for a part of the work, so that what one part draws does not move the
  /// others.
  constexpr Rng fork(std::uint64_t name) noexcept { return Rng(next() ^ mix(name)); }

  /// The finaliser: every input bit changes every output bit with probability one half.
  static constexpr std::uint64_t mix(std::uint64_t z) noexcept {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace camloss
