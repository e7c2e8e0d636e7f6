// The layers of a training, plain and in double precision: forward, and what backward makes of it. The definition that
// the fast operators are tested against, itself tested against finite differences.
//
// Tensors are planar, channel first. A backward function gets the slope of the loss in the layer's output and *adds* the
// slopes in its parameters; a slope in the input is set.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "shared/learn/losses.h"
#include "shared/weights/weights.h"

namespace camloss::learn::reference {

using Values = std::vector<double>;

/// A K x K convolution with dilation over (channels, height, width); reads zeros outside.
struct Convolution {
  int in, out;        // channels
  int height, width;  // of input and output
  int size;           // K
  int dilation = 1;
  int before =
      0;  // cells that a tap at 0 reads up and left: 0 for the trunk's 2x2, d (K − 1)/2 for the context
};

/// @param x  (in, height, width)
/// @param weight  (out, in, K, K)
/// @return (out, height, width)
[[nodiscard]] Values convolve(const Convolution& conv, const Values& x, const Values& weight,
                              const Values& bias);
/// @param slope  (out, height, width)
/// @return slope in x
Values convolve_backward(const Convolution& conv, const Values& x, const Values& weight,
                         const Values& slope, Values& weight_slope, Values& bias_slope);

/// Batch norm over a batch: y = (x − mean)/√(var + ε)·scale + shift, mean and var those of the batch.
struct BatchNorm {
  Values mean, var;  // (channels), var with 1/n
  Values y;          // (B, channels, count)
};
/// @param x  (B, channels, count)
[[nodiscard]] BatchNorm batch_norm(const Values& x, int batch, int channels, int count,
                                   const Values& scale, const Values& shift);
/// @return slope in x
Values batch_norm_backward(const Values& x, const BatchNorm& norm, int batch, int channels,
                           int count, const Values& scale, const Values& slope, Values& scale_slope,
                           Values& shift_slope);

/// Max-pool 2x2, stride 2, of (channels, height, width), both even. Of equal values the first counts.
[[nodiscard]] Values max_pool(const Values& x, int channels, int height, int width);
[[nodiscard]] Values max_pool_backward(const Values& x, int channels, int height, int width,
                                       const Values& slope);

[[nodiscard]] Values relu(Values x);
/// @param y  what relu gave
[[nodiscard]] Values relu_backward(const Values& y, Values slope);

/// What one batch came to.
struct Step {
  LossParts loss;
  Values cells;                             // (B, N), the cells' logits
  std::map<std::string, Values> gradient;   // by tensor
  std::map<std::string, Values> mean, var;  // of each batch norm ("bn1"), of this batch
};

/// The whole fcn network on a batch, in training mode, with its loss.
/// @param weights  of the fcn head; batch-norm statistics are not read
/// @param pictures  (B, 3, S, S), normalised
[[nodiscard]] Step step(const Weights& weights, const Values& pictures,
                        std::span<const float> targets, const LossSettings& settings,
                        double lambda);

}  // namespace camloss::learn::reference
