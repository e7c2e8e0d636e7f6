// The network's operators, plain: loops as the formulas read.
#include "shared/network/reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "shared/base/index.h"

namespace camloss::reference {
namespace {

// Written out here on purpose: what the fast operators are tested against must not follow a change of architecture.h.
constexpr int kHeadWidths[5] = {128, 128, 64, 32, 1};
constexpr float kBatchNormEps = 1e-3F;

Index at(int channel, int y, int x, int height, int width) {
  return (Index{channel} * height + y) * width + x;
}

}  // namespace

void conv2x2_same(const float* in, int cin, int height, int width, const float* weight,
                  const float* bias, int cout, float* out) noexcept {
  for (int o = 0; o < cout; ++o) {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        float sum = bias[o];
        for (int i = 0; i < cin; ++i) {
          for (int dy = 0; dy < 2 && y + dy < height; ++dy) {
            for (int dx = 0; dx < 2 && x + dx < width; ++dx) {
              sum += weight[((o * cin + i) * 2 + dy) * 2 + dx] *
                     in[at(i, y + dy, x + dx, height, width)];
            }
          }
        }
        out[at(o, y, x, height, width)] = sum;
      }
    }
  }
}

void batch_norm(float* x, int channels, int count, const float* weight, const float* bias,
                const float* mean, const float* var) noexcept {
  for (int c = 0; c < channels; ++c) {
    const float scale = weight[c] / std::sqrt(var[c] + kBatchNormEps);
    const float shift = bias[c] - mean[c] * scale;
    float* const plane = x + c * count;
    for (int i = 0; i < count; ++i) plane[i] = plane[i] * scale + shift;
  }
}

void max_pool2(const float* in, int channels, int height, int width, float* out) noexcept {
  for (int c = 0; c < channels; ++c) {
    for (int y = 0; y < height / 2; ++y) {
      for (int x = 0; x < width / 2; ++x) {
        const float top = std::max(in[at(c, 2 * y, 2 * x, height, width)],
                                   in[at(c, 2 * y, 2 * x + 1, height, width)]);
        const float low = std::max(in[at(c, 2 * y + 1, 2 * x, height, width)],
                                   in[at(c, 2 * y + 1, 2 * x + 1, height, width)]);
        out[at(c, y, x, height / 2, width / 2)] = std::max(top, low);
      }
    }
  }
}

void relu(float* x, int count) noexcept {
  for (int i = 0; i < count; ++i) x[i] = std::max(x[i], 0.0F);
}

void linear(const float* weight, const float* bias, int in, int out, const float* x,
            float* y) noexcept {
  for (int o = 0; o < out; ++o) {
    float sum = bias[o];
    for (int i = 0; i < in; ++i) sum += weight[Index{o} * in + i] * x[i];
    y[o] = sum;
  }
}

void linear_transposed(const float* weight, int in, int out, const float* y, float* x) noexcept {
  std::fill(x, x + in, 0.0F);
  for (int o = 0; o < out; ++o) {
    if (y[o] == 0.0F) continue;  // an inactive unit passes nothing back
    for (int i = 0; i < in; ++i) x[i] += weight[Index{o} * in + i] * y[o];
  }
}

Network::Network(const Weights& weights)
    : weights_(weights),
      cells_(weights.info.cells()),
      fc0_inputs_(weights.info.head == Head::dense
                      ? 32 * cells_ * cells_
                      : 32 * weights.info.context_size * weights.info.context_size) {
  const Index side = weights.info.input_size;
  const Index count = Index{cells_} * cells_;
  a_.resize(16 * side * side);  // the trunk's largest feature map
  b_.resize(16 * side * side);
  features_.resize(32 * count);
  if (weights.info.head == Head::fcn) {
    cell_logits_.resize(count);
    inputs_.resize(fc0_inputs_);
  }
  for (int l = 0; l < 4; ++l) hidden_[l].resize(kHeadWidths[l]);
}

float Network::forward(std::span<const float> input) {
  const int s = weights_.info.input_size;
  const auto block = [&](const std::string& bn, float* maps, int channels, int side,
                         float* pooled) {
    batch_norm(maps, channels, side * side, tensor(bn + ".weight"), tensor(bn + ".bias"),
               tensor(bn + ".running_mean"), tensor(bn + ".running_var"));
    max_pool2(maps, channels, side, side, pooled);
  };
  conv2x2_same(input.data(), 3, s, s, tensor("conv0.weight"), tensor("conv0.bias"), 16, a_.data());
  conv2x2_same(a_.data(), 16, s, s, tensor("conv1.weight"), tensor("conv1.bias"), 16, b_.data());
  block("bn1", b_.data(), 16, s, a_.data());  // (16, S/2, S/2)
  conv2x2_same(a_.data(), 16, s / 2, s / 2, tensor("conv2.weight"), tensor("conv2.bias"), 64,
               b_.data());
  block("bn2", b_.data(), 64, s / 2, a_.data());  // (64, S/4, S/4)
  conv2x2_same(a_.data(), 64, s / 4, s / 4, tensor("conv3.weight"), tensor("conv3.bias"), 32,
               b_.data());
  block("bn3", b_.data(), 32, s / 4, features_.data());  // (32, S/8, S/8)
  relu(features_.data(), static_cast<int>(features_.size()));

  if (weights_.info.head == Head::dense) return head_forward(features_.data());
  double sum = 0;
  for (int row = 0; row < cells_; ++row) {
    for (int column = 0; column < cells_; ++column) {
      gather_inputs(row, column);
      float& logit = cell_logits_[row * cells_ + column];
      logit = head_forward(inputs_.data());
      sum += logit;
    }
  }
  return static_cast<float>(sum / static_cast<double>(cell_logits_.size()));
}

void Network::gather_inputs(int row, int column) {
  const int k = weights_.info.context_size, d = weights_.info.context_dilation;
  float* to = inputs_.data();
  for (int c = 0; c < 32; ++c) {
    for (int ky = 0; ky < k; ++ky) {
      for (int kx = 0; kx < k; ++kx) {
        const int y = row + d * (ky - k / 2), x = column + d * (kx - k / 2);
        const bool inside = y >= 0 && y < cells_ && x >= 0 && x < cells_;
        *to++ = inside ? features_[at(c, y, x, cells_, cells_)] : 0.0F;
      }
    }
  }
}

float Network::gradient(std::span<float> gradient) {
  if (weights_.info.head == Head::dense) return head_gradient(gradient.data());
  const int k = weights_.info.context_size, d = weights_.info.context_dilation;
  const float share = 1.0F / static_cast<float>(cells_ * cells_);  // z is the mean of the cells
  std::vector<float> slope(inputs_.size());                        // (32, K, K)
  std::fill(gradient.begin(), gradient.end(), 0.0F);
  double beta = 0;
  for (int row = 0; row < cells_; ++row) {
    for (int column = 0; column < cells_; ++column) {
      gather_inputs(row, column);
      head_forward(inputs_.data());  // the cell's active units again
      beta += head_gradient(slope.data());
      const float* from = slope.data();
      for (int c = 0; c < 32; ++c) {
        for (int ky = 0; ky < k; ++ky) {
          for (int kx = 0; kx < k; ++kx, ++from) {
            const int y = row + d * (ky - k / 2), x = column + d * (kx - k / 2);
            if (y < 0 || y >= cells_ || x < 0 || x >= cells_) continue;
            gradient[at(c, y, x, cells_, cells_)] += *from * share;
          }
        }
      }
    }
  }
  return static_cast<float>(beta / static_cast<double>(cell_logits_.size()));
}

float Network::head_forward(const float* x) {
  float z = 0;
  int inputs = fc0_inputs_;
  for (int l = 0; l < 5; ++l) {
    const std::string layer = "fc" + std::to_string(l);
    float* const y = l < 4 ? hidden_[l].data() : &z;
    linear(tensor(layer + ".weight"), tensor(layer + ".bias"), inputs, kHeadWidths[l], x, y);
    if (l < 4) relu(y, kHeadWidths[l]);
    x = y;
    inputs = kHeadWidths[l];
  }
  return z;
}

float Network::head_gradient(float* dx) {
  float above[128] = {1};  // ∂z/∂(pre-activation) of the layer in hand
  double beta = 0;
  for (int l = 4; l >= 0; --l) {
    const std::string layer = "fc" + std::to_string(l);
    const float* const bias = tensor(layer + ".bias");
    for (int o = 0; o < kHeadWidths[l]; ++o) beta += static_cast<double>(above[o]) * bias[o];
    if (l == 0) {
      linear_transposed(tensor(layer + ".weight"), fc0_inputs_, kHeadWidths[0], above, dx);
      break;
    }
    float below[128];
    const int inputs = kHeadWidths[l - 1];
    linear_transposed(tensor(layer + ".weight"), inputs, kHeadWidths[l], above, below);
    for (int i = 0; i < inputs; ++i) above[i] = hidden_[l - 1][i] > 0 ? below[i] : 0.0F;
  }
  return static_cast<float>(beta);
}

}  // namespace camloss::reference
