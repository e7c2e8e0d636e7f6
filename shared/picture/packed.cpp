// Packed grey levels as floats.
#include "shared/picture/packed.h"

#include <cstddef>

namespace camloss {

void unpack(std::span<const std::uint16_t> from, std::span<float> to) noexcept {
  for (std::size_t i = 0; i < from.size(); ++i) {
    to[i] = static_cast<float>(from[i]) * (1 / kPackedSteps);
  }
}

}  // namespace camloss
