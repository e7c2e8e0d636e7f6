// The losses of the learning core and their gradients in the cells' logits: one formula for float and double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "shared/learn/settings.h"

namespace camloss::learn {

/// BCE(z, y) = max(z, 0) − y z + log(1 + e^−|z|), without overflow.
[[nodiscard]] inline double cross_entropy(double logit, double target) {
  return std::max(logit, 0.0) - target * logit + std::log1p(std::exp(-std::abs(logit)));
}

[[nodiscard]] inline double sigmoid(double logit) {
  if (logit >= 0) return 1 / (1 + std::exp(-logit));
  const double e = std::exp(logit);
  return e / (1 + e);
}

/// How much a picture's penalty counts where it yields: nothing while its answer costs as much as no answer, ln 2.
[[nodiscard]] inline double yielding(double cost) {
  return std::max(0.0, 1 - cost / 0.6931471805599453);
}

/// A batch's loss, and its parts before their factors: means over the pictures.
struct LossParts {
  double total = 0;
  double classify = 0;
  double map = 0;
};

/// M are the cells' logits; z = mean(M).
///   bce    BCE(z, y)
///   split  BCE(Σ W M, y) + λ·mean(K|M|), W = (1 − K)/Σ(1 − K); where the penalty yields, each picture's mean(K|M|)
///          is taken times yielding(BCE of its centre), which is not differentiated
/// @param cells    (B, N), M
/// @param targets  (B), 0, 1 or 0.5
/// @param kernel   (N), K
/// @param lambda   factor of the map part in this step
/// @param slope    (B, N), ∂loss/∂M
template <class T>
LossParts batch_loss(const LossSettings& settings, double lambda, std::span<const T> cells,
                     std::span<const float> targets, std::span<const float> kernel,
                     std::span<T> slope) {
  const std::size_t batch = targets.size(), n = kernel.size();
  const auto pictures = static_cast<double>(batch), count = static_cast<double>(n);
  const bool split = settings.loss == Loss::split;
  double centre = 0;  // Σ (1 − K)
  for (const float k : kernel) centre += 1 - static_cast<double>(k);
  LossParts parts;
  for (std::size_t b = 0; b < batch; ++b) {
    const T* const m = cells.data() + b * n;
    T* const out = slope.data() + b * n;
    double answer = 0, penalty = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto value = static_cast<double>(m[i]);
      const auto k = static_cast<double>(kernel[i]);
      answer += split ? (1 - k) / centre * value : value / count;
      penalty += k * std::abs(value) / count;
    }
    const auto target = static_cast<double>(targets[b]);
    const double cost = cross_entropy(answer, target);
    const double error = (sigmoid(answer) - target) / pictures;
    const double yields = settings.lambda_yields ? yielding(cost) : 1;
    parts.classify += cost / pictures;
    if (split) parts.map += yields * penalty / pictures;
    for (std::size_t i = 0; i < n; ++i) {
      if (!split) {
        out[i] = static_cast<T>(error / count);
        continue;
      }
      const auto k = static_cast<double>(kernel[i]);
      const double sign = m[i] > 0 ? 1 : m[i] < 0 ? -1 : 0;
      out[i] = static_cast<T>(error * (1 - k) / centre +
                              lambda * yields * k * sign / (count * pictures));
    }
  }
  parts.total = parts.classify + (split ? lambda * parts.map : 0);
  return parts;
}

}  // namespace camloss::learn
