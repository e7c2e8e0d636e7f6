// Stochastic gradient descent: the rate of a step, the bound on the gradient, and the update.
#pragma once

#include <cstdint>
#include <span>

#include "shared/learn/settings.h"

namespace camloss::learn {

/// The learning rate at a step of the whole training: schedule times warm-up; phases come on top.
/// @param step  from 0, of `total`
/// @param steps_per_epoch  for the warm-up
[[nodiscard]] double scheduled_rate(const OptimizerSettings& settings, std::int64_t step,
                                    std::int64_t total, std::int64_t steps_per_epoch);

/// What a gradient of that norm is multiplied with, so that it has at most `clip_norm`; 1 where it is not bounded.
[[nodiscard]] double clip_factor(const OptimizerSettings& settings, double norm);

/// Steps as PyTorch's SGD: g ← factor·g + decay·w; v ← momentum·v + g; w ← w − rate·v.
/// @param weights, velocity, gradient  of the same size
void sgd_step(const OptimizerSettings& settings, double rate, double factor,
              std::span<const float> gradient, std::span<float> velocity, std::span<float> weights);

/// √Σ g², in double precision; not finite where a value is not.
[[nodiscard]] double norm_of(std::span<const float> gradient);

}  // namespace camloss::learn
