// A layer's weights as the operators read them: the same numbers in another order.
#pragma once

#include <cstddef>
#include <vector>

namespace camloss::learn {

/// Numbers in a buffer of that shape.
inline std::size_t size_of(int a, int b = 1, int c = 1) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
}

/// A convolution or matrix as the operators read it: a product for forward and one for the slopes in its input, packed.
/// The slopes in its weights are packed as `forward` is.
struct LearntProduct {
  int segments = 0, k = 0, n = 0;  // of forward, see Reads
  std::vector<int> forward_from;   // place of each packed weight in the source
  std::vector<int> backward_from;  // empty: the slopes in the input are not asked for
  std::vector<float> forward, backward;

  void pack(const float* source);
  /// Adds packed slopes to those of the source.
  void unpack_slope(const float* slope, float* source_slope) const;
};

/// conv0 and conv1 as one: (out, 4, 3, 3), segments are the kernel's rows. No slopes in its input.
[[nodiscard]] LearntProduct first_convolution(int out);
/// A 2x2 convolution of (out, in, 2, 2): segments are the kernel's rows.
/// @param at  place of its first weight in the source
[[nodiscard]] LearntProduct convolution(std::size_t at, int in, int out);
/// fc0 with its taps, or another layer of the head with one: (out, in, taps).
[[nodiscard]] LearntProduct head_layer(std::size_t at, int in, int out, int taps);

}  // namespace camloss::learn
