// The one type of sizes and positions within tensors, maps and pictures.
#pragma once

#include <cstddef>

namespace camloss {

/// Signed, so that an int widens to it without a cast, differences are what they say, and loops may count down.
/// Products of ints begin with one: Index{width} * height. In 64 bits that cannot overflow. In
/// WebAssembly it has 32: there kMaxImagePixels (picture/image.h) keeps a picture of four channels below 2^31.
using Index = std::ptrdiff_t;

}  // namespace camloss
