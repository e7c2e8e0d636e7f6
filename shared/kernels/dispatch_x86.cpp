// The choice of kernels on x86: the widest instruction set that processor and system offer.
#include "shared/kernels/kernels.h"
#include "shared/kernels/offered.h"

namespace camloss {

// Defined in kernels_impl.cpp, once for each instruction set.
// NOLINTNEXTLINE(readability-identifier-naming)
extern const Kernels kernels_baseline, kernels_avx2, kernels_avx512;

namespace {

Offered<Kernels> choose() noexcept {
  Offered<Kernels> offered;
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
  if (avx512) offered.add(kernels_avx512);
  if (avx2) offered.add(kernels_avx2);
  offered.add(kernels_baseline);
  return offered;
}

}  // namespace

std::span<const Kernels* const> available_kernels() noexcept {
  static const Offered<Kernels> offered = choose();
  return offered.all();
}

const Kernels& kernels() noexcept { return *available_kernels().front(); }

}  // namespace camloss
