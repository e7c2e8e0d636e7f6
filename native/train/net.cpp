// Forward passes of the LibTorch module, and the exact decomposition of its logit over the cells.
#include "native/train/net.h"

#include <cmath>
#include <string>
#include <vector>

#include "native/train/norm_pool.h"
#include "shared/learn/first_weights.h"

namespace camloss::train {
namespace {

namespace nn = torch::nn;
using torch::Tensor;

/// Holds a weight and a bias under a common name.
struct LayerImpl : nn::Module {
  LayerImpl(Tensor w, Tensor b)
      : weight(register_parameter("weight", std::move(w))),
        bias(register_parameter("bias", std::move(b))) {}
  Tensor weight, bias;
};

}  // namespace

Tensor with_rim(const Tensor& rgb) {
  const Tensor ones = torch::ones_like(rgb.narrow(1, 0, 1));
  return torch::constant_pad_nd(torch::cat({rgb, ones}, 1), {0, 2, 0, 2})
      .contiguous(at::MemoryFormat::ChannelsLast);
}

NetImpl::NetImpl(Head head, int input_size, double batch_norm_momentum, Init init,
                 std::uint64_t seed, Context context)
    : head_(head),
      input_size_(input_size),
      context_(context),
      batch_norm_momentum_(batch_norm_momentum) {
  for (std::size_t i = 0; i < convs_.size(); ++i) {
    convs_[i] =
        register_module("conv" + std::to_string(i),
                        nn::Conv2d(nn::Conv2dOptions(kTrunkChannels[i], kTrunkChannels[i + 1], 2)));
    if (i == 0) continue;
    norms_[i - 1] = register_module("bn" + std::to_string(i),
                                    nn::BatchNorm2d(nn::BatchNorm2dOptions(kTrunkChannels[i + 1])));
  }
  std::int64_t in =
      head == Head::fcn ? kTrunkChannels.back() : kTrunkChannels.back() * cells() * cells();
  for (std::size_t i = 0; i < kHeadWidths.size(); ++i) {
    const std::int64_t out = kHeadWidths[i];
    const std::int64_t side = i == 0 ? context.size : 1;
    const Tensor weight =
        head == Head::fcn ? torch::zeros({out, in, side, side}) : torch::zeros({out, in});
    const auto layer = register_module("fc" + std::to_string(i),
                                       std::make_shared<LayerImpl>(weight, torch::zeros({out})));
    fc_weight_[i] = layer->weight;
    fc_bias_[i] = layer->bias;
    in = out;
  }
  initialise(init, seed);
}

void NetImpl::initialise(Init init, std::uint64_t seed) {
  const torch::NoGradGuard no_grad;
  learn::FirstValues first(init, seed);
  for (const auto& parameter : named_parameters()) {
    if (parameter.key().starts_with("bn")) continue;  // 1 and 0 already
    Tensor values = parameter.value();
    first.fill({values.sizes().data(), values.sizes().size()},
               {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  }
}

Tensor NetImpl::first_convolutions(const Tensor& x) {
  // conv0 and conv1 have nothing between them: they are one 3x3 convolution, half the work. conv0's
  // bias must be absent from the zeros that pad conv1, so it enters as the weight of a fourth input
  // channel that is 1 inside the picture and 0 outside; with two rows and columns of zeros the
  // composition is exact at the border, too.
  const Tensor bias = torch::constant_pad_nd(convs_[0]->bias.view({-1, 1, 1, 1}), {0, 1, 0, 1});
  const Tensor first = torch::cat({convs_[0]->weight, bias}, 1);  // (16, 4, 2, 2)
  // Σ_m conv1[o, m, v] conv0[m, c, u] at the tap u + v: a transposed convolution of the one by the
  // other.
  const Tensor both = torch::conv_transpose2d(convs_[1]->weight, first);  // (16, 4, 3, 3)
  return torch::conv2d(x, both.contiguous(at::MemoryFormat::ChannelsLast), convs_[1]->bias);
}

Tensor NetImpl::normalise_and_pool(const Tensor& x, std::size_t index, int rim) {
  const auto& norm = norms_[index];
  if (is_training() && x.device().is_cpu()) {
    return norm_pool(x, {norm->weight, norm->bias, norm->running_mean, norm->running_var},
                     batch_norm_momentum_, rim);
  }
  const Tensor y =
      torch::batch_norm(x, norm->weight, norm->bias, norm->running_mean, norm->running_var,
                        is_training(), batch_norm_momentum_, kBatchNormEps, /*cudnn_enabled=*/true);
  return torch::constant_pad_nd(torch::max_pool2d(y, 2), {0, rim, 0, rim});
}

Tensor NetImpl::features(const Tensor& x) {
  // TensorFlow's 'same' padding for a 2x2 kernel: one zero column right, one zero row below.
  Tensor y = normalise_and_pool(first_convolutions(x), 0, 1);  // (B, 16, S/2 + 1, S/2 + 1)
  for (std::size_t i = 2; i < convs_.size(); ++i) {  // (B, 64, S/4 + 1, S/4 + 1), (B, 32, S/8, S/8)
    const int rim = i + 1 < convs_.size() ? 1 : 0;
    y = normalise_and_pool(torch::conv2d(y, convs_[i]->weight, convs_[i]->bias), i - 1, rim);
  }
  return torch::relu(y);
}

Tensor NetImpl::cell_logits(const Tensor& features) {
  Tensor y = features;
  for (std::size_t i = 0; i < fc_weight_.size(); ++i) {
    if (i == 0 && context_.size > 1) {
      // As many zeros on each side as the taps reach, so that the map keeps its cells.
      const std::int64_t reach = context_.dilation * (context_.size - 1) / 2;
      y = torch::conv2d(y, fc_weight_[0], fc_bias_[0], /*stride=*/1, /*padding=*/reach,
                        context_.dilation);
    } else {
      y = torch::conv2d(y, fc_weight_[i], fc_bias_[i]);
    }
    if (i + 1 < fc_weight_.size()) y = torch::relu(y);
  }
  return y.flatten(1);  // (B, N): one channel, so both memory formats agree
}

Tensor NetImpl::logit(const Tensor& features) {
  if (head_ == Head::fcn) return cell_logits(features).mean(1);
  Tensor y = features.contiguous().flatten(1);  // channel first
  for (std::size_t i = 0; i < fc_weight_.size(); ++i) {
    y = torch::linear(y, fc_weight_[i], fc_bias_[i]);
    if (i + 1 < fc_weight_.size()) y = torch::relu(y);
  }
  return y.squeeze(1);
}

Evidence NetImpl::evidence(const Tensor& features) {
  if (head_ == Head::fcn) {
    const Tensor cells = cell_logits(features);
    const Tensor logit = cells.mean(1);
    return {logit, cells, torch::zeros_like(logit)};
  }
  // The ReLU head is piecewise linear: with the masks of its active units, z = g·A + β. The
  // gradient g is written out as matrix products, so that the loss on the map needs one
  // differentiation only; the masks' own derivative is 0.
  const std::size_t last = fc_weight_.size() - 1;
  const Tensor flat = features.contiguous().flatten(1);  // (B, 32 N), channel first
  std::vector<Tensor> active;
  Tensor y = flat;
  for (std::size_t i = 0; i < last; ++i) {
    y = torch::relu(torch::linear(y, fc_weight_[i], fc_bias_[i]));
    active.push_back((y.detach() > 0).to(y.scalar_type()));
  }
  const Tensor logit = torch::linear(y, fc_weight_[last], fc_bias_[last]).squeeze(1);
  Tensor gradient =
      fc_weight_[last].expand({flat.size(0), fc_weight_[last].size(1)});  // (B, units)
  Tensor beta = fc_bias_[last].expand({flat.size(0)});
  for (std::size_t i = last; i-- > 0;) {
    gradient = gradient * active[i];
    beta = beta + torch::mv(gradient, fc_bias_[i]);
    gradient = torch::mm(gradient, fc_weight_[i]);
  }
  const std::int64_t n = static_cast<std::int64_t>(cells()) * cells();
  const Tensor map = (flat * gradient).view({flat.size(0), -1, n}).sum(1) * static_cast<double>(n);
  return {logit, map, beta};
}

Tensor NetImpl::last_layer() const { return fc_weight_.back().flatten(); }

}  // namespace camloss::train
