// The first frame of a GIF, which OpenCV 4.6 cannot read.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "shared/picture/image.h"

namespace camloss::io {

/// RGBA of the logical screen, enlarged where the first frame reaches beyond it; pixels the frame
/// leaves out are transparent. Throws UserError: too large (see image.h), damaged, without a frame.
[[nodiscard]] Image decode_gif(std::span<const std::uint8_t> bytes, std::string_view name);

}  // namespace camloss::io
