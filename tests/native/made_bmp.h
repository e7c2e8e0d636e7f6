// BMP files of every kind, made for tests.
#pragma once

#include <cstdint>
#include <vector>

#include "shared/picture/image.h"
#include "tests/native/made_pictures.h"

namespace camloss::train {

/// How a BMP is written.
struct BmpKind {
  std::uint32_t header = 40;             // bytes: 12, 16, 40, 42, 46, 52, 56, 64, 108, 124
  std::uint32_t bits = 24;               // a pixel
  std::uint32_t compression = 0;         // 0, 1 (RLE8), 2 (RLE4), 3 (masks), 6 (masks with alpha)
  std::array<std::uint32_t, 4> masks{};  // R, G, B, A; where compression is 3 or 6
  bool top_down = false;
};

/// The BMP of a picture. With palettes (1 to 8 bits) its pixels are rounded to the palette of
/// bmp_palette.
[[nodiscard]] Bytes made_bmp(const Image& image, const BmpKind& kind);
/// What a reader must give for it, RGBA.
[[nodiscard]] Image expected_bmp(const Image& image, const BmpKind& kind);

}  // namespace camloss::train
