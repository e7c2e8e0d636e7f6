// One decoder a format, each by the library that browsers decode it with where there is one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "native/base/error.h"
#include "shared/picture/image.h"

namespace camloss::io {

/// What every decoder says of a file that its format does not allow.
[[nodiscard]] inline UserError damaged_picture(std::string_view name, std::string_view format,
                                               const std::string& why) {
  return UserError({"damaged " + std::string(format) + ": " + why, "the file may be incomplete",
                    std::string(name)});
}

/// Each takes a whole file whose size in pixels the caller has checked, and gives it as stored, RGB
/// or RGBA (straight alpha). `name` is for messages. Nothing is written to stderr. Throws UserError.
///
/// JPEG by libjpeg: grey, YCbCr, RGB, and CMYK or YCCK in Adobe's inverted form, Huffman or
/// arithmetic coding.
[[nodiscard]] Image decode_jpeg(std::span<const std::uint8_t> bytes, std::string_view name);
/// PNG by libpng: every depth and kind of transparency; of 16 bits the upper byte. An animation whose
/// default picture is hidden gives its first frame.
[[nodiscard]] Image decode_png(std::span<const std::uint8_t> bytes, std::string_view name);
/// WebP by libwebp; an animation gives its first frame on a transparent canvas.
[[nodiscard]] Image decode_webp(std::span<const std::uint8_t> bytes, std::string_view name);
/// BMP: OS/2 and Windows headers, 1 to 32 bits, any masks, RLE4, RLE8 and OS/2's RLE24, either order
/// of rows.
[[nodiscard]] Image decode_bmp(std::span<const std::uint8_t> bytes, std::string_view name);
/// GIF by giflib: the first frame on the logical screen, transparent where the frame leaves it out.
/// The screen is enlarged where the frame reaches beyond it, and its size is checked here.
[[nodiscard]] Image decode_gif(std::span<const std::uint8_t> bytes, std::string_view name);

}  // namespace camloss::io
