// Pictures that show the same: copies, re-encodings, other sizes, mirror images.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/image.h"

namespace camloss::train {

inline constexpr int kThumbnailSide = 32;  // pixels

/// What two pictures are compared by.
struct Fingerprint {
  /// Perceptual hash: signs of the 64 lowest DCT frequencies of the luminance.
  std::uint64_t hash = 0;
  std::uint64_t mirrored = 0;  // the same of the picture mirrored left to right
  std::array<std::uint8_t, std::size_t{3} * kThumbnailSide * kThumbnailSide>
      thumbnail{};  // planar RGB
};

/// @param rgb (3, kThumbnailSide, kThumbnailSide), 0…255
[[nodiscard]] Fingerprint fingerprint(const std::vector<float>& rgb);

/// Whether two pictures are copies or mirror images of one another: the hashes differ in few bits,
/// and then the thumbnails correlate, also with the border cut away (scanned slides share their
/// frame, not their picture). Crops and quarter turns are not found.
[[nodiscard]] bool show_the_same(const Fingerprint& a, const Fingerprint& b);

/// Group numbers from 0 for pictures of which at least two show the same, transitively; −1 for all
/// others. Groups are numbered by their first member.
[[nodiscard]] std::vector<int> duplicate_groups(const std::vector<Fingerprint>& prints);

}  // namespace camloss::train
