// The choice of operators where one build has one instruction set.
#include <array>

#include "shared/learn/operators.h"

namespace camloss::learn {

extern const Operators operators_baseline;

std::span<const Operators* const> available_operators() noexcept {
  static constexpr std::array<const Operators*, 1> kTables{&operators_baseline};
  return kTables;
}

const Operators& operators() noexcept { return operators_baseline; }

}  // namespace camloss::learn
