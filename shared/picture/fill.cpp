// A pyramid of known colours, then sweeps of Gauss and Seidel with over-relaxation on each level.
#include "shared/picture/fill.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "shared/base/index.h"

namespace camloss {
namespace {

constexpr int kSweeps = 12;          // a level; the coarser one has done the long waves
constexpr float kRelaxation = 1.6F;  // above 1: over-relaxed

/// Of each neighbour's colour, by how many there are.
constexpr std::array<float, 5> kWeights{0, kRelaxation, kRelaxation / 2, kRelaxation / 3,
                                        kRelaxation / 4};
constexpr Index kFillLanes = 4;  // red, green, blue and nothing: one register a pixel

/// Pixels of the hole that stand side by side in a row.
struct Run {
  int y, first, end;
};

/// One level of the pyramid.
struct Level {
  int width = 0, height = 0;
  std::vector<float> colours;  // (height, width, 4)
  std::vector<float> known;  // (height, width), 0 in the hole; the share of known pixels elsewhere
  std::vector<Run> hole;     // in the order of the rows

  [[nodiscard]] Index size() const { return std::ssize(known); }
  [[nodiscard]] float* colour(int y, int x) {
    return colours.data() + kFillLanes * (Index{y} * width + x);
  }
  void find_hole() {
    const float* at = known.data();
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x, ++at) {
        if (*at > 0) continue;
        if (x > 0 && at[-1] <= 0) {
          hole.back().end = x + 1;
        } else {
          hole.push_back({y, x, x + 1});
        }
      }
    }
  }
};

Level made_level(int width, int height) {
  Level level{width, height, {}, {}, {}};
  level.known.resize(Index{width} * height);
  level.colours.resize(level.size() * kFillLanes);
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
      for (Index c = 0; c < kFillLanes; ++c)
        coarse.colours[kFillLanes * to + c] += weight * fine.colours[kFillLanes * from + c];
    }
  }
  for (Index i = 0; i < coarse.size(); ++i) {
    if (coarse.known[i] <= 0) continue;
    for (Index c = 0; c < kFillLanes; ++c) coarse.colours[kFillLanes * i + c] /= coarse.known[i];
    coarse.known[i] = std::min(coarse.known[i], 1.0F);
  }
  coarse.find_hole();
  return coarse;
}

/// Starts the hole of a level from the level above it.
void start_from(Level& fine, Level& coarse) {
  for (const Run& run : fine.hole) {
    for (int x = run.first; x < run.end; ++x)
      std::copy_n(coarse.colour(run.y / 2, x / 2), kFillLanes, fine.colour(run.y, x));
  }
}

/// One sweep: each pixel of the hole towards the mean of its neighbours.
/// @param nothing  a row of zeros, (width, 4)
void relax(Level& level, const std::vector<float>& nothing) {
  for (const Run& run : level.hole) {
    const bool top = run.y == 0, bottom = run.y + 1 == level.height;
    const float* above = top ? nothing.data() : level.colour(run.y - 1, run.first);
    const float* below = bottom ? nothing.data() : level.colour(run.y + 1, run.first);
    float* at = level.colour(run.y, run.first);
    // The pixel before is in hand: what waits for it is one product and one sum.
    std::array<float, kFillLanes> left{};
    if (run.first > 0) std::copy_n(at - kFillLanes, kFillLanes, left.begin());
    for (int x = run.first; x < run.end; ++x) {
      const bool last = x + 1 == level.width;
      const int neighbours =
          4 - (top ? 1 : 0) - (bottom ? 1 : 0) - (x == 0 ? 1 : 0) - (last ? 1 : 0);
      const float* right = last ? nothing.data() : at + kFillLanes;
      const float weight = kWeights[neighbours];
      // Read whole, then written whole: so it is one operation for the four.
      std::array<float, kFillLanes> now;
      for (Index c = 0; c < kFillLanes; ++c) {
        now[c] = (1 - kRelaxation) * at[c] + weight * (above[c] + below[c] + right[c]) +
                 weight * left[c];
      }
      left = now;
      std::copy_n(now.begin(), kFillLanes, at);
      at += kFillLanes;
      above += kFillLanes;
      below += kFillLanes;
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
  Level& whole = pyramid.front();
  for (Index i = 0; i < pixels; ++i) {
    whole.known[i] = hole[i] != 0 ? 0.0F : 1.0F;
    for (Index c = 0; c < 3; ++c) whole.colours[kFillLanes * i + c] = planes[c * pixels + i];
  }
  whole.find_hole();
  while (!pyramid.back().hole.empty()) pyramid.push_back(reduced(pyramid.back()));
  const std::vector<float> nothing(kFillLanes * Index{width});
  for (Index level = std::ssize(pyramid) - 1; level-- > 0;) {
    start_from(pyramid[level], pyramid[level + 1]);
    for (int sweep = 0; sweep < kSweeps; ++sweep) relax(pyramid[level], nothing);
  }
  for (const Run& run : pyramid.front().hole) {
    for (int x = run.first; x < run.end; ++x) {
      const float* from = pyramid.front().colour(run.y, x);
      for (Index c = 0; c < 3; ++c) planes[c * pixels + Index{run.y} * width + x] = from[c];
    }
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
