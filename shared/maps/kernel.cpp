// The inverted Gaussian and the centre weights as arrays.
#include "shared/maps/kernel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "shared/base/index.h"

namespace camloss {
namespace {

/// Σ is not positive, not a number, or there is no cell.
bool is_degenerate(int side, float sigma) { return side < 1 || !(sigma > 0); }

}  // namespace

std::vector<float> inverted_gaussian(int side, float sigma) {
  if (is_degenerate(side, sigma)) return {};
  // Far from a narrow centre K rounds to 1 in float; the documented range excludes 1.
  const float below_one = std::nextafter(1.0F, 0.0F);
  std::vector<float> kernel;  // (side, side)
  kernel.reserve(Index{side} * side);
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const auto value = static_cast<float>(inverted_gaussian_at(row, column, side, sigma));
      kernel.push_back(std::min(value, below_one));
    }
  }
  return kernel;
}

void gaussian_profile(float sigma, float offset, std::span<float> profile) noexcept {
  const double side = static_cast<double>(profile.size());
  for (Index i = 0; i < std::ssize(profile); ++i) {
    const double x = (static_cast<double>(i) + 0.5) / side - 0.5 - static_cast<double>(offset);
    profile[i] = static_cast<float>(
        std::exp(-x * x / (2.0 * static_cast<double>(sigma) * static_cast<double>(sigma))));
  }
}

std::vector<float> centre_weights(int side, float sigma) {
  if (is_degenerate(side, sigma)) return {};
  std::vector<double> gaussian;  // (side, side), 1 − K
  gaussian.reserve(Index{side} * side);
  double sum = 0;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      gaussian.push_back(1 - inverted_gaussian_at(row, column, side, sigma));
      sum += gaussian.back();
    }
  }
  std::vector<float> weights;  // (side, side)
  weights.reserve(gaussian.size());
  // An even side has no cell in the very centre: a tiny σ may leave every cell at 0.
  const double share = 1.0 / static_cast<double>(gaussian.size());
  for (const double g : gaussian) {
    weights.push_back(static_cast<float>(sum > 0 ? g / sum : share));
  }
  return weights;
}

std::vector<std::uint8_t> middle_mask(int width, int height) {
  if (width < 1 || height < 1) return {};
  std::vector<float> across(static_cast<std::size_t>(width));
  std::vector<float> down(static_cast<std::size_t>(height));
  gaussian_profile(kKernelSigma, 0, across);
  gaussian_profile(kKernelSigma, 0, down);
  std::vector<std::uint8_t> mask;  // (height, width)
  mask.reserve(across.size() * down.size());
  for (const float v : down) {
    for (const float u : across) mask.push_back(1 - u * v < kMiddleBelow ? 255 : 0);
  }
  return mask;
}

}  // namespace camloss
