// Weights prepared for the fast operators: batch norm folded in, convolutions composed and
// transformed, matrices packed.
#pragma once

#include <array>
#include <vector>

#include "shared/kernels/kernels.h"
#include "shared/network/packed_dense.h"
#include "shared/weights/weights.h"

namespace camloss {

/// The trunk's three blocks; see ComposedConv and FoldedConv for the layouts.
struct PackedTrunk {
  std::vector<float> winograd1, bias1, edge1, edge_bias1;
  std::vector<float> winograd2, bias2;
  std::vector<float> winograd3, bias3;

  [[nodiscard]] ComposedConv block1() const {
    return {winograd1.data(), bias1.data(), edge1.data(), edge_bias1.data()};
  }
  [[nodiscard]] FoldedConv block2() const {
    return {winograd2.data(), bias2.data(), 16, 64, false};
  }
  [[nodiscard]] FoldedConv block3() const { return {winograd3.data(), bias3.data(), 64, 32, true}; }
};

/// fc1 … fc3 and, for fcn, fc0. fc4 is one row.
struct PackedHead {
  // fcn: chunks of 16 outputs for matrix_product, (out/16, in, 16) forward and (in/16, out, 16)
  // backward; fc0 with a context has its taps before the inputs, (out/16, K·K, in, 16). dense: rows
  // for row_products, (out, in) and (in, out), those of fc0 being `dense0`.
  std::array<std::vector<float>, 4> forward, backward;
  std::array<std::vector<float>, 4> bias;  // (out)
  // fcn with K = 3 or 5: fc0 for Winograd, (8, (K + 1)², 32, 16)
  std::vector<float> context;
  std::vector<float> last;  // (32)
  float last_bias = 0;
  PackedDense dense0;  // dense: fc0

  [[nodiscard]] bool is_half() const noexcept { return !dense0.halves.empty(); }
};

/// @param weights must have passed `validate`.
[[nodiscard]] PackedTrunk pack_trunk(const Weights& weights);
[[nodiscard]] PackedHead pack_head(const Weights& weights);

/// (out, in) → (out/16, in, 16).
[[nodiscard]] std::vector<float> pack_chunks(const float* weight, int out, int in);
/// A convolution's (out, in, taps) → (out/16, taps, in, 16), for context_product forward.
[[nodiscard]] std::vector<float> pack_taps(const float* weight, int out, int in, int taps);
/// The same → (in/16, taps, out, 16), for its gradient.
[[nodiscard]] std::vector<float> pack_taps_backward(const float* weight, int out, int in, int taps);
/// The largest context that goes by Winograd.
inline constexpr int kMaxWinogradContext = 5;
/// A K x K convolution's (out, in, K²) → (out/16, (K + 1)², in, 16), transformed for F(2x2, KxK).
/// @param size  K, 3 or 5
[[nodiscard]] std::vector<float> pack_context(const float* weight, int out, int in, int size);
/// (rows, columns) → (columns, rows).
[[nodiscard]] std::vector<float> transposed(const float* matrix, int rows, int columns);

}  // namespace camloss
