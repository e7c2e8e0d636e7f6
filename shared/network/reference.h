// The network's operators, plain: the definition every fast version is tested against.
#pragma once

#include <span>
#include <vector>

#include "shared/weights/weights.h"

namespace camloss::reference {

/// 2x2 convolution, TensorFlow's 'same' padding for an even kernel: one zero column right, one zero row below.
/// @param in  (cin, height, width)
/// @param weight  (cout, cin, 2, 2)
/// @param bias  (cout)
/// @param out  (cout, height, width)
void conv2x2_same(const float* in, int cin, int height, int width, const float* weight,
                  const float* bias, int cout, float* out) noexcept;

/// Inference batch norm, in place: y = (x − mean)/sqrt(var + 1e-3)·weight + bias.
/// @param x  (channels, count)
void batch_norm(float* x, int channels, int count, const float* weight, const float* bias,
                const float* mean, const float* var) noexcept;

/// Max-pool 2x2, stride 2.
/// @param in  (channels, height, width), both even
/// @param out  (channels, height/2, width/2)
void max_pool2(const float* in, int channels, int height, int width, float* out) noexcept;

/// max(x, 0), in place.
void relu(float* x, int count) noexcept;

/// y = W x + b.
/// @param weight  (out, in)
void linear(const float* weight, const float* bias, int in, int out, const float* x,
            float* y) noexcept;

/// x = Wᵀ y.
/// @param weight  (out, in)
void linear_transposed(const float* weight, int in, int out, const float* y, float* x) noexcept;

/// The whole network layer by layer, with the head's gradient written out. Slow and readable;
/// allocates once.
class Network {
 public:
  /// @param weights must have passed `validate`; they are copied.
  explicit Network(const Weights& weights);

  /// @param input  (3, S, S), normalised
  /// @return logit z
  float forward(std::span<const float> input);
  /// (32, cells, cells), after the ReLU, of the last forward.
  [[nodiscard]] std::span<const float> features() const noexcept { return features_; }
  /// fcn: (cells, cells), each cell's own logit; their mean is z. Empty for dense.
  [[nodiscard]] std::span<const float> cell_logits() const noexcept { return cell_logits_; }
  /// ∂z/∂A of the last forward.
  /// @param gradient  (32, cells, cells)
  /// @return β, the biases' share of z through the active units: Σ A·∂z/∂A + β = z.
  float gradient(std::span<float> gradient);

 private:
  /// fcn: what fc0 sees at a cell, (32, K, K) → inputs_: its features and those of the cells around
  /// it, zeros outside the map.
  void gather_inputs(int row, int column);
  /// One column of features through the head; keeps each layer's output for the gradient.
  float head_forward(const float* x);
  /// ∂z/∂x for the units that are active since head_forward; returns β.
  float head_gradient(float* dx);
  [[nodiscard]] const float* tensor(const std::string& name) const {
    return weights_.tensors.at(name).values.data();
  }

  Weights weights_;
  int cells_;                 // S/8
  int fc0_inputs_;            // 32·K² (fcn) or 32·cells² (dense)
  std::vector<float> a_, b_;  // feature maps on the way, largest is (16, S, S)
  std::vector<float> features_, cell_logits_;
  std::vector<float> inputs_;     // fcn: (32, K, K)
  std::vector<float> hidden_[4];  // outputs of fc0 … fc3 after the ReLU
};

}  // namespace camloss::reference
