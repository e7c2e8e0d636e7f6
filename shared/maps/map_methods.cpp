// Evidence maps from features and their gradient, written as their formulas.
#include "shared/maps/map_methods.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "shared/base/index.h"

namespace camloss {
namespace {

/// map += w · A_c.
void add_weighted(const float* channel, float w, std::span<float> map) noexcept {
  for (Index i = 0; i < std::ssize(map); ++i) map[i] += w * channel[i];
}

}  // namespace

void hirescam(FeatureGradient in, std::span<float> map) noexcept {
  std::fill(map.begin(), map.end(), 0.0F);
  for (Index c = 0; c < kFeatureChannels; ++c) {
    const float* const a = in.features.data() + c * map.size();
    const float* const g = in.gradient.data() + c * map.size();
    for (Index i = 0; i < std::ssize(map); ++i) map[i] += g[i] * a[i];
  }
}

void gradcam(FeatureGradient in, std::span<float> map) noexcept {
  std::fill(map.begin(), map.end(), 0.0F);
  for (Index c = 0; c < kFeatureChannels; ++c) {
    const float* const g = in.gradient.data() + c * map.size();
    double sum = 0;
    for (Index i = 0; i < std::ssize(map); ++i) sum += g[i];
    add_weighted(in.features.data() + c * map.size(),
                 static_cast<float>(sum / static_cast<double>(map.size())), map);
  }
}

void gradcam_pp(FeatureGradient in, std::span<float> map) noexcept {
  std::fill(map.begin(), map.end(), 0.0F);
  for (Index c = 0; c < kFeatureChannels; ++c) {
    const float* const a = in.features.data() + c * map.size();
    const float* const g = in.gradient.data() + c * map.size();
    double total = 0;
    for (Index i = 0; i < std::ssize(map); ++i) total += a[i];
    double weight = 0;
    for (Index i = 0; i < std::ssize(map); ++i) weight += g[i] / (2.0 + std::abs(g[i]) * total);
    add_weighted(a, static_cast<float>(weight), map);
  }
}

void layercam(FeatureGradient in, std::span<float> map) noexcept {
  std::fill(map.begin(), map.end(), 0.0F);
  for (Index c = 0; c < kFeatureChannels; ++c) {
    const float* const a = in.features.data() + c * map.size();
    const float* const g = in.gradient.data() + c * map.size();
    for (Index i = 0; i < std::ssize(map); ++i) {
      const float for_class1 = std::max(g[i], 0.0F) * a[i];
      const float for_class0 = std::max(-g[i], 0.0F) * a[i];
      map[i] += for_class1 - for_class0;
    }
  }
}

void talk_map(std::span<const float> features, std::span<const float> last_layer,
              std::span<float> map) noexcept {
  std::fill(map.begin(), map.end(), 0.0F);
  for (Index c = 0; c < kFeatureChannels; ++c)
    add_weighted(features.data() + c * map.size(), last_layer[c], map);
}

}  // namespace camloss
