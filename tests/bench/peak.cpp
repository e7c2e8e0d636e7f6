// The measured peak of each instruction set.
#include "tests/bench/peak.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

#include "shared/kernels/kernels.h"

namespace camloss::bench {

extern const Peak peak_baseline;
#if defined(__x86_64__)
extern const Peak peak_avx2, peak_avx512;
#endif

namespace {

PeakLoop loop_of(std::string_view name) {
  for (const Peak* peak : {
         &peak_baseline,
#if defined(__x86_64__)
             &peak_avx2, &peak_avx512,
#endif
       }) {
    if (name == peak->name) return peak->loop;
  }
  return nullptr;
}

double measure(PeakLoop loop) {
  using Clock = std::chrono::steady_clock;
  constexpr long kRounds = 200'000;  // about a millisecond
  constexpr int kTrials = 200;       // the best one had the core to itself
  double best = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    double flops = 0;
    const auto start = Clock::now();
    benchmark::DoNotOptimize(loop(kRounds, &flops));
    best = std::max(best, flops / std::chrono::duration<double>(Clock::now() - start).count());
  }
  return best;
}

}  // namespace

double peak_flops(std::string_view instruction_set) {
  static std::map<std::string, double, std::less<>> known;
  const auto found = known.find(instruction_set);
  if (found != known.end()) return found->second;
  const PeakLoop loop = loop_of(instruction_set);
  const bool runs = std::ranges::any_of(
      available_kernels(), [&](const Kernels* table) { return table->name == instruction_set; });
  const double flops = loop != nullptr && runs ? measure(loop) : 0;
  known.emplace(instruction_set, flops);
  return flops;
}

}  // namespace camloss::bench
