// Groups of pictures that show the same, without comparing each with each.
//
// Two pictures that show the same differ in at most kMaxDifferentBits bits of their hashes. Cut into
// four words of 16 bits, one word then differs in at most kMaxDifferentBits / 4 bits (Norouzi, Punjani
// and Fleet 2012, multi-index hashing). So each picture asks four tables for the words near its own,
// and only what they name is looked at. What is left is put through bounds that never turn away a
// pair that shows the same, each cheaper than the comparison itself.
//
// Where very many pictures are nearly alike (products on one sheet), the tables name most of them, and the time would
// grow with the square of their number. So each picture asks for the nearest words first and stops after kMostCompared
// names: what is not compared is a pair that thousands of others come before. Copies differ in few bits and come early.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "native/data/duplicates.h"

namespace camloss::train {
namespace {

constexpr std::size_t kWords = 4;
constexpr std::size_t kWordValues = 65536;
constexpr int kMaxWordBits = kMaxDifferentBits / static_cast<int>(kWords);
constexpr std::size_t kPlane = std::size_t{kThumbnailSide} * kThumbnailSide;
/// The bounds see a thumbnail as squares of 8x8 pixels.
constexpr std::size_t kSquareSide = 8;
constexpr std::size_t kAcross = kThumbnailSide / kSquareSide;
constexpr std::size_t kSquares = 3 * kAcross * kAcross;
/// The bounds are sums in single precision; the comparison itself decides what is this near to them.
constexpr float kSlack = 1e-3F;

std::uint16_t word_of(std::uint64_t hash, std::size_t word) {
  return static_cast<std::uint16_t>(hash >> (16 * word));
}

/// Every 16-bit mask of at most kMaxWordBits bits, those of fewer bits first.
const std::vector<std::uint16_t>& near_masks() {
  static const auto masks = [] {
    std::vector<std::uint16_t> all;
    for (std::size_t mask = 0; mask < kWordValues; ++mask) {
      if (std::popcount(mask) <= kMaxWordBits) all.push_back(static_cast<std::uint16_t>(mask));
    }
    std::ranges::stable_sort(all, {},
                             [](std::uint16_t mask) { return std::popcount(std::size_t{mask}); });
    return all;
  }();
  return masks;
}

/// Sums over the squares of a thumbnail, (channel, row, column).
using Squares = std::array<float, kSquares>;

Squares mirrored(const Squares& squares) {
  Squares result{};
  for (std::size_t i = 0; i < kSquares; ++i) {
    result[i - i % kAcross + (kAcross - 1 - i % kAcross)] = squares[i];
  }
  return result;
}

/// What the bounds need of a picture.
struct Outline {
  /// Coordinates of the thumbnail, centred and of length 1, along the squares: two thumbnails of
  /// correlation r are 2 (1 − r) apart, squared, and these never more. Not for flat thumbnails.
  Squares shape{};
  bool is_flat = true;
  Squares above_ground{};  // sums of the differences to the ground
};

/// The first bound, small so that those of many pictures lie beside each other.
struct Brief {
  std::uint64_t hash = 0;
  /// Of the magnitudes of the differences to the ground: the sum, and the sum of what is background.
  float contrast = 0, rest = 0;
  bool is_plain = false;
  std::array<float, 12> quarters{};  // (channel, row, column): sums of these differences
};

Outline outline_of(const Fingerprint& print) {
  Outline outline;
  double sum = 0, squared = 0;
  for (const std::uint8_t value : print.thumbnail) {
    sum += value;
    squared += value * value;
  }
  constexpr double kCount = 3 * kPlane;
  const double mean = sum / kCount, length = std::sqrt(std::max(0.0, squared - sum * mean));
  outline.is_flat = length * length < kFlatVariance * kCount;
  for (std::size_t i = 0; i < 3 * kPlane; ++i) {
    const std::size_t c = i / kPlane, pixel = i % kPlane;
    const std::size_t square = (c * kAcross + pixel / kThumbnailSide / kSquareSide) * kAcross +
                               pixel % kThumbnailSide / kSquareSide;
    const int value = print.thumbnail[i];
    outline.above_ground[square] += static_cast<float>(value - int{print.ground[c]});
    if (outline.is_flat) continue;
    outline.shape[square] += static_cast<float>((value - mean) / (length * kSquareSide));
  }
  return outline;
}

Brief brief_of(const Fingerprint& print) {
  Brief brief{print.hash, 0, 0, print.is_plain, {}};
  for (std::size_t pixel = 0; pixel < kPlane; ++pixel) {
    int magnitude = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const int difference = int{print.thumbnail[c * kPlane + pixel]} - int{print.ground[c]};
      constexpr std::size_t kHalf = kThumbnailSide / 2;
      brief.quarters[4 * c + 2 * (pixel / kThumbnailSide / kHalf) +
                     pixel % kThumbnailSide / kHalf] += static_cast<float>(difference);
      magnitude += std::abs(difference);
    }
    brief.contrast += static_cast<float>(magnitude);
    if (magnitude <= kGroundDistance) brief.rest += static_cast<float>(magnitude);
  }
  return brief;
}

/// Whether the whole thumbnails may correlate by kMinCorrelation.
bool may_correlate(const Squares& a, const Squares& b) {
  float distance = 0;
  for (std::size_t i = 0; i < kSquares; ++i) distance += (a[i] - b[i]) * (a[i] - b[i]);
  return distance <= static_cast<float>(2 * (1 - kMinCorrelation)) + kSlack;
}

/// The most by which the differences to the ground of two pictures differ, summed over all pixels,
/// where their figures agree: of that sum at most both rests are no figure's, and the figures'
/// contrast is no larger than that of all pixels.
float most_difference(const Brief& a, const Brief& b) {
  constexpr auto kMost = static_cast<float>(kMaxFigureDifference);
  return (kMost * 0.5F * (a.contrast + b.contrast) + a.rest + b.rest) * (1 + kSlack);
}

/// Whether sums of such differences are within that: a sum differs by no more than its terms.
template <std::size_t n>
bool is_within(const std::array<float, n>& a, const std::array<float, n>& b, float most) {
  float difference = 0;
  for (std::size_t i = 0; i < n; ++i) difference += std::abs(a[i] - b[i]);
  return difference <= most;
}

/// Whether figures before plain grounds may agree.
bool may_agree(const Brief& a, const Brief& b) {
  if (!a.is_plain || !b.is_plain) return true;
  const float most = most_difference(a, b);
  return std::abs(a.contrast - b.contrast) <= most && is_within(a.quarters, b.quarters, most);
}

/// The first pictures of the groups so far, found by what they look like.
class Firsts {
 public:
  Firsts(const std::vector<Fingerprint>& prints, std::size_t most)
      : prints_(prints), most_(most), seen_(prints.size()) {
    outlines_.reserve(prints.size());
    briefs_.reserve(prints.size());
    for (const Fingerprint& print : prints) {
      outlines_.push_back(outline_of(print));
      briefs_.push_back(brief_of(print));
    }
    for (std::size_t word = 0; word < kWords; ++word) {
      heads_[word].assign(kWordValues, kNone);
      next_[word].assign(prints.size(), kNone);
    }
  }

  void add(std::size_t picture) {
    for (std::size_t word = 0; word < kWords; ++word) {
      std::uint32_t& head = heads_[word][word_of(briefs_[picture].hash, word)];
      next_[word][picture] = head;
      head = static_cast<std::uint32_t>(picture);
    }
  }

  /// The earliest one that shows the same as a later picture; `picture` itself where none does.
  std::size_t owner_of(std::size_t picture) {
    near_.clear();
    Brief brief = briefs_[picture];
    collect(brief);
    brief.hash = prints_[picture].mirrored;
    for (std::size_t i = 0; i < brief.quarters.size(); i += 2) {
      std::swap(brief.quarters[i], brief.quarters[i + 1]);
    }
    collect(brief);
    std::ranges::sort(near_);
    const Squares shape = mirrored(outlines_[picture].shape);
    const Squares above_ground = mirrored(outlines_[picture].above_ground);
    for (const std::uint32_t first : near_) {
      if (!may_show_the_same(first, picture, outlines_[picture].shape,
                             outlines_[picture].above_ground) &&
          !may_show_the_same(first, picture, shape, above_ground)) {
        continue;
      }
      if (show_the_same(prints_[first], prints_[picture])) return first;
    }
    return picture;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// Notes the firsts that may show the same as a picture, without mirroring it.
  void collect(const Brief& brief) {
    ++round_;
    std::size_t named = 0;
    for (const std::uint16_t mask : near_masks()) {
      for (std::size_t word = 0; word < kWords; ++word) {
        const auto value = static_cast<std::uint16_t>(word_of(brief.hash, word) ^ mask);
        for (std::uint32_t first = heads_[word][value]; first != kNone;
             first = next_[word][first]) {
          if (seen_[first] == round_) continue;
          seen_[first] = round_;
          if (++named > most_) return;
          if (std::popcount(briefs_[first].hash ^ brief.hash) > kMaxDifferentBits ||
              !may_agree(briefs_[first], brief)) {
            continue;
          }
          near_.push_back(first);
        }
      }
    }
  }

  /// @param shape, above_ground  the picture's, mirrored or not
  [[nodiscard]] bool may_show_the_same(std::size_t first, std::size_t picture, const Squares& shape,
                                       const Squares& above_ground) const {
    const Outline& a = outlines_[first];
    const Outline& b = outlines_[picture];
    if (a.is_flat || b.is_flat) return a.is_flat == b.is_flat;
    if (briefs_[first].is_plain && briefs_[picture].is_plain &&
        !is_within(a.above_ground, above_ground,
                   most_difference(briefs_[first], briefs_[picture]))) {
      return false;
    }
    return may_correlate(a.shape, shape);
  }

  const std::vector<Fingerprint>& prints_;
  std::size_t most_;  // names that a picture takes from the tables
  std::vector<Outline> outlines_;
  std::vector<Brief> briefs_;
  /// (word, value): the last first of that word; (word, picture): the one before it.
  std::array<std::vector<std::uint32_t>, kWords> heads_, next_;
  std::vector<std::uint32_t> seen_;  // (picture): in which round it was named last
  std::vector<std::uint32_t> near_;
  std::uint32_t round_ = 0;
};

}  // namespace

std::vector<int> duplicate_groups(const std::vector<Fingerprint>& prints, std::size_t most) {
  // Every member shows the same as the group's first one. Chains would join unlike pictures: a like
  // b, b like c, and so on through a folder of products on one ground.
  std::vector<int> groups(prints.size(), -1);
  std::vector<std::size_t> owner(prints.size());
  std::vector<bool> has_company(prints.size(), false);
  Firsts firsts(prints, most);
  for (std::size_t i = 0; i < prints.size(); ++i) {
    owner[i] = firsts.owner_of(i);
    if (owner[i] == i) {
      firsts.add(i);
    } else {
      has_company[owner[i]] = true;
    }
  }
  int next = 0;
  for (std::size_t i = 0; i < prints.size(); ++i) {
    if (owner[i] != i) {
      groups[i] = groups[owner[i]];
    } else if (has_company[i]) {
      groups[i] = next++;
    }
  }
  return groups;
}

}  // namespace camloss::train
