// Pictures as PNG files.
#pragma once

#include <filesystem>

#include "shared/picture/image.h"

namespace camloss::io {

/// Writes atomically.
/// @param picture  1 (grey), 3 (RGB) or 4 (RGBA) channels
/// Throws UserError.
void write_png(const std::filesystem::path& path, ImageView picture);

/// The picture reduced so that its longer side is at most `side`; smaller ones are copied. Alpha is
/// composited on white.
[[nodiscard]] Image reduced_rgb(ImageView picture, int side);

}  // namespace camloss::io
