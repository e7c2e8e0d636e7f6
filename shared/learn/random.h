// A counter-based random generator: the numbers of a step are a function of (seed, purpose, epoch,
// index) alone, so that a resumed training needs no generator state and draws exactly what the
// uninterrupted one would have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace camloss::learn {

/// What a stream of random numbers is for; streams of different purpose are independent.
enum class Purpose : std::uint64_t { initialise = 1, order = 2, augment = 3, mix = 4, split = 5 };

class CounterRng {
 public:
  CounterRng(std::uint64_t seed, Purpose purpose, std::uint64_t first = 0, std::uint64_t second = 0)
      : key_(mix(mix(mix(mix(seed + kStep) + static_cast<std::uint64_t>(purpose)) + first * kStep) +
                 second * kStep)) {}

  /// 64 random bits.
  std::uint64_t next() { return mix(key_ + kStep * ++counter_); }
  /// Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// True with probability p.
  bool chance(double p) { return uniform() < p; }
  /// Uniform in {0, …, n − 1}; n ≥ 1, small against 2^53.
  std::size_t below(std::size_t n) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(n));
  }

 private:
  static constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ULL;

  /// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
  static constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

/// Fisher and Yates' shuffle; the same on every machine, unlike std::shuffle with a standard
/// distribution.
template <class T>
void shuffle(std::vector<T>& items, CounterRng& rng) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[rng.below(i)]);
}

}  // namespace camloss::learn
