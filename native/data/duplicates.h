// Pictures that show the same: copies, re-encodings, other sizes, mirror images.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/picture/image.h"

namespace camloss::train {

inline constexpr int kThumbnailSide = 32;  // pixels

/// What two pictures are compared by.
struct Fingerprint {
  /// Perceptual hash: signs of the 64 lowest DCT frequencies of the luminance.
  std::uint64_t hash = 0;
  std::uint64_t mirrored = 0;  // the same of the picture mirrored left to right
  std::array<std::uint8_t, std::size_t{3} * kThumbnailSide * kThumbnailSide>
      thumbnail{};                       // planar RGB
  std::array<std::uint8_t, 3> ground{};  // colour of the border: what counts as background
  bool is_plain = false;                 // nearly all of the border has that colour
};

/// @param rgb (3, kThumbnailSide, kThumbnailSide), 0…255
[[nodiscard]] Fingerprint fingerprint(const std::vector<float>& rgb);

/// Whether two pictures are copies or mirror images of one another: the hashes differ in few bits,
/// then the thumbnails correlate, also with the border cut away (scanned slides share their frame,
/// not their picture), and before plain grounds the
/// figure agrees by itself (products on one sheet share the sheet).
/// Crops and quarter turns are not found.
[[nodiscard]] bool show_the_same(const Fingerprint& a, const Fingerprint& b);

/// Group numbers from 0 for pictures of which at least two show the same; every member shows the
/// same as the group's first one. −1 for all others. Groups are numbered by their first member.
[[nodiscard]] std::vector<int> duplicate_groups(const std::vector<Fingerprint>& prints);

}  // namespace camloss::train
