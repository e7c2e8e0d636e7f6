// Figures about evidence maps and predictions; sums run in double, because maps have both signs.
#include "shared/maps/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "shared/base/index.h"
#include "shared/maps/kernel.h"

namespace camloss {
namespace {

/// part / whole where that is a number; a map of zeros or with NaN in it has no such figure.
std::optional<float> share(double part, double whole) noexcept {
  if (!(whole > 0) || !std::isfinite(part) || !std::isfinite(whole)) return std::nullopt;
  return static_cast<float>(std::clamp(part / whole, 0.0, 1.0));
}

/// Whether a map has as many values as its side says.
bool fits(std::span<const float> map, int side) noexcept {
  return side > 0 && std::cmp_equal(map.size(), std::int64_t{side} * side);
}

/// How the samples of a line of `length` fall on `cells` equal cells: the part of sample i that
/// lies in a cell, 0…1. Samples are one unit long.
double overlap(int sample, double cell_begin, double cell_end) noexcept {
  return std::min(cell_end, sample + 1.0) - std::max(cell_begin, static_cast<double>(sample));
}

}  // namespace

std::optional<float> off_centre_mass(std::span<const float> map, int side) noexcept {
  if (!fits(map, side)) return std::nullopt;
  double off_centre = 0;
  double total = 0;
  Index i = 0;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column, ++i) {
      const double magnitude = std::abs(static_cast<double>(map[i]));
      off_centre += inverted_gaussian_at(row, column, side) * magnitude;
      total += magnitude;
    }
  }
  return share(off_centre, total);
}

std::optional<float> off_centre_mass(std::span<const float> map,
                                     std::span<const float> kernel) noexcept {
  if (map.size() != kernel.size()) return std::nullopt;
  double off_centre = 0;
  double total = 0;
  for (Index i = 0; i < std::ssize(map); ++i) {
    const double magnitude = std::abs(static_cast<double>(map[i]));
    off_centre += static_cast<double>(kernel[i]) * magnitude;
    total += magnitude;
  }
  return share(off_centre, total);
}

std::vector<float> mask_to_cells(std::span<const std::uint8_t> mask, int width, int height,
                                 int side) {
  if (width < 1 || height < 1 || side < 1) return {};
  const Index columns = width;
  if (std::cmp_not_equal(mask.size(), std::int64_t{width} * height)) return {};

  const Index cells = side;
  const double cell_width = static_cast<double>(width) / side;    // pixels
  const double cell_height = static_cast<double>(height) / side;  // pixels
  std::vector<float> covered(cells * cells);                      // (side, side)
  std::vector<double> band(
      columns);  // (width), covered height of each column within a row of cells
  for (int row = 0; row < side; ++row) {
    const double top = row * cell_height;
    const double bottom = (row + 1) * cell_height;
    std::fill(band.begin(), band.end(), 0.0);
    for (int y = static_cast<int>(top); y < height && y < bottom; ++y) {
      const double part = overlap(y, top, bottom);
      const std::uint8_t* line = mask.data() + y * columns;
      for (Index x = 0; x < columns; ++x) {
        if (line[x] != 0) band[x] += part;
      }
    }
    for (int column = 0; column < side; ++column) {
      const double left = column * cell_width;
      const double right = (column + 1) * cell_width;
      double area = 0;
      for (int x = static_cast<int>(left); x < width && x < right; ++x) {
        area += band[x] * overlap(x, left, right);
      }
      const double mean = area / (cell_width * cell_height);
      covered[Index{row} * cells + column] = static_cast<float>(std::clamp(mean, 0.0, 1.0));
    }
  }
  return covered;
}

std::optional<float> energy_in_mask(std::span<const float> map,
                                    std::span<const float> covered) noexcept {
  // Σ covered·|M| / Σ |M| is off-centre mass with another weight per cell.
  return off_centre_mass(map, covered);
}

std::optional<bool> pointing_game(std::span<const float> map,
                                  std::span<const float> covered) noexcept {
  if (map.size() != covered.size()) return std::nullopt;
  std::size_t strongest = 0;
  float largest = 0;
  for (Index i = 0; i < std::ssize(map); ++i) {
    const float magnitude = std::abs(map[i]);
    if (!std::isfinite(magnitude)) return std::nullopt;
    if (magnitude > largest) {
      largest = magnitude;
      strongest = i;
    }
  }
  if (largest == 0) return std::nullopt;
  return covered[strongest] >= 0.5F;
}

float decomposition_residual(double map_sum, double beta, double logit) noexcept {
  return static_cast<float>(std::abs(map_sum + beta - logit) / std::max(1.0, std::abs(logit)));
}

double probability(double logit, double temperature) noexcept {
  const double z = logit / temperature;
  // exp of a negative number only: it may underflow to 0, which is right, but never overflow.
  const double e = std::exp(-std::abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

Verdict verdict(double probability_of_class1) noexcept {
  if (probability_of_class1 > kUndecidedBelow) return Verdict::class1;
  if (probability_of_class1 < kUndecidedAbove) return Verdict::class0;
  return Verdict::undecided;
}

EvidenceSplit split_evidence(std::span<const float> map, int side) noexcept {
  if (!fits(map, side)) return {};
  double centred = 0;
  double off_centre = 0;
  Index i = 0;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column, ++i) {
      const double k = inverted_gaussian_at(row, column, side);
      centred += (1 - k) * static_cast<double>(map[i]);
      off_centre += k * static_cast<double>(map[i]);
    }
  }
  return {static_cast<float>(centred), static_cast<float>(off_centre)};
}

}  // namespace camloss
