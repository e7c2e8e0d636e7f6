// Pictures that show the same: copies, re-encodings, other sizes, mirror images.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/picture/image.h"

namespace camloss::train {

inline constexpr int kThumbnailSide = 32;  // pixels

/// Bits of the hash in which two pictures that show the same may differ. Measured on 188
/// photographs, re-encoded, resized, mirrored and brightened: at most 6; two frames of one burst:
/// 14; different pictures: rarely below 16.
inline constexpr int kMaxDifferentBits = 15;
/// Least correlation of the thumbnails, whole and without their border. Measured likewise: copies
/// at least 0.978, the frames of a burst 0.917, different pictures at most 0.845 (and those with
/// more than 20 bits of difference).
inline constexpr double kMinCorrelation = 0.90;
/// Variance, in squared levels, below which a thumbnail is flat.
inline constexpr double kFlatVariance = 1;
/// Sum over the channels, in levels, by which a pixel must differ from the border's colour to be no
/// background.
inline constexpr int kGroundDistance = 48;
/// Most difference of what is not background, before plain grounds; see figure_difference in the source. Measured
/// on drawn products: copies (mirrored, resized, JPEG of quality 40) at most 0.05, of drawn blobs
/// 0.09; other products on the same sheet that pass all else, 0.21 at least.
inline constexpr double kMaxFigureDifference = 0.15;

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

/// Below as many pictures nothing is left out.
inline constexpr std::size_t kMostCompared = 10'000;

/// Group numbers from 0 for pictures of which at least two show the same; every member shows the
/// same as the earliest picture it can. −1 for all others. Groups are numbered by their first member.
/// Time: a few thousand look-ups a picture, and comparisons with the nearly alike, the nearest `most` of them at most.
/// @param most  of the pictures before that one is compared with, mirrored or not
[[nodiscard]] std::vector<int> duplicate_groups(const std::vector<Fingerprint>& prints,
                                                std::size_t most = kMostCompared);

}  // namespace camloss::train
