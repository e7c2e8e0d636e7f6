// The choice of operators on x86: those of the instruction sets that the kernels were chosen from.
#include <string_view>

#include "shared/kernels/kernels.h"
#include "shared/kernels/offered.h"
#include "shared/learn/operators.h"

namespace camloss::learn {

// Defined in operators_impl.cpp, once for each instruction set.
// NOLINTNEXTLINE(readability-identifier-naming)
extern const Operators operators_baseline, operators_avx2, operators_avx512;

namespace {

Offered<Operators> choose() noexcept {
  Offered<Operators> offered;
  for (const Kernels* const kernels : available_kernels()) {
    for (const Operators* const table : {&operators_avx512, &operators_avx2, &operators_baseline}) {
      if (std::string_view(table->name) == kernels->name) offered.add(*table);
    }
  }
  return offered;
}

}  // namespace

std::span<const Operators* const> available_operators() noexcept {
  static const Offered<Operators> offered = choose();
  return offered.all();
}

const Operators& operators() noexcept { return *available_operators().front(); }

}  // namespace camloss::learn
