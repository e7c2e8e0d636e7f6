// Heat textures: the core cuts, enlarges and colours the map; this file only keeps the result.
#include "wasm/app/heat.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "shared/maps/kernel.h"
#include "shared/picture/resample.h"

namespace camloss::ui {
namespace {

constexpr int kHeatSide = 256;         // pixels of a heat texture
constexpr int kContourSide = 96;       // samples of the contour's grid
constexpr float kContourShare = 0.2F;  // of the area, the strongest
constexpr std::size_t kKeptHeats = 24;

/// Value that `share` of the values exceed.
float upper_quantile(std::vector<float> values, float share) {
  const auto rank = static_cast<std::ptrdiff_t>(static_cast<float>(values.size()) * share);
  std::nth_element(values.begin(), values.begin() + rank, values.end(), std::greater<>());
  return values[static_cast<std::size_t>(rank)];
}

}  // namespace

float cover_of(float strength) { return std::sqrt(std::clamp(strength, 0.0F, 1.0F)); }

std::vector<float> map_part(const PhotoResult& result, MapPart part) {
  std::vector<float> map = result.map;
  if (part == MapPart::whole) return map;
  const std::vector<float> k = inverted_gaussian(result.side);
  for (std::size_t i = 0; i < map.size() && i < k.size(); ++i) {
    map[i] *= part == MapPart::off_centre ? k[i] : 1 - k[i];
  }
  return map;
}

float own_scale(const PhotoResult& result, Drawn drawn, MapPart part) {
  const std::vector<float> map = map_part(result, part);
  std::vector<float> evidence(map.size());
  drawn_evidence(map, drawn, result.logit, evidence);
  return largest_magnitude(evidence);
}

std::vector<Segment> contour_lines(const std::vector<float>& v, int side, float level) {
  std::vector<Segment> lines;
  const auto at = [&](int x, int y) {
    // One sample beyond the border counts as outside, so that every contour is closed.
    if (x < 0 || y < 0 || x >= side || y >= side) return level - 1e-6F - std::abs(level);
    return v[static_cast<std::size_t>(y * side + x)];
  };
  const float s = 1.0F / static_cast<float>(side);
  const auto cross = [&](int x0, int y0, int x1, int y1) {
    const float a = at(x0, y0), b = at(x1, y1);
    const float t = std::clamp((level - a) / (b - a), 0.0F, 1.0F);
    const float x = static_cast<float>(x0) + t * static_cast<float>(x1 - x0) + 0.5F;
    const float y = static_cast<float>(y0) + t * static_cast<float>(y1 - y0) + 0.5F;
    return Point{std::clamp(x * s, 0.0F, 1.0F), std::clamp(y * s, 0.0F, 1.0F)};
  };
  for (int y = -1; y < side; ++y) {
    for (int x = -1; x < side; ++x) {
      Point points[4];
      int n = 0;
      const bool a = at(x, y) > level, b = at(x + 1, y) > level;
      const bool c = at(x + 1, y + 1) > level, d = at(x, y + 1) > level;
      if (a != b) points[n++] = cross(x, y, x + 1, y);
      if (b != c) points[n++] = cross(x + 1, y, x + 1, y + 1);
      if (c != d) points[n++] = cross(x + 1, y + 1, x, y + 1);
      if (d != a) points[n++] = cross(x, y + 1, x, y);
      for (int i = 0; i + 1 < n; i += 2) lines.push_back({points[i], points[i + 1]});
    }
  }
  return lines;
}

const std::vector<Segment>& HeatCache::contour(const PhotoResult& result, const HeatKey& key,
                                               std::uint64_t frame) {
  Heat& heat = entry(result, key, frame);
  if (heat.contour) return *heat.contour;
  heat.contour.emplace();
  const std::vector<float> map = map_part(result, key.part);
  std::vector<float> evidence(map.size());
  drawn_evidence(map, key.drawn, result.logit, evidence);
  std::vector<float> grid(static_cast<std::size_t>(kContourSide) * kContourSide);
  upsample_bilinear(evidence, result.side, result.side, grid, kContourSide, kContourSide);
  for (float& g : grid) g = std::abs(g);
  const float level = upper_quantile(grid, kContourShare);
  if (level > 0) heat.contour = contour_lines(grid, kContourSide, level);
  return *heat.contour;
}

Heat& HeatCache::entry(const PhotoResult& result, const HeatKey& key, std::uint64_t frame) {
  const auto found =
      std::find_if(heats_.begin(), heats_.end(), [&](const Heat& h) { return h.key == key; });
  if (found != heats_.end() && found->texture.filled()) {
    found->used = frame;
    return *found;
  }
  if (found != heats_.end()) heats_.erase(found);
  Heat heat;
  if (heats_.size() >= kKeptHeats) {
    const auto oldest = std::min_element(
        heats_.begin(), heats_.end(), [](const Heat& a, const Heat& b) { return a.used < b.used; });
    heat.texture = std::move(oldest->texture);  // of the same size, filled anew
    heats_.erase(oldest);
  }
  heat.key = key;
  heat.used = frame;
  const std::vector<float> map = map_part(result, key.part);
  std::vector<float> evidence(map.size());
  drawn_evidence(map, key.drawn, result.logit, evidence);
  constexpr auto kPixels = static_cast<std::size_t>(kHeatSide) * kHeatSide;
  std::vector<float> large(kPixels);
  upsample_bilinear(evidence, result.side, result.side, large, kHeatSide, kHeatSide);
  const bool is_signed = key.drawn == Drawn::positive_and_negative;
  // Colours by table: more steps than a byte has values.
  constexpr int kSteps = 1024;
  std::array<Rgb, kSteps + 1> colours;
  for (int i = 0; i <= kSteps; ++i) {
    colours[static_cast<std::size_t>(i)] =
        colour(key.colours, static_cast<float>(i) / static_cast<float>(kSteps));
  }
  const float slope = (key.scale > 0 ? 1 / key.scale : 0) * (is_signed ? 0.5F : 1.0F) * kSteps;
  const float offset = (is_signed ? 0.5F : 0.0F) * kSteps + 0.5F;
  std::vector<std::uint8_t> rgba(kPixels * 4);
  for (std::size_t i = 0; i < kPixels; ++i) {
    const float t = std::clamp(large[i] * slope + offset, 0.0F, static_cast<float>(kSteps));
    const Rgb& c = colours[static_cast<std::size_t>(t)];
    rgba[4 * i] = c[0];
    rgba[4 * i + 1] = c[1];
    rgba[4 * i + 2] = c[2];
    // Where there is no evidence the photo is seen.
    const float share = t / static_cast<float>(kSteps);
    rgba[4 * i + 3] =
        static_cast<std::uint8_t>(255.0F * cover_of(is_signed ? std::abs(2 * share - 1) : share));
  }
  heat.texture.fill(rgba, kHeatSide, kHeatSide, false);
  heats_.push_back(std::move(heat));
  return heats_.back();
}

const Texture& HeatCache::kernel_veil() {
  if (!kernel_.filled()) {
    constexpr int kSide = 128;
    const std::vector<float> k = inverted_gaussian(kSide);
    std::vector<std::uint8_t> rgba(k.size() * 4);
    for (std::size_t i = 0; i < k.size(); ++i) {
      rgba[4 * i] = rgba[4 * i + 1] = rgba[4 * i + 2] = 12;
      rgba[4 * i + 3] = static_cast<std::uint8_t>(k[i] * 175.0F);
    }
    kernel_.fill(rgba, kSide, kSide);
  }
  return kernel_;
}

void HeatCache::clear() { heats_.clear(); }

}  // namespace camloss::ui
