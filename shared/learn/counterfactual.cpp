// Pictures joined by the kernel, and pictures without their centre.
#include "shared/learn/counterfactual.h"

#include <cstddef>
#include <cstdint>

#include "shared/maps/kernel.h"
#include "shared/picture/fill.h"

namespace camloss::learn {

std::vector<float> swapped_by_kernel(std::span<const float> centre, std::span<const float> border,
                                     int side) {
  std::vector<float> joined(border.begin(), border.end());
  const std::vector<float> kernel = inverted_gaussian(side);
  for (std::size_t i = 0; i < joined.size(); ++i) {
    joined[i] += (1 - kernel[i % kernel.size()]) * (centre[i] - joined[i]);
  }
  return joined;
}

std::vector<float> without_centre(std::span<const float> rgb, int side) {
  std::vector<float> filled(rgb.begin(), rgb.end());
  std::vector<std::uint8_t> hole;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      hole.push_back(inverted_gaussian_at(row, column, side) < kCentreBelow ? 1 : 0);
    }
  }
  fill_hole(filled, hole, side, side);
  return filled;
}

}  // namespace camloss::learn
