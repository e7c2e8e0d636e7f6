// The loop behind the measured peak, compiled once for each instruction set as the kernels are.
#include "shared/kernels/simd.h"
#include "tests/bench/peak.h"

#define CAMLOSS_JOIN2(a, b) a##b
#define CAMLOSS_JOIN(a, b) CAMLOSS_JOIN2(a, b)

namespace camloss::bench {
namespace {

// More chains than latency times throughput of a multiply-add, fewer than the registers.
constexpr int kChains = 12;

float loop(long rounds, double* flops) {
  Vec chains[kChains];
  for (int c = 0; c < kChains; ++c) chains[c] = Vec{} + static_cast<float>(c);
  const Vec factor = Vec{} + 0.5F, term = Vec{} + 1.0F;  // the sums tend to 2
  for (long round = 0; round < rounds; ++round) {
    for (Vec& chain : chains) chain = chain * factor + term;
  }
  Vec sum = {};
  for (const Vec& chain : chains) sum += chain;
  *flops = 2.0 * kChains * kLanes * static_cast<double>(rounds);
  return sum[0];
}

}  // namespace

extern const Peak CAMLOSS_JOIN(peak_, CAMLOSS_SIMD_LEVEL);
const Peak CAMLOSS_JOIN(peak_, CAMLOSS_SIMD_LEVEL) = {kInstructionSet, loop};

}  // namespace camloss::bench
