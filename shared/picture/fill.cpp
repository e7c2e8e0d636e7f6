// A pyramid of known colours, then sweeps of Gauss and Seidel with over-relaxation on each level.
#include "shared/picture/fill.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "shared/base/index.h"

namespace camloss {
namespace {

constexpr int kSweeps = 12;          // a level; the coarser one has done the long waves
constexpr float kRelaxation = 1.6F;  // above 1: over-relaxed

/// One level of the pyramid.
struct Level {
  int width = 0, height = 0;
  std::vector<float> planes;  // (3, height, width)
  std::vector<float> known;   // (height, width), 0 in the hole; the share of known pixels elsewhere

  [[nodiscard]] Index size() const { return std::ssize(known); }
};

Level made_level(int width, int height) {
  Level level{width, height, {}, {}};
  level.known.resize(Index{width} * height);
  level.planes.resize(level.size() * 3);
  return level;
}

/// Half the size; a pixel is known where one of its four is, with the mean of those.
Level reduced(const Level& fine) {
  Level coarse = made_level((fine.width + 1) / 2, (fine.height + 1) / 2);
  for (int y = 0; y < fine.height; ++y) {
    for (int x = 0; x < fine.width; ++x) {
      const Index from = Index{y} * fine.width + x;
      const Index to = Index{y / 2} * coarse.width + x / 2;
      const float weight = fine.known[from];
      coarse.known[to] += weight;
      for (Index c = 0; c < 3; ++c) {
        coarse.planes[c * coarse.size() + to] += weight * fine.planes[c * fine.size() + from];
      }
    }
  }
  for (Index i = 0; i < std::ssize(coarse); ++i) {
    if (coarse.known[i] <= 0) continue;
    for (Index c = 0; c < 3; ++c) coarse.planes[c * coarse.size() + i] /= coarse.known[i];
    coarse.known[i] = std::min(coarse.known[i], 1.0F);
  }
  return coarse;
}

/// Starts the hole of a level from the level above it.
void start_from(Level& fine, const Level& coarse) {
  for (int y = 0; y < fine.height; ++y) {
    for (int x = 0; x < fine.width; ++x) {
      const Index to = Index{y} * fine.width + x;
      if (fine.known[to] > 0) continue;
      const Index from = Index{y / 2} * coarse.width + x / 2;
      for (Index c = 0; c < 3; ++c) {
        fine.planes[c * fine.size() + to] = coarse.planes[c * coarse.size() + from];
      }
    }
  }
}

/// One sweep: each pixel of the hole towards the mean of its neighbours.
void relax(Level& level) {
  const Index width = level.width;
  for (int y = 0; y < level.height; ++y) {
    for (int x = 0; x < level.width; ++x) {
      const Index i = Index{y} * width + x;
      if (level.known[i] > 0) continue;
      for (Index c = 0; c < 3; ++c) {
        float* plane = level.planes.data() + c * level.size();
        float sum = 0;
        int neighbours = 0;
        const auto add = [&](bool inside, Index at) {
          if (!inside) return;
          sum += plane[at];
          ++neighbours;
        };
        add(x > 0, i - 1);
        add(x + 1 < level.width, i + 1);
        add(y > 0, i - width);
        add(y + 1 < level.height, i + width);
        if (neighbours == 0) continue;
        plane[i] += kRelaxation * (sum / static_cast<float>(neighbours) - plane[i]);
      }
    }
  }
}

}  // namespace

void fill_hole(std::span<float> planes, std::span<const std::uint8_t> hole, int width, int height) {
  if (width < 1 || height < 1) return;
  const Index pixels = Index{width} * height;
  if (std::ssize(hole) != pixels || std::ssize(planes) != 3 * pixels) return;
  const bool any = std::any_of(hole.begin(), hole.end(), [](std::uint8_t h) { return h != 0; });
  const bool all = std::all_of(hole.begin(), hole.end(), [](std::uint8_t h) { return h != 0; });
  if (!any || all) return;

  std::vector<Level> pyramid{made_level(width, height)};
  std::copy(planes.begin(), planes.end(), pyramid[0].planes.begin());
  for (Index i = 0; i < pixels; ++i) pyramid[0].known[i] = hole[i] != 0 ? 0.0F : 1.0F;
  const auto has_hole = [](const Level& level) {
    return std::any_of(level.known.begin(), level.known.end(), [](float k) { return k <= 0; });
  };
  while (has_hole(pyramid.back())) pyramid.push_back(reduced(pyramid.back()));
  for (Index level = pyramid.size() - 1; level-- > 0;) {
    start_from(pyramid[level], pyramid[level + 1]);
    for (int sweep = 0; sweep < kSweeps; ++sweep) relax(pyramid[level]);
  }
  for (Index i = 0; i < pixels; ++i) {
    if (hole[i] == 0) continue;
    for (Index c = 0; c < 3; ++c) planes[c * pixels + i] = pyramid[0].planes[c * pixels + i];
  }
}

void fill_hole(Image& picture, std::span<const std::uint8_t> hole) {
  if (picture.width < 1 || picture.height < 1 || picture.channels < 3) return;
  const auto channels = static_cast<std::size_t>(picture.channels);
  const auto pixels =
      static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  if (hole.size() != pixels || picture.pixels.size() != pixels * channels) return;
  std::vector<float> planes(3 * pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < 3; ++c)
      planes[c * pixels + i] = static_cast<float>(picture.pixels[i * channels + c]);
  }
  fill_hole(planes, hole, picture.width, picture.height);
  for (std::size_t i = 0; i < pixels; ++i) {
    if (hole[i] == 0) continue;
    for (std::size_t c = 0; c < 3; ++c) {
      picture.pixels[i * channels + c] =
          static_cast<std::uint8_t>(std::clamp(planes[c * pixels + i] + 0.5F, 0.0F, 255.0F));
    }
  }
}

}  // namespace camloss
