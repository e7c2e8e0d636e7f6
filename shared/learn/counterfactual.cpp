// Pictures joined by the kernel, and pictures without their centre.
#include "shared/learn/counterfactual.h"

#include <cstddef>

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
  fill_hole(filled, middle_mask(side, side), side, side);
  return filled;
}

}  // namespace camloss::learn
