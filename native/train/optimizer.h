// Stochastic gradient descent with momentum, weight decay, a bound on the gradient's norm, and
// averaging of the weights.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

#include "native/recipes/recipe.h"
#include "shared/learn/optimizer.h"

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

using learn::scheduled_rate;

}  // namespace camloss::train
