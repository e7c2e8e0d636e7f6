// The one type of sizes and positions within tensors, maps and pictures.
#pragma once

#include <cstddef>

namespace camloss {

/// Signed, so that an int widens to it without a cast, differences are what they say, and loops may count down.
/// Products of ints begin with one: Index{width} * height cannot overflow.
using Index = std::ptrdiff_t;

}  // namespace camloss
