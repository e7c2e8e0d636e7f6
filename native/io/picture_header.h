// What a picture file says of itself before anything is decoded: format, size, orientation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace camloss::io {

enum class PictureFormat {
  unknown,
  jpeg,
  png,
  webp,
  gif,
  bmp,
  avif,
  heic,
  tiff,
  jpeg_xl,
  jpeg_2000,
  svg,
  html
};
[[nodiscard]] std::string_view to_string(PictureFormat format);

struct PictureHeader {
  PictureFormat format = PictureFormat::unknown;
  /// Pixels as stored, before orientation; 0 where the format is not decoded.
  std::int64_t width = 0;
  std::int64_t height = 0;  // pixels
  int orientation = 1;      // EXIF 1…8
  bool complete = true;     // false for a WebP that is shorter than it says
};

/// The kinds of header that a BMP begins with, told by its length in bytes.
enum class BmpLayout { unknown, os2_1, os2_2, windows };
[[nodiscard]] BmpLayout bmp_layout(std::uint32_t header_bytes);

/// Tells the format by the first bytes and reads the header; never reads past `bytes`. A header
/// that makes no sense leaves width and height at 0.
[[nodiscard]] PictureHeader read_picture_header(std::span<const std::uint8_t> bytes);

}  // namespace camloss::io
