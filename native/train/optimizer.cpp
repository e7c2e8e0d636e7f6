// The update of the weights.
#include "native/train/optimizer.h"

#include <cmath>

namespace camloss::train {

using torch::Tensor;

Optimizer::Optimizer(torch::nn::Module& module, const OptimizerSettings& settings,
                     double average_decay)
    : settings_(settings), average_decay_(average_decay) {
  for (const auto& item : module.named_parameters()) {
    const Tensor& weight = item.value();
    slots_.push_back({item.key(), weight, torch::zeros_like(weight),
                      average_decay > 0 ? weight.detach().clone() : Tensor()});
  }
}

void Optimizer::clear_gradients() {
  // Undefined rather than zero: the next backward pass then moves its result in instead of adding.
  for (Slot& slot : slots_) slot.weight.mutable_grad() = Tensor();
}

double Optimizer::step(double rate) {
  const torch::NoGradGuard no_grad;
  double norm = 0;
  double factor = 1;
  if (settings_.clip_norm > 0) {
    std::vector<Tensor> norms;
    for (const Slot& slot : slots_) {
      if (slot.weight.grad().defined()) norms.push_back(slot.weight.grad().norm());
    }
    norm = norms.empty() ? 0 : torch::stack(norms).norm().item<double>();
    if (!std::isfinite(norm)) return norm;
    factor = learn::clip_factor(settings_, norm);
  }
  for (Slot& slot : slots_) {
    Tensor gradient = slot.weight.grad();
    if (!gradient.defined()) continue;
    if (factor < 1) gradient.mul_(factor);
    if (settings_.weight_decay > 0) gradient.add_(slot.weight, settings_.weight_decay);
    if (settings_.momentum > 0) {
      slot.velocity.mul_(settings_.momentum).add_(gradient);
      slot.weight.add_(slot.velocity, -rate);
    } else {
      slot.weight.add_(gradient, -rate);
    }
    if (slot.average.defined()) slot.average.lerp_(slot.weight, 1 - average_decay_);
  }
  return norm;
}

bool Optimizer::use_average() {
  const torch::NoGradGuard no_grad;
  if (average_decay_ <= 0) return false;
  for (Slot& slot : slots_) slot.weight.copy_(slot.average);
  return true;
}

}  // namespace camloss::train
