// Hue histograms of picture borders.
#include "native/data/border_colour.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace camloss::train {
namespace {

constexpr int kWindow = 4;  // bins of a dominant hue: 60 degrees

/// Below these a pixel has no hue worth the name; saturation and value of the HSV cone, 0…1.
constexpr float kMinSaturation = 0.15F;
constexpr float kMinValue = 0.12F;

/// Hue bin of a pixel, or nothing for a colourless one. r, g, b in 0…255.
std::optional<std::size_t> hue_bin(float r, float g, float b) {
  const float high = std::max({r, g, b});
  const float low = std::min({r, g, b});
  const float range = high - low;
  if (high < kMinValue * 255 || range < kMinSaturation * high) return std::nullopt;
  float sixth = 0;  // 0…6 around the circle
  if (high == r) {
    sixth = (g - b) / range + (g < b ? 6.0F : 0.0F);
  } else if (high == g) {
    sixth = (b - r) / range + 2;
  } else {
    sixth = (r - g) / range + 4;
  }
  return static_cast<std::size_t>(sixth * (kHueBins / 6.0F)) % kHueBins;
}

float window_share(const BorderHues& hues, int first) {
  float sum = 0;
  for (int i = 0; i < kWindow; ++i) sum += hues[static_cast<std::size_t>((first + i) % kHueBins)];
  return sum;
}

}  // namespace

BorderHues border_hues(std::span<const float> rgb, int side) {
  BorderHues hues{};
  const int ring = std::max(1, side / 8);
  const auto plane = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  int pixels = 0;
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      if (std::min({x, y, side - 1 - x, side - 1 - y}) >= ring) continue;
      const auto i = static_cast<std::size_t>(y) * static_cast<std::size_t>(side) +
                     static_cast<std::size_t>(x);
      ++pixels;
      if (const auto bin = hue_bin(rgb[i], rgb[plane + i], rgb[2 * plane + i])) hues[*bin] += 1;
    }
  }
  for (float& share : hues) share /= static_cast<float>(std::max(1, pixels));
  return hues;
}

std::optional<double> border_overlap(std::span<const BorderHues> hues,
                                     std::span<const int> labels) {
  std::array<std::array<double, kHueBins + 1>, 2> mean{};  // (class): hues, then colourless
  std::array<double, 2> count{};
  for (std::size_t i = 0; i < hues.size(); ++i) {
    auto& own = mean[static_cast<std::size_t>(labels[i])];
    ++count[static_cast<std::size_t>(labels[i])];
    double coloured = 0;
    for (std::size_t bin = 0; bin < kHueBins; ++bin) {
      own[bin] += static_cast<double>(hues[i][bin]);
      coloured += static_cast<double>(hues[i][bin]);
    }
    own[kHueBins] += std::max(0.0, 1 - coloured);
  }
  if (count[0] == 0 || count[1] == 0) return std::nullopt;
  double overlap = 0;
  for (std::size_t bin = 0; bin <= kHueBins; ++bin) {
    overlap += std::min(mean[0][bin] / count[0], mean[1][bin] / count[1]);
  }
  return std::min(overlap, 1.0);
}

std::vector<float> contradictions(std::span<const BorderHues> hues, std::span<const int> labels) {
  std::array<BorderHues, 2> mean{};  // (class): mean shares
  std::array<float, 2> count{};
  for (std::size_t i = 0; i < hues.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    ++count[label];
    for (std::size_t bin = 0; bin < kHueBins; ++bin) mean[label][bin] += hues[i][bin];
  }
  for (std::size_t label = 0; label < 2; ++label) {
    for (float& share : mean[label]) share /= std::max(1.0F, count[label]);
  }
  std::array<int, 2> dominant{};  // (class): first bin of its window
  for (std::size_t label = 0; label < 2; ++label) {
    float best = -1;
    for (int first = 0; first < kHueBins; ++first) {
      const float excess = window_share(mean[label], first) - window_share(mean[1 - label], first);
      if (excess > best) {
        best = excess;
        dominant[label] = first;
      }
    }
  }
  std::vector<float> shares(hues.size());
  for (std::size_t i = 0; i < hues.size(); ++i) {
    shares[i] = window_share(hues[i], dominant[static_cast<std::size_t>(1 - labels[i])]);
  }
  return shares;
}

}  // namespace camloss::train
