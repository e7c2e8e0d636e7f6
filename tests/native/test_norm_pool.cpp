// The operation of batch norm, max-pool and rim against LibTorch's own, forward and backward.
#include <torch/torch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <tuple>

#include "native/train/norm_pool.h"

using namespace camloss::train;
using torch::Tensor;

namespace {

constexpr double kMomentum = 0.1;

NormTensors random_norm(std::int64_t channels) {
  return {torch::rand({channels}) + 0.5, torch::randn({channels}), torch::randn({channels}),
          torch::rand({channels}) + 0.5};
}

/// In double precision; the slopes in x, weight and bias where the result's are `slope`, and the result before them.
std::tuple<Tensor, Tensor, Tensor, Tensor> expected(const Tensor& x, NormTensors& norm, int rim,
                                                    const Tensor& slope) {
  const auto leaf = [](const Tensor& t) {
    return t.detach().to(torch::kDouble).set_requires_grad(true);
  };
  const Tensor input = leaf(x), weight = leaf(norm.weight), bias = leaf(norm.bias);
  norm.running_mean = norm.running_mean.to(torch::kDouble);
  norm.running_var = norm.running_var.to(torch::kDouble);
  const Tensor normed = torch::batch_norm(input, weight, bias, norm.running_mean, norm.running_var,
                                          true, kMomentum, 1e-3, false);
  const Tensor pooled = torch::constant_pad_nd(torch::max_pool2d(normed, 2), {0, rim, 0, rim});
  const auto slopes =
      torch::autograd::grad({pooled}, {input, weight, bias}, {slope.to(torch::kDouble)});
  return {pooled.detach(), slopes[0], slopes[1], slopes[2]};
}

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

void check_close(const char* what, const Tensor& found, const Tensor& wanted) {
  INFO(what);
  REQUIRE(found.sizes() == wanted.sizes());
  // The variance of a few pixels loses digits: it is a difference of two sums.
  CHECK(largest(found.to(torch::kDouble) - wanted) < 5e-5 * std::max(1.0, largest(wanted)));
}

class Threads {
 public:
  explicit Threads(int count) : before_(at::get_num_threads()) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

}  // namespace

TEST_CASE("norm and pool as one: LibTorch's batch norm and max-pool, forward and backward",
          "[losses]") {
  const std::int64_t pictures = GENERATE(1, 5), channels = GENERATE(16, 64),
                     side = GENERATE(2, 6, 24);
  const int rim = GENERATE(0, 1);
  const bool channels_last = GENERATE(true, false);
  torch::manual_seed(1);
  INFO(pictures << " pictures, " << channels << " channels, " << side << " pixels, rim " << rim);
  Tensor x = torch::randn({pictures, channels, side, side}) * 2 + 3;
  if (channels_last) x = x.contiguous(at::MemoryFormat::ChannelsLast);
  const NormTensors norm = random_norm(channels);
  NormTensors plain_norm = {norm.weight, norm.bias, norm.running_mean.clone(),
                            norm.running_var.clone()};
  const Tensor slope = torch::randn({pictures, channels, side / 2 + rim, side / 2 + rim});
  const auto [pooled, in_x, in_weight, in_bias] = expected(x, plain_norm, rim, slope);

  const Tensor input = x.clone().set_requires_grad(true);
  const Tensor weight = norm.weight.clone().set_requires_grad(true);
  const Tensor bias = norm.bias.clone().set_requires_grad(true);
  const Tensor found =
      norm_pool(input, {weight, bias, norm.running_mean, norm.running_var}, kMomentum, rim);
  check_close("result", found, pooled);
  check_close("running mean", norm.running_mean, plain_norm.running_mean);
  check_close("running variance", norm.running_var, plain_norm.running_var);
  const auto slopes = torch::autograd::grad({found}, {input, weight, bias}, {slope});
  check_close("slopes in x", slopes[0], in_x);
  check_close("slopes in the weight", slopes[1], in_weight);
  check_close("slopes in the bias", slopes[2], in_bias);
}

TEST_CASE("norm and pool as one: the same bits on one thread and on three", "[losses]") {
  torch::manual_seed(2);
  const Tensor x = torch::randn({7, 32, 12, 12}).contiguous(at::MemoryFormat::ChannelsLast);
  const NormTensors first = random_norm(32);
  const auto run = [&](int threads) {
    const Threads set(threads);
    const Tensor input = x.clone().set_requires_grad(true);
    const Tensor weight = first.weight.clone().set_requires_grad(true);
    const Tensor bias = first.bias.clone().set_requires_grad(true);
    const Tensor mean = first.running_mean.clone(), var = first.running_var.clone();
    const Tensor pooled = norm_pool(input, {weight, bias, mean, var}, kMomentum, 1);
    const auto slopes = torch::autograd::grad({pooled.pow(2).sum()}, {input, weight, bias});
    return torch::cat(
        {pooled.detach().flatten(), slopes[0].flatten(), slopes[1], slopes[2], mean, var});
  };
  CHECK(torch::equal(run(1), run(3)));
}
