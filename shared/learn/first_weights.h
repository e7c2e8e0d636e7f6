// The weights that a training begins with: functions of the distribution and the seed alone.
#pragma once

#include <cstdint>
#include <span>

#include "shared/learn/settings.h"
#include "shared/weights/weights.h"

namespace camloss::learn {

/// Fills tensor after tensor in the network's order, a weight before its bias. Batch norms are left out.
class FirstValues {
 public:
  FirstValues(Init init, std::uint64_t seed) : init_(init), seed_(seed) {}

  /// @param shape  more than one extent: a weight, (out, in, …); else the bias of the weight before
  void fill(std::span<const std::int64_t> shape, std::span<float> values);

 private:
  Init init_;
  std::uint64_t seed_;
  std::uint64_t index_ = 0;  // of the tensor's random numbers
  double bound_ = 0;         // of the last weight
};

/// The fcn network before its first step: scales 1, shifts 0, running statistics 0 and 1.
/// @param input_size  pixels, a multiple of 8
[[nodiscard]] Weights first_weights(int input_size, int context, int context_dilation, Init init,
                                    std::uint64_t seed);

}  // namespace camloss::learn
