// The choice of kernels on x86: the widest instruction set that processor and system offer.
#include <array>
#include <cstddef>

#include "shared/kernels/kernels.h"

namespace camloss {

// Defined in kernels_impl.cpp, once for each instruction set.
// NOLINTNEXTLINE(readability-identifier-naming)
extern const Kernels kernels_baseline, kernels_avx2, kernels_avx512;

namespace {

struct Choice {
  std::array<const Kernels*, 3> tables{};
  std::size_t count = 0;
};

Choice choose() noexcept {
  Choice choice;
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  if (avx512) choice.tables[choice.count++] = &kernels_avx512;
  if (avx2) choice.tables[choice.count++] = &kernels_avx2;
  choice.tables[choice.count++] = &kernels_baseline;
  return choice;
}

}  // namespace

std::span<const Kernels* const> available_kernels() noexcept {
  static const Choice choice = choose();
  return {choice.tables.data(), choice.count};
}

const Kernels& kernels() noexcept { return *available_kernels().front(); }

}  // namespace camloss
