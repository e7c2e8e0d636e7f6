// A LibTorch module and its input from a fixed seed, as training would leave them, for the tests of
// module and core.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "native/base/rng.h"
#include "native/train/net.h"

namespace camloss::test {

/// (batch, 3, side, side), uniform in [−2, 2).
inline torch::Tensor random_input(std::int64_t batch, std::int64_t side, std::uint64_t seed) {
  torch::Tensor input = torch::empty({batch, 3, side, side});
  train::CounterRng rng(seed, train::Purpose::augment);
  for (std::int64_t i = 0; i < input.numel(); ++i) {
    input.data_ptr<float>()[i] = static_cast<float>(rng.uniform(-2, 2));
  }
  return input;
}

/// A module in evaluation mode whose batch norms have statistics and scales of both signs, off
/// their first values.
inline train::Net trained_net(Head head, int side, std::uint64_t seed,
                              train::Context context = {}) {
  train::Net net(head, side, 0.1, train::Init::torch, seed, context);
  const torch::NoGradGuard no_grad;
  train::CounterRng rng(seed, train::Purpose::mix);
  for (const auto& item : net->named_parameters()) {
    if (!item.key().starts_with("bn")) continue;
    torch::Tensor values = item.value();
    for (std::int64_t i = 0; i < values.numel(); ++i) {
      values.data_ptr<float>()[i] += static_cast<float>(rng.uniform(-1.3, 0.7));
    }
  }
  for (std::uint64_t i = 0; i < 20; ++i)
    net->features(train::with_rim(random_input(4, side, seed + i)));
  net->eval();
  return net;
}

}  // namespace camloss::test
