// The formulas of one channel of a batch norm in training (Ioffe and Szegedy, 2015), for both engines.
#pragma once

#include <algorithm>
#include <cmath>

#include "shared/weights/architecture.h"

namespace camloss::learn {

/// Mean and variance over a batch's pixels.
struct Moments {
  double mean, var;
  double unbiased;  // var·n/(n − 1), which the running variance takes
};

/// @param sum, square  Σ x, Σ x²
/// @param n            pixels
[[nodiscard]] inline Moments moments_of(double sum, double square, double n) {
  const double mean = sum / n;
  const double var = std::max(0.0, square / n - mean * mean);
  return {mean, var, var * n / std::max(1.0, n - 1)};
}

/// @param momentum  share of the batch
inline void move_statistics(const Moments& batch, double momentum, float& mean, float& var) {
  const auto move = [momentum](double to, float& value) {
    value += static_cast<float>(momentum * (to - static_cast<double>(value)));
  };
  move(batch.mean, mean);
  move(batch.unbiased, var);
}

/// y = scale·x + shift.
struct NormLine {
  double inverse;  // 1/√(var + ε)
  float scale, shift;
};

[[nodiscard]] inline NormLine norm_line(double mean, double var, float weight, float bias) {
  const double inverse = 1 / std::sqrt(var + kBatchNormEps);
  const double scale = inverse * static_cast<double>(weight);
  return {inverse, static_cast<float>(scale),
          static_cast<float>(static_cast<double>(bias) - mean * scale)};
}

/// Slopes in weight and bias; and those in x are scale·(g − even − (x − mean)·tilt).
struct NormSlopes {
  float weight, bias;
  float even, tilt;
};

/// @param shift, product  Σ g, Σ g·(x − mean) over the slopes g in y
[[nodiscard]] inline NormSlopes norm_slopes(double shift, double product, double inverse,
                                            double n) {
  return {static_cast<float>(product * inverse), static_cast<float>(shift),
          static_cast<float>(shift / n), static_cast<float>(inverse * inverse * product / n)};
}

}  // namespace camloss::learn
