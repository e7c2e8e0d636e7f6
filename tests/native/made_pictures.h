// Pictures, files and folders made for the tests of the trainer's data side.
#pragma once

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/error.h"
#include "shared/picture/image.h"
#include "tests/native/temporary_folder.h"

namespace camloss::train {

using Bytes = std::vector<std::uint8_t>;

using test::TemporaryFolder;

/// An RGB picture whose border has one colour and whose middle has soft blobs that depend on the
/// seed.
[[nodiscard]] Image blobs(std::uint64_t seed, int width, int height,
                          std::array<int, 3> border = {90, 110, 60});

/// Mirrored left to right.
[[nodiscard]] Image mirrored(const Image& image);
/// Another size, by OpenCV (not the code under test).
[[nodiscard]] Image resized(const Image& image, int width, int height);

/// Encoded by OpenCV; ending ".png", ".jpg", ".webp" (lossless), ".bmp".
[[nodiscard]] Bytes encoded(const Image& image, const std::string& ending, int quality = 95);

/// The TIFF structure of an orientation tag.
[[nodiscard]] Bytes orientation_tiff(int orientation, bool big_endian);
/// A JPEG with an EXIF segment behind its start mark.
[[nodiscard]] Bytes with_exif(const Bytes& jpeg, const Bytes& tiff);

/// A GIF made by giflib.
struct GifFrame {
  int left = 0, top = 0, width = 0, height = 0;
  bool interlaced = false;
  int transparent = -1;      // palette index
  std::vector<int> indices;  // (height, width)
};
[[nodiscard]] Bytes made_gif(int width, int height, const std::vector<std::array<int, 3>>& palette,
                             const std::vector<GifFrame>& frames);

/// Writes with the folders on its way.
void write(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void write(const std::filesystem::path& path, std::string_view text);

/// A .tar with these entries; a name ending in '/' is a folder. `filter`: "", "gzip" or "xz".
struct TarEntry {
  std::string name;
  Bytes bytes;
};
[[nodiscard]] Bytes made_tar(const std::vector<TarEntry>& entries, const std::string& filter = "");

/// The UserError that a call throws; fails the test where it throws none.
template <class Call>
[[nodiscard]] UserError error_of(const Call& call) {
  try {
    call();
  } catch (const UserError& error) {
    return error;
  }
  FAIL("no error was thrown");
  throw std::logic_error("not reached");
}

/// Message and hint in one text, to search in.
[[nodiscard]] inline std::string text_of(const UserError& error) {
  return std::string(error.what()) + " — " + error.hint;
}

/// Real photographs (train/, shift/) where the machine has them, else empty: $CAMLOSS_PHOTOS or
/// shared/data/photos beside the project.
[[nodiscard]] std::filesystem::path real_photos();

}  // namespace camloss::train
