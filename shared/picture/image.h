// Pictures as bytes: the one form in which every decoder hands a photo to the core.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace camloss {

/// A borrowed 8-bit sRGB picture, rows top to bottom, no padding between rows.
struct ImageView {
  const std::uint8_t* data = nullptr;  // (height, width, channels)
  int width = 0;                       // pixels
  int height = 0;                      // pixels
  int channels = 4;                    // 3: RGB; 4: RGBA with straight (not premultiplied) alpha
};

/// An owned picture of the same layout.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> pixels;  // (height, width, channels)

  [[nodiscard]] ImageView view() const { return {pixels.data(), width, height, channels}; }
};

/// Largest accepted side of a picture, in pixels, and largest accepted number of pixels.
inline constexpr int kMaxImageSide = 32768;
inline constexpr std::int64_t kMaxImagePixels = 200'000'000;

}  // namespace camloss
