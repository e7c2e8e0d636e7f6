// Batch norm and max-pool in training as one operation of LibTorch, carried out by the learning core's operators.
#pragma once

#include <torch/torch.h>

namespace camloss::train {

/// What a batch norm has.
struct NormTensors {
  torch::Tensor weight, bias;               // (C)
  torch::Tensor running_mean, running_var;  // (C), moved by `norm_pool`
};

/// torch::batch_norm in training, then torch::max_pool2d of 2, then zeros right and below: the same numbers to rounding, in a
/// fifth of the passes over memory, on LibTorch's threads. Results do not depend on their number.
/// Backward writes the slopes over x, so it runs once, and nothing else may need x by then.
/// @param x         (B, C, S, S), floats on the CPU, channels last; S even, C a multiple of 16
/// @param momentum  share of the batch in the running statistics
/// @param rim       columns and rows of zeros
/// @return (B, C, S/2 + rim, S/2 + rim), channels last
[[nodiscard]] torch::Tensor norm_pool(const torch::Tensor& x, const NormTensors& norm,
                                      double momentum, int rim);

}  // namespace camloss::train
