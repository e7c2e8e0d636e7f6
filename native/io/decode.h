// Picture files to pixels, as a browser would show them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "shared/picture/image.h"

namespace camloss::io {

/// Largest picture file that is decoded: 256 MiB.
inline constexpr std::size_t kMaxPictureBytes = std::size_t{256} << 20;

/// JPEG, PNG, WebP, GIF (first frame) or BMP, told apart by their first bytes, to 8-bit sRGB. EXIF
/// orientation is applied where Chromium applies it (JPEG, PNG; not WebP); alpha is kept (channels
/// = 4, straight) for the core to composite; grey, palette, 16-bit and CMYK (Adobe's inverted form)
/// become RGB. Colour profiles are ignored. Sides and pixels are checked against kMaxImageSide and
/// kMaxImagePixels from the header, before anything is decoded. A picture whose data end before its
/// end mark is refused, as createImageBitmap refuses it.
/// @param name  for the message only
/// Throws UserError: no picture, a format without decoder (named), too large, damaged.
[[nodiscard]] Image decode_picture(std::span<const std::uint8_t> bytes, std::string_view name);

/// Whether a file's ending is one that pictures have (jpg, png, webp, gif, bmp, avif, heic …; any
/// case).
[[nodiscard]] bool has_picture_ending(std::string_view name);

}  // namespace camloss::io
