// Preparation of weights, once at load, in double precision.
#include "shared/network/packed.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "shared/base/index.h"
#include "shared/kernels/winograd.h"

namespace camloss {
namespace {

const float* values(const Weights& weights, const std::string& name) {
  return weights.tensors.at(name).values.data();
}

/// Batch norm as y = scale·x + shift.
struct Affine {
  std::vector<double> scale, shift;  // (channels)
};

Affine batch_norm_affine(const Weights& weights, const std::string& name, Index channels) {
  Affine affine{std::vector<double>(channels), std::vector<double>(channels)};
  for (Index c = 0; c < channels; ++c) {
    const double variance = values(weights, name + ".running_var")[c];
    affine.scale[c] = values(weights, name + ".weight")[c] /
                      std::sqrt(variance + static_cast<float>(kBatchNormEps));
    affine.shift[c] = values(weights, name + ".bias")[c] -
                      values(weights, name + ".running_mean")[c] * affine.scale[c];
  }
  return affine;
}

/// The kernel and bias of conv1 ∘ conv0 for one edge variant: (16, 3, 3, 3) as (out, in, dy, dx),
/// and (16).
struct Composition {
  std::array<double, 16 * 3 * 9> kernel{};
  std::array<double, 16> bias{};
};

Composition compose(const Weights& weights, bool last_row, bool last_column) {
  const float* const w0 = values(weights, "conv0.weight");  // (16, 3, 2, 2)
  const float* const b0 = values(weights, "conv0.bias");
  const float* const w1 = values(weights, "conv1.weight");  // (16, 16, 2, 2)
  const float* const b1 = values(weights, "conv1.bias");
  Composition result;
  for (Index o = 0; o < 16; ++o) {
    result.bias[o] = b1[o];
    for (Index middle = 0; middle < 16; ++middle) {
      for (Index y1 = 0; y1 < (last_row ? 1 : 2);
           ++y1) {  // conv1's taps beyond the picture read zero, not conv0
        for (Index x1 = 0; x1 < (last_column ? 1 : 2); ++x1) {
          const double outer = w1[((o * 16 + middle) * 2 + y1) * 2 + x1];
          result.bias[o] += outer * b0[middle];
          for (Index i = 0; i < 3; ++i) {
            for (Index tap = 0; tap < 4; ++tap) {
              result.kernel[((o * 3 + i) * 3 + y1 + tap / 2) * 3 + x1 + tap % 2] +=
                  outer * w0[(middle * 3 + i) * 4 + tap];
            }
          }
        }
      }
    }
  }
  return result;
}

/// Point p of G g Gᵀ, a K x K kernel transformed to (n, n).
/// @param g  (K, K)
/// @param transform  G
template <std::size_t n, std::size_t K, class Number>
double transformed(const double (&transform)[n][K], const Number* g, Index p) {
  double u = 0;
  for (std::size_t y = 0; y < K; ++y) {
    for (std::size_t x = 0; x < K; ++x)
      u += transform[p / n][y] * g[y * K + x] * transform[p % n][x];
  }
  return u;
}

void pack_block1(const Weights& weights, PackedTrunk& trunk) {
  const Affine norm = batch_norm_affine(weights, "bn1", 16);
  trunk.winograd1.resize(kPoints3x3 * 3 * kChunk);
  trunk.bias1.resize(kChunk);
  trunk.edge1.resize(kEdgeVariants * 27 * kChunk);
  trunk.edge_bias1.resize(kEdgeVariants * kChunk);
  for (Index variant = 0; variant < kEdgeVariants; ++variant) {
    const Composition composed = compose(weights, (variant & 2) != 0, (variant & 1) != 0);
    for (Index o = 0; o < 16; ++o) {
      const double bias = composed.bias[o] * norm.scale[o] + norm.shift[o];
      trunk.edge_bias1[variant * kChunk + o] = static_cast<float>(bias);
      if (variant == 0) trunk.bias1[o] = static_cast<float>(bias);
      for (Index i = 0; i < 3; ++i) {
        const double* const g = &composed.kernel[(o * 3 + i) * 9];
        for (Index tap = 0; tap < 9; ++tap) {
          trunk.edge1[(variant * 27 + tap * 3 + i) * kChunk + o] =
              static_cast<float>(g[tap] * norm.scale[o]);
        }
        if (variant != 0) continue;
        for (Index p = 0; p < kPoints3x3; ++p) {
          trunk.winograd1[(p * 3 + i) * kChunk + o] =
              static_cast<float>(transformed(kFilterTransform3, g, p) * norm.scale[o]);
        }
      }
    }
  }
}

void pack_conv2x2(const Weights& weights, const std::string& conv, const std::string& bn, Index cin,
                  Index cout, std::vector<float>& winograd, std::vector<float>& bias) {
  const Affine norm = batch_norm_affine(weights, bn, cout);
  const float* const kernel = values(weights, conv + ".weight");  // (cout, cin, 2, 2)
  winograd.resize(cout * kPoints2x2 * cin);
  bias.resize(cout);
  for (Index o = 0; o < cout; ++o) {
    bias[o] =
        static_cast<float>(values(weights, conv + ".bias")[o] * norm.scale[o] + norm.shift[o]);
    for (Index i = 0; i < cin; ++i) {
      const float* const g = kernel + (o * cin + i) * 4;
      for (Index py = 0; py < 5; ++py) {
        for (Index px = 0; px < 5; ++px) {
          const double u = transformed(kFilterTransform2, g, py * 5 + px);
          const Index at =
              ((o / kChunk * kPoints2x2 + py * 5 + px) * cin + i) * kChunk + o % kChunk;
          winograd[at] = static_cast<float>(u * norm.scale[o]);
        }
      }
    }
  }
}

}  // namespace

std::vector<float> pack_chunks(const float* weight, int out, int in) {
  return pack_taps(weight, out, in, 1);
}

std::vector<float> pack_taps(const float* weight, int out, int in, int taps) {
  const Index outs = out, ins = in, count = taps;
  std::vector<float> packed(outs * ins * count);
  for (Index o = 0; o < outs; ++o) {
    for (Index i = 0; i < ins; ++i) {
      for (Index t = 0; t < count; ++t) {
        packed[((o / kChunk * count + t) * ins + i) * kChunk + o % kChunk] =
            weight[(o * ins + i) * count + t];
      }
    }
  }
  return packed;
}

std::vector<float> pack_taps_backward(const float* weight, int out, int in, int taps) {
  const Index outs = out, ins = in, count = taps;
  std::vector<float> packed(outs * ins * count);
  for (Index o = 0; o < outs; ++o) {
    for (Index i = 0; i < ins; ++i) {
      for (Index t = 0; t < count; ++t) {
        packed[((i / kChunk * count + t) * outs + o) * kChunk + i % kChunk] =
            weight[(o * ins + i) * count + t];
      }
    }
  }
  return packed;
}

std::vector<float> pack_context(const float* weight, int out, int in, int size) {
  const Index outs = out, ins = in, points = context_points(size), taps = Index{size} * size;
  std::vector<float> packed(outs * ins * points);
  for (Index o = 0; o < outs; ++o) {
    for (Index i = 0; i < ins; ++i) {
      const float* const g = weight + (o * ins + i) * taps;
      for (Index p = 0; p < points; ++p) {
        packed[((o / kChunk * points + p) * ins + i) * kChunk + o % kChunk] =
            static_cast<float>(size == 3 ? transformed(kFilterTransform23, g, p)
                                         : transformed(kFilterTransform25, g, p));
      }
    }
  }
  return packed;
}

std::vector<float> transposed(const float* matrix, int rows, int columns) {
  const Index m = rows, n = columns;
  std::vector<float> result(m * n);
  for (Index r = 0; r < m; ++r) {
    for (Index c = 0; c < n; ++c) result[c * m + r] = matrix[r * n + c];
  }
  return result;
}

PackedTrunk pack_trunk(const Weights& weights) {
  PackedTrunk trunk;
  pack_block1(weights, trunk);
  pack_conv2x2(weights, "conv2", "bn2", 16, 64, trunk.winograd2, trunk.bias2);
  pack_conv2x2(weights, "conv3", "bn3", 64, 32, trunk.winograd3, trunk.bias3);
  return trunk;
}

PackedHead pack_head(const Weights& weights) {
  PackedHead head;
  const bool dense = weights.info.head == Head::dense;
  for (int l = 0; l < 4; ++l) {
    const std::string layer = "fc" + std::to_string(l);
    const float* const weight = values(weights, layer + ".weight");  // null for a left fc0
    const int out = kHeadWidths[l];
    const int in = l == 0 ? kFeatureChannels : kHeadWidths[l - 1];
    const Index at = l;
    head.bias[at].assign(values(weights, layer + ".bias"), values(weights, layer + ".bias") + out);
    if (dense && l == 0) continue;
    if (l == 0 && weights.info.context_size > 1) {
      const int size = weights.info.context_size, taps = size * size;
      head.forward[at] = pack_taps(weight, out, in, taps);
      head.backward[at] = pack_taps_backward(weight, out, in, taps);
      if (size <= kMaxWinogradContext) head.context = pack_context(weight, out, in, size);
      continue;
    }
    const std::vector<float> other = transposed(weight, out, in);
    if (dense) {
      head.forward[at].assign(weight, weight + out * in);
      head.backward[at] = other;
    } else {
      head.forward[at] = pack_chunks(weight, out, in);
      head.backward[at] = pack_chunks(other.data(), in, out);
    }
  }
  head.last.assign(values(weights, "fc4.weight"), values(weights, "fc4.weight") + 32);
  head.last_bias = values(weights, "fc4.bias")[0];
  if (dense) {
    const Index cells = weights.info.cells();
    head.dense0 = pack_dense(weights.tensors.at("fc0.weight"), cells * cells);
  }
  return head;
}

}  // namespace camloss
