// Perceptual hash (DCT) with a correlation of thumbnails as confirmation.
#include "native/data/duplicates.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <optional>

namespace camloss::train {
namespace {

constexpr int kSide = kThumbnailSide;
constexpr std::size_t kThumbnailPixels = std::size_t{kSide} * kSide;
/// 0…8 in each direction; the hash leaves row 0 or column 0 in, but not both.
constexpr int kFrequencies = 9;

constexpr int kBorder = kSide / 8;
/// Share of the border that must have its colour for a plain ground.
constexpr double kPlainShare = 0.9;
/// cos(π/N (x + ½) u), u < kFrequencies.
const std::array<std::array<double, kSide>, kFrequencies>& cosines() {
  static const auto table = [] {
    std::array<std::array<double, kSide>, kFrequencies> t{};
    for (int u = 0; u < kFrequencies; ++u) {
      for (int x = 0; x < kSide; ++x) {
        t[static_cast<std::size_t>(u)][static_cast<std::size_t>(x)] =
            std::cos(std::numbers::pi / kSide * (x + 0.5) * u);
      }
    }
    return t;
  }();
  return table;
}

/// The lowest frequencies of a luminance plane: (kFrequencies, kFrequencies), row = vertical
/// frequency.
std::array<double, std::size_t{kFrequencies} * kFrequencies> low_frequencies(
    const std::vector<double>& luminance) {
  const auto& c = cosines();
  std::array<double, std::size_t{kFrequencies} * kSide> rows{};  // (u, y): along x
  for (std::size_t u = 0; u < kFrequencies; ++u) {
    for (std::size_t y = 0; y < kSide; ++y) {
      for (std::size_t x = 0; x < kSide; ++x)
        rows[u * kSide + y] += luminance[y * kSide + x] * c[u][x];
    }
  }
  std::array<double, std::size_t{kFrequencies} * kFrequencies> out{};
  for (std::size_t v = 0; v < kFrequencies; ++v) {
    for (std::size_t u = 0; u < kFrequencies; ++u) {
      for (std::size_t y = 0; y < kSide; ++y) {
        out[v * kFrequencies + u] += rows[u * kSide + y] * c[v][y];
      }
    }
  }
  return out;
}

/// Signs of the 64 frequencies with u, v < 8 without the constant, and (8, 0). Mirroring negates
/// every odd u.
std::uint64_t sign_hash(const std::array<double, std::size_t{kFrequencies} * kFrequencies>& dct,
                        bool mirror) {
  std::uint64_t hash = 0;
  for (std::size_t bit = 0; bit < 64; ++bit) {
    const std::size_t u = bit == 0 ? 8 : bit % 8;
    const std::size_t v = bit == 0 ? 0 : bit / 8;
    const double value = dct[v * kFrequencies + u];
    const bool positive = (mirror && u % 2 == 1 ? -value : value) > 0;
    hash |= std::uint64_t{positive} << bit;
  }
  return hash;
}

/// Pearson's correlation of two thumbnails over all channels, without `border` pixels around; b
/// mirrored or not. Two flat pictures correlate where they have the same colour.
double correlation(const Fingerprint& a, const Fingerprint& b, int border, bool mirror) {
  double sum_a = 0;
  double sum_b = 0;
  double sum_aa = 0;
  double sum_bb = 0;
  double sum_ab = 0;
  for (int c = 0; c < 3; ++c) {
    for (int y = border; y < kSide - border; ++y) {
      for (int x = border; x < kSide - border; ++x) {
        const int row = (c * kSide + y) * kSide;
        const double p = a.thumbnail[static_cast<std::size_t>(row + x)];
        const double q = b.thumbnail[static_cast<std::size_t>(row + (mirror ? kSide - 1 - x : x))];
        sum_a += p;
        sum_b += q;
        sum_aa += p * p;
        sum_bb += q * q;
        sum_ab += p * q;
      }
    }
  }
  const double n = 3.0 * (kSide - 2 * border) * (kSide - 2 * border);
  const double var_a = sum_aa / n - (sum_a / n) * (sum_a / n);
  const double var_b = sum_bb / n - (sum_b / n) * (sum_b / n);
  if (var_a < kFlatVariance && var_b < kFlatVariance) {
    return std::abs(sum_a - sum_b) / n < 2 ? 1 : 0;
  }
  if (var_a < kFlatVariance || var_b < kFlatVariance) return 0;
  return (sum_ab / n - sum_a / n * (sum_b / n)) / std::sqrt(var_a * var_b);
}

/// Whether a pixel is not background: away from the border's colour.
bool is_figure(const Fingerprint& print, std::size_t pixel) {
  int distance = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    distance += std::abs(int{print.thumbnail[c * kThumbnailPixels + pixel]} - int{print.ground[c]});
  }
  return distance > kGroundDistance;
}

/// What is left of the difference once the backgrounds are put aside: the mean absolute difference
/// of two pictures where either is not background, over how far those pixels are from their own
/// backgrounds. 0: the same; around 1 and above: other things before the same ground. Brightness as
/// a whole (the grounds' difference) does not count. Nothing where there is no figure.
std::optional<double> figure_difference(const Fingerprint& a, const Fingerprint& b, bool mirror) {
  double difference = 0, contrast = 0;
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) {
      const std::size_t p = y * kSide + x;
      const std::size_t q = y * kSide + (mirror ? kSide - 1 - x : x);
      if (!is_figure(a, p) && !is_figure(b, q)) continue;
      for (std::size_t c = 0; c < 3; ++c) {
        const int of_a = int{a.thumbnail[c * kThumbnailPixels + p]} - int{a.ground[c]};
        const int of_b = int{b.thumbnail[c * kThumbnailPixels + q]} - int{b.ground[c]};
        difference += std::abs(of_a - of_b);
        contrast += 0.5 * (std::abs(of_a) + std::abs(of_b));
      }
    }
  }
  if (contrast <= 0) return std::nullopt;
  return difference / contrast;
}

/// Finds the ground: the median of each channel along the border, and whether it is plain.
void find_ground(Fingerprint& print) {
  std::vector<std::size_t> ring;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      if (std::min({x, y, kSide - 1 - x, kSide - 1 - y}) >= kBorder / 2) continue;
      ring.push_back(static_cast<std::size_t>(y * kSide + x));
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    std::vector<std::uint8_t> values;
    for (const std::size_t pixel : ring)
      values.push_back(print.thumbnail[c * kThumbnailPixels + pixel]);
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    print.ground[c] = *middle;
  }
  const auto plain =
      std::ranges::count_if(ring, [&](std::size_t pixel) { return !is_figure(print, pixel); });
  print.is_plain = static_cast<double>(plain) >= kPlainShare * static_cast<double>(ring.size());
}

bool confirmed(const Fingerprint& a, const Fingerprint& b, bool mirror) {
  if (a.is_plain && b.is_plain &&
      figure_difference(a, b, mirror).value_or(0) > kMaxFigureDifference) {
    return false;
  }
  return correlation(a, b, 0, mirror) >= kMinCorrelation &&
         correlation(a, b, kBorder, mirror) >= kMinCorrelation;
}

}  // namespace

Fingerprint fingerprint(const std::vector<float>& rgb) {
  Fingerprint print;
  std::vector<double> luminance(kThumbnailPixels);
  for (std::size_t i = 0; i < kThumbnailPixels; ++i) {
    luminance[i] = 0.299 * static_cast<double>(rgb[i]) +
                   0.587 * static_cast<double>(rgb[kThumbnailPixels + i]) +
                   0.114 * static_cast<double>(rgb[2 * kThumbnailPixels + i]);
  }
  for (std::size_t i = 0; i < 3 * kThumbnailPixels; ++i) {
    print.thumbnail[i] = static_cast<std::uint8_t>(std::clamp(rgb[i] + 0.5F, 0.0F, 255.0F));
  }
  find_ground(print);
  const auto dct = low_frequencies(luminance);
  print.hash = sign_hash(dct, false);
  print.mirrored = sign_hash(dct, true);
  return print;
}

bool show_the_same(const Fingerprint& a, const Fingerprint& b) {
  if (std::popcount(a.hash ^ b.hash) <= kMaxDifferentBits && confirmed(a, b, false)) return true;
  return std::popcount(a.hash ^ b.mirrored) <= kMaxDifferentBits && confirmed(a, b, true);
}

}  // namespace camloss::train
