// The first weights.
#include "shared/learn/first_weights.h"

#include <algorithm>
#include <cmath>

#include "shared/learn/random.h"

namespace camloss::learn {

void FirstValues::fill(std::span<const std::int64_t> shape, std::span<float> values) {
  if (shape.size() > 1) {
    const double taps = static_cast<double>(values.size()) /
                        (static_cast<double>(shape[0]) * static_cast<double>(shape[1]));
    const double fan_in = static_cast<double>(shape[1]) * taps;
    const double fan_out = static_cast<double>(shape[0]) * taps;
    bound_ = init_ == Init::glorot ? std::sqrt(6 / (fan_in + fan_out)) : 1 / std::sqrt(fan_in);
  } else if (init_ == Init::glorot) {
    std::fill(values.begin(), values.end(), 0.0F);
    return;
  }
  CounterRng rng(seed_, Purpose::initialise, index_++);
  for (float& value : values) value = static_cast<float>(rng.uniform(-bound_, bound_));
}

Weights first_weights(int input_size, int context, int context_dilation, Init init,
                      std::uint64_t seed) {
  Weights weights;
  weights.info.head = Head::fcn;
  weights.info.input_size = input_size;
  weights.info.context_size = context;
  weights.info.context_dilation = context_dilation;
  FirstValues first(init, seed);
  for (TensorSpec& spec : tensor_specs(Head::fcn, input_size, context)) {
    std::size_t count = 1;
    for (const std::int64_t extent : spec.shape) count *= static_cast<std::size_t>(extent);
    NamedTensor tensor{std::move(spec.shape), std::vector<float>(count)};
    if (!spec.name.starts_with("bn")) {
      first.fill(tensor.shape, tensor.values);
    } else if (spec.name.ends_with(".weight") || spec.name.ends_with(".running_var")) {
      std::fill(tensor.values.begin(), tensor.values.end(), 1.0F);
    }
    weights.tensors.emplace(spec.name, std::move(tensor));
  }
  return weights;
}

}  // namespace camloss::learn
