// The update of the weights.
#include "shared/learn/optimizer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace camloss::learn {

double scheduled_rate(const OptimizerSettings& settings, std::int64_t step, std::int64_t total,
                      std::int64_t steps_per_epoch) {
  double rate = settings.learning_rate;
  if (settings.schedule == Schedule::cosine) {
    const double progress = static_cast<double>(step) / static_cast<double>(total);
    rate *= 0.5 * (1 + std::cos(3.141592653589793 * progress));
  }
  const std::int64_t warmup = settings.warmup_epochs * steps_per_epoch;
  if (step < warmup) rate *= static_cast<double>(step + 1) / static_cast<double>(warmup);
  return rate;
}

double clip_factor(const OptimizerSettings& settings, double norm) {
  // 1e-6 as in PyTorch's clip_grad_norm_: no division by a norm of zero.
  return settings.clip_norm > 0 ? std::min(1.0, settings.clip_norm / (norm + 1e-6)) : 1;
}

void sgd_step(const OptimizerSettings& settings, double rate, double factor,
              std::span<const float> gradient, std::span<float> velocity,
              std::span<float> weights) {
  const auto scale = static_cast<float>(factor);
  const auto decay = static_cast<float>(settings.weight_decay);
  const auto momentum = static_cast<float>(settings.momentum);
  const auto step = static_cast<float>(rate);
  // Below this a velocity moves nothing; its decay would go on into numbers that processors are slow with.
  constexpr float kTiny = 1e-30F;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float v = momentum * velocity[i] + (scale * gradient[i] + decay * weights[i]);
    velocity[i] = std::abs(v) < kTiny ? 0 : v;
    weights[i] -= step * velocity[i];
  }
}

double norm_of(std::span<const float> gradient) {
  double sum = 0;
  for (const float g : gradient) sum += static_cast<double>(g) * static_cast<double>(g);
  return std::sqrt(sum);
}

}  // namespace camloss::learn
