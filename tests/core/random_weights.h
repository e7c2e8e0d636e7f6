// Weights and pictures from a fixed seed, for tests of the network.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "shared/weights/weights.h"

namespace camloss::test {

/// A small generator of its own, so that the numbers are the same with every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2654435769U + 1) {}
  std::uint32_t bits() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::uint32_t>(state_ >> 33U);
  }
  /// Uniform in [low, high).
  float uniform(float low, float high) {
    return low + (high - low) * (static_cast<float>(bits()) / 2147483648.0F);
  }

 private:
  std::uint64_t state_;
};

inline std::vector<float> random_values(std::size_t count, std::uint64_t seed, float low = -1,
                                        float high = 1) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = random.uniform(low, high);
  return values;
}

/// A context of the fcn head.
struct Context {
  int size = 1;      // K
  int dilation = 1;  // d
};

/// Weights of the size training leaves them at, with batch-norm scales of both signs and statistics
/// off zero.
inline Weights random_weights(Head head, int input_size, std::uint64_t seed, Context context = {}) {
  Random random(seed);
  Weights weights;
  weights.info.head = head;
  weights.info.context_size = context.size;
  weights.info.context_dilation = context.dilation;
  weights.info.input_size = input_size;
  weights.info.classes = {"leopard", "orca"};
  weights.info.mean = {0.5F, 0.5F, 0.5F};
  weights.info.std = {0.25F, 0.25F, 0.25F};
  for (const TensorSpec& spec : tensor_specs(head, input_size, context.size)) {
    NamedTensor tensor{spec.shape, {}};
    std::size_t count = 1;
    for (const std::int64_t extent : spec.shape) count *= static_cast<std::size_t>(extent);
    const std::size_t fan_in =
        spec.shape.size() > 1 ? count / static_cast<std::size_t>(spec.shape[0]) : 16;
    const float bound = 1.7F / static_cast<float>(__builtin_sqrt(static_cast<double>(fan_in)));
    for (std::size_t i = 0; i < count; ++i) {
      float value = random.uniform(-bound, bound);
      if (spec.name.ends_with("running_var")) value = random.uniform(0.2F, 1.5F);
      if (spec.name.starts_with("bn") && spec.name.ends_with(".weight"))
        value = random.uniform(-0.4F, 1.4F);
      tensor.values.push_back(value);
    }
    weights.tensors.emplace(spec.name, std::move(tensor));
  }
  return weights;
}

/// The model as the network and the writers take it. Ends the program where it is not valid: the tests that use this are
/// about valid ones.
[[nodiscard]] inline CheckedWeights checked(Weights weights) {
  Result<CheckedWeights> result = check(std::move(weights));
  if (!result) {
    std::fprintf(stderr, "not a model: %s\n", result.error().message().c_str());
    std::abort();
  }
  return *std::move(result);
}

}  // namespace camloss::test
