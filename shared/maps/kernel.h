// The inverted 2-D Gaussian K and the centre weights W: what "centred" means, defined once.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace camloss {

/// σ of the kernel as a share of the map's side.
inline constexpr float kKernelSigma = 0.25F;

/// K at one cell of a side x side grid: the formula that everything else below is made of.
/// @param sigma  share of the side, positive
[[nodiscard]] inline double inverted_gaussian_at(int row, int column, int side,
                                                 float sigma = kKernelSigma) noexcept {
  const double centre = 0.5 * (side - 1);
  const double x = column - centre;
  const double y = row - centre;
  const double spread = static_cast<double>(sigma) * side;
  return -std::expm1(-(x * x + y * y) / (2 * spread * spread));
}

/// K_ij = 1 − exp(−(x²+y²)/(2σ²)) on a side x side grid; x and y are the distances of the cell's
/// centre from the map's centre, and σ is `sigma` times the side. 0 in the centre, towards 1 at the
/// border.
/// @return (side, side), each in [0, 1); empty where side < 1 or sigma is not positive.
[[nodiscard]] std::vector<float> inverted_gaussian(int side, float sigma = kKernelSigma);

/// One axis of 1 − K, which is the product of two: exp(−x²/(2σ²)), x from the middle moved by `offset` (a share of
/// the side).
/// @param profile  (side)
void gaussian_profile(float sigma, float offset, std::span<float> profile) noexcept;

/// W = (1 − K) / Σ(1 − K): Gaussian weights of the centre that sum to one. (side, side).
[[nodiscard]] std::vector<float> centre_weights(int side, float sigma = kKernelSigma);

/// How much of K the middle reaches up to where a picture is cut in two: what counts as its subject, and what is around
/// it. The middle is then the ellipse that is 0.78 of the width wide and 0.78 of the height high.
inline constexpr float kMiddleBelow = 0.7F;

/// The middle of a picture by K, in shares of its width and height. (height, width), 255 where K is below kMiddleBelow,
/// 0 around it; empty where a side is below 1.
[[nodiscard]] std::vector<std::uint8_t> middle_mask(int width, int height);

}  // namespace camloss
