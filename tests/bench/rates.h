// How the benchmarks report: rate in GFLOP/s, and its share of the measured peak.
#pragma once

#include <benchmark/benchmark.h>

#include "tests/bench/peak.h"

namespace camloss::bench {

/// @param multiply_adds executed by one iteration: after fusion and Winograd's transform, whose own
/// additions do not count
inline void report_rate(benchmark::State& state, double multiply_adds,
                        const char* instruction_set) {
  constexpr auto kRate = benchmark::Counter::kIsIterationInvariantRate;
  state.counters["GFLOP/s"] = benchmark::Counter(2e-9 * multiply_adds, kRate);
  state.counters["%peak"] =
      benchmark::Counter(200 * multiply_adds / peak_flops(instruction_set), kRate);
  state.counters["MMAC"] = multiply_adds * 1e-6;
}

/// Multiply-adds of the convolutional trunk at an input side.
inline double trunk_multiply_adds(int side) {
  const auto tiles = [](int map_side) {
    const double across = (map_side + 3) / 4;
    return across * across;
  };
  return tiles(side) * 36 * 3 * 16 + tiles(side / 2) * 25 * 16 * 64 +
         tiles(side / 4) * 25 * 64 * 32;
}

}  // namespace camloss::bench
