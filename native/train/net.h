// The network as a LibTorch module: the trunk of four 2x2 convolutions with the fcn or the dense
// head.
#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>

#include "native/recipes/recipe.h"
#include "shared/weights/weights.h"

namespace camloss::train {

/// Evidence of a batch, additive over the N = cells² cells: mean(map) + beta = logit, for every
/// picture.
struct Evidence {
  torch::Tensor logit;  // (B) z
  torch::Tensor map;    // (B, N) M: cell logits (fcn), N times the HiResCAM map (dense)
  torch::Tensor beta;  // (B) share of the biases; zeros for fcn, where the cells' logits contain it
};

/// Pictures as the network takes them: (B, 4, S + 2, S + 2), channels last, channels r, g, b (normalised) and 1; the
/// last two rows and columns are zero in all four.
/// @param rgb  (B, 3, S, S), normalised
[[nodiscard]] torch::Tensor with_rim(const torch::Tensor& rgb);

/// The first layer of the fcn head: a K x K convolution over the cells with zero padding.
struct Context {
  int size = 1;      // K, odd
  int dilation = 1;  // cells between its taps
};

/// Parameters and buffers carry the names of the weights file ("conv0.weight", "bn1.running_mean",
/// …), so that `named_parameters()` and `named_buffers()` are what is exported.
class NetImpl : public torch::nn::Module {
 public:
  /// The first weights are a function of `init` and `seed` alone.
  /// @param batch_norm_momentum  share of the new batch in the running statistics
  NetImpl(Head head, int input_size, double batch_norm_momentum, Init init, std::uint64_t seed,
          Context context = {});

  /// @param x  see with_rim
  /// @return (B, 32, cells, cells), channels last, after the ReLU
  torch::Tensor features(const torch::Tensor& x);
  /// @param features (B, 32, cells, cells)
  Evidence evidence(const torch::Tensor& features);
  /// z alone, (B); what `evidence` gives as logit.
  /// @param features  (B, 32, cells, cells)
  torch::Tensor logit(const torch::Tensor& features);
  /// The last layer's 32 weights, (32): what the talk's map is made from.
  torch::Tensor last_layer() const;

  [[nodiscard]] Head head() const { return head_; }
  [[nodiscard]] int input_size() const { return input_size_; }
  [[nodiscard]] Context context() const { return context_; }
  [[nodiscard]] int cells() const { return input_size_ / 8; }
  /// Share of the new batch in the running statistics; 1/k at the k-th batch makes them plain
  /// means.
  void set_batch_norm_momentum(double momentum) { batch_norm_momentum_ = momentum; }

 private:
  torch::Tensor first_convolutions(const torch::Tensor& x);
  /// @param rim  columns and rows of zeros right and below
  torch::Tensor normalise_and_pool(const torch::Tensor& x, std::size_t index, int rim);
  torch::Tensor cell_logits(const torch::Tensor& features);
  void initialise(Init init, std::uint64_t seed);

  Head head_;
  int input_size_;
  Context context_;
  double batch_norm_momentum_;
  std::array<torch::nn::Conv2d, 4> convs_{nullptr, nullptr, nullptr, nullptr};
  std::array<torch::nn::BatchNorm2d, 3> norms_{nullptr, nullptr, nullptr};  // bn1 … bn3
  // fc0 … fc4: (out, in) for dense, (out, in, 1, 1) for fcn, of fc0 (out, in, K, K)
  std::array<torch::Tensor, 5> fc_weight_, fc_bias_;
};
TORCH_MODULE(Net);

}  // namespace camloss::train
