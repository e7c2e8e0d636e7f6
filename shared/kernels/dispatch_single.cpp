// The choice of kernels where one build has one instruction set: WebAssembly, and processors other
// than x86.
#include <array>

#include "shared/kernels/kernels.h"

namespace camloss {

extern const Kernels kernels_baseline;

std::span<const Kernels* const> available_kernels() noexcept {
  static constexpr std::array<const Kernels*, 1> kTables{&kernels_baseline};
  return kTables;
}

const Kernels& kernels() noexcept { return kernels_baseline; }

}  // namespace camloss
