// The fit: a convex function of slope and shift, minimised by nested one-dimensional searches.
#include "shared/learn/calibrate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace camloss::learn {
namespace {

/// What the cross-entropy is computed from.
struct Fit {
  std::span<const double> logits;
  std::span<const int> labels;
  std::array<double, 2> target, weight;  // of each class

  /// Σ w (log(1 + e^s) − t·s), s = slope·z + shift.
  [[nodiscard]] double loss(double slope, double shift) const {
    double sum = 0;
    for (std::size_t i = 0; i < logits.size(); ++i) {
      const double s = slope * logits[i] + shift;
      const auto c = static_cast<std::size_t>(labels[i]);
      sum += weight[c] * (std::max(s, 0.0) + std::log1p(std::exp(-std::abs(s))) - target[c] * s);
    }
    return sum;
  }
};

/// Place of the minimum of a unimodal function in [low, high], by golden section.
template <class Function>
double minimise(double low, double high, Function f) {
  constexpr double kShare = 0.6180339887498949;
  double a = high - kShare * (high - low), b = low + kShare * (high - low);
  double fa = f(a), fb = f(b);
  for (int i = 0; i < 80 && high - low > 1e-9; ++i) {
    if (fa <= fb) {
      high = b;
      b = a;
      fb = fa;
      a = high - kShare * (high - low);
      fa = f(a);
    } else {
      low = a;
      a = b;
      fa = fb;
      b = low + kShare * (high - low);
      fb = f(b);
    }
  }
  return (low + high) / 2;
}

}  // namespace

Calibration calibrate(std::span<const double> logits, std::span<const int> labels,
                      bool with_offset) {
  const auto ones = static_cast<double>(std::count(labels.begin(), labels.end(), 1));
  const double zeros = static_cast<double>(labels.size()) - ones;
  if (ones == 0 || zeros == 0) return {};
  const Fit fit{
      logits, labels, {1 / (zeros + 2), (ones + 1) / (ones + 2)}, {0.5 / zeros, 0.5 / ones}};

  double largest = 1;
  for (const double z : logits) largest = std::max(largest, std::abs(z));
  const auto best_shift = [&](double slope) {
    if (!with_offset) return 0.0;
    // Beyond this shift every picture has the same sign, so the minimum lies inside.
    const double reach = slope * largest + 10;
    return minimise(-reach, reach, [&](double shift) { return fit.loss(slope, shift); });
  };
  const double log_slope =
      minimise(std::log(1 / kMaxTemperature), std::log(1 / kMinTemperature), [&](double candidate) {
        const double slope = std::exp(candidate);
        return fit.loss(slope, best_shift(slope));
      });
  const double slope = std::exp(log_slope);
  return {std::clamp(1 / slope, kMinTemperature, kMaxTemperature), best_shift(slope) / slope, true};
}

}  // namespace camloss::learn
