// Stochastic gradient descent with momentum, weight decay, a bound on the gradient's norm, and
// averaging of the weights.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "native/recipes/recipe.h"

namespace camloss::train {

/// Steps as PyTorch's SGD: g ← g + decay·w; v ← momentum·v + g; w ← w − rate·v.
class Optimizer {
 public:
  struct Slot {
    std::string name;
    torch::Tensor weight;
    torch::Tensor velocity;
    torch::Tensor average;  // exponential mean of the weight; undefined where none is kept
  };

  /// @param average_decay  of the exponential mean, 0: none
  Optimizer(torch::nn::Module& module, const OptimizerSettings& settings, double average_decay);

  void clear_gradients();
  /// One step from the weights' gradients. Returns their norm before it was bounded (0 where it is
  /// not bounded); nothing is changed where it is not finite.
  double step(double rate);
  /// Puts the averaged weights in the place of the weights. Returns false where none are kept.
  bool use_average();

  [[nodiscard]] std::vector<Slot>& slots() { return slots_; }

 private:
  OptimizerSettings settings_;
  double average_decay_;
  std::vector<Slot> slots_;
};

/// The learning rate at a step of the whole training: schedule times warm-up; phases come on top.
/// @param step  from 0, of `total`
/// @param steps_per_epoch  for the warm-up
[[nodiscard]] double scheduled_rate(const OptimizerSettings& settings, std::int64_t step,
                                    std::int64_t total, std::int64_t steps_per_epoch);

}  // namespace camloss::train
