// Removes and restores cells step by step and asks the network each time.
#include "shared/maps/deletion.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <vector>

#include "shared/base/index.h"
#include "shared/maps/metrics.h"

namespace camloss {
namespace {

Index squared(int side) { return Index{side} * side; }

/// Weights of a Gaussian cut at 3σ, summing to one. (2·radius + 1)
std::vector<double> gaussian_taps(double sigma) {
  const int radius = std::max(1, static_cast<int>(std::ceil(3 * sigma)));
  std::vector<double> taps;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    taps.push_back(std::exp(-(i * i) / (2 * sigma * sigma)));
    sum += taps.back();
  }
  for (double& tap : taps) tap /= sum;
  return taps;
}

/// One line through the filter.
/// @param stride  distance of neighbours, in floats
void blur_line(const float* in, float* out, int length, Index stride,
               const std::vector<double>& taps) {
  const int radius = static_cast<int>(taps.size() / 2);
  for (int i = 0; i < length; ++i) {
    double sum = 0;
    int from = i - radius;
    for (const double tap : taps) {
      const Index at = std::clamp(from++, 0, length - 1);
      sum += tap * static_cast<double>(in[at * stride]);
    }
    out[Index{i} * stride] = static_cast<float>(sum);
  }
}

/// Copies one cell's patch.
/// @param from, to  (3, size, size)
void copy_patch(const std::vector<float>& from, std::vector<float>& to, int size, int cells,
                Index cell) {
  const Index side = size;
  const Index patch = side / cells;  // pixels
  const Index top = cell / cells * patch;
  const Index left = cell % cells * patch;
  for (Index channel = 0; channel < 3; ++channel) {
    for (Index y = top; y < top + patch; ++y) {
      const Index begin = (channel * side + y) * side + left;
      std::copy_n(from.begin() + begin, patch, to.begin() + begin);
    }
  }
}

float trapezoidal_area(const std::array<float, kDeletionSteps + 1>& curve) {
  double sum = -0.5 * (static_cast<double>(curve.front()) + static_cast<double>(curve.back()));
  for (const float p : curve) sum += static_cast<double>(p);
  return static_cast<float>(sum / kDeletionSteps);
}

}  // namespace

void blur_input(std::span<const float> input, int size, std::span<float> out) {
  const std::vector<double> taps = gaussian_taps(size / 16.0);
  const Index side = size;
  std::vector<float> rows(squared(size));  // (size, size)
  for (Index channel = 0; channel < 3; ++channel) {
    const Index plane = channel * squared(size);
    for (Index y = 0; y < side; ++y) {
      blur_line(&input[plane + y * side], &rows[y * side], size, 1, taps);
    }
    for (Index x = 0; x < side; ++x) {
      blur_line(&rows[x], &out[plane + x], size, side, taps);
    }
  }
}

Result<DeletionInsertion> deletion_insertion(std::span<const float> input, int size,
                                             std::span<const float> map, int cells, bool is_signed,
                                             double temperature, const LogitOf& logit_of) {
  if (size < 1 || cells < 1 || size % cells != 0 || std::ssize(input) != 3 * squared(size) ||
      std::ssize(map) != squared(cells)) {
    return Error{"input and map of the deletion metric do not belong together",
                 "the input is (3, S, S), the map (S/8, S/8)"};
  }
  if (!std::all_of(map.begin(), map.end(), [](float value) { return std::isfinite(value); })) {
    return Error{"the evidence map is not finite", "the weights may be damaged"};
  }

  const std::vector<float> picture(input.begin(), input.end());  // (3, size, size)
  std::vector<float> blurred(picture.size());                    // (3, size, size)
  blur_input(picture, size, blurred);
  const float whole = logit_of(picture);
  const float nothing = logit_of(blurred);

  // Cells by their evidence for the predicted class; equal ones in the order of the map.
  const float sign = is_signed && !(whole > 0) ? -1.0F : 1.0F;
  std::vector<std::size_t> order(map.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return sign * map[a] > sign * map[b]; });

  const auto p_of_predicted = [&](float logit) {
    return static_cast<float>(probability(whole > 0 ? logit : -logit, temperature));
  };
  bool is_finite = std::isfinite(whole) && std::isfinite(nothing);
  const auto walk = [&](std::vector<float> current, const std::vector<float>& target,
                        std::array<float, kDeletionSteps + 1>& curve) {
    std::size_t done = 0;
    for (Index step = 1; step < kDeletionSteps; ++step) {
      const std::size_t due = (step * order.size() + kDeletionSteps / 2) / kDeletionSteps;
      for (; done < due; ++done) copy_patch(target, current, size, cells, order[done]);
      const float logit = logit_of(current);
      is_finite = is_finite && std::isfinite(logit);
      curve[step] = p_of_predicted(logit);
    }
  };

  DeletionInsertion result;
  result.deletion_curve.front() = result.insertion_curve.back() = p_of_predicted(whole);
  result.deletion_curve.back() = result.insertion_curve.front() = p_of_predicted(nothing);
  walk(picture, blurred, result.deletion_curve);
  walk(blurred, picture, result.insertion_curve);
  if (!is_finite) return Error{"a logit of the deletion metric is not finite", "check the weights"};
  result.deletion = trapezoidal_area(result.deletion_curve);
  result.insertion = trapezoidal_area(result.insertion_curve);
  return result;
}

}  // namespace camloss
