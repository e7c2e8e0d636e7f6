// Preparation of weights, once at load, in double precision.
#include "shared/packed.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "shared/bits.h"
#include "shared/half.h"
#include "shared/reference.h"
#include "shared/winograd.h"

namespace camloss {
namespace {

using Index = std::size_t;

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
    affine.scale[c] =
        values(weights, name + ".weight")[c] / std::sqrt(variance + reference::kBatchNormEps);
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
      for (Index y1 = 0; y1 < (last_row ? 1U : 2U);
           ++y1) {  // conv1's taps beyond the picture read zero, not conv0
        for (Index x1 = 0; x1 < (last_column ? 1U : 2U); ++x1) {
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
        for (Index py = 0; py < 6; ++py) {
          for (Index px = 0; px < 6; ++px) {
            double u = 0;
            for (Index y = 0; y < 3; ++y) {
              for (Index x = 0; x < 3; ++x)
                u += kFilterTransform3[py][y] * g[y * 3 + x] * kFilterTransform3[px][x];
            }
            trunk.winograd1[((py * 6 + px) * 3 + i) * kChunk + o] =
                static_cast<float>(u * norm.scale[o]);
          }
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
          double u = 0;
          for (Index y = 0; y < 2; ++y) {
            for (Index x = 0; x < 2; ++x)
              u += kFilterTransform2[py][y] * g[y * 2 + x] * kFilterTransform2[px][x];
          }
          const Index at =
              ((o / kChunk * kPoints2x2 + py * 5 + px) * cin + i) * kChunk + o % kChunk;
          winograd[at] = static_cast<float>(u * norm.scale[o]);
        }
      }
    }
  }
}

[[gnu::always_inline]] inline float value_at(const float* values, Index i) { return values[i]; }
[[gnu::always_inline]] inline float value_at(const std::uint8_t* halves, Index i) {
  return float_from_half(
      static_cast<std::uint16_t>(halves[2 * i] | static_cast<unsigned>(halves[2 * i + 1]) << 8));
}

/// Values → shifted halves. @return whether nothing was lost
template <class Item>
bool take_halves(const Item* values, Index count, ShiftedHalf* out) {
  // Times 2^(10 − 112), a half's exponent stands in the lower five bits of a float's. What is set
  // beyond them, or in the fraction beyond ten bits, would be lost; so would what underflowed.
  std::uint32_t lost = 0;
  for (Index i = 0; i < count; ++i) {
    const float value = value_at(values, i);
    const std::uint32_t bits = bits_of(value * 0x1p-102F);
    const std::uint32_t underflowed = (bits & 0x7F800000U) == 0 && value != 0.0F ? 0xFFFFFFFFU : 0U;
    lost |= (bits & 0x70001FFFU) | underflowed;
    out[i] = static_cast<ShiftedHalf>((bits >> 16 & 0x8000U) | (bits >> 13 & 0x7FFFU));
  }
  return lost == 0;
}

/// One channel of the dense head's first layer by cell, in blocks of cells, so that what is read
/// and what is written are whole cache lines. @param from the channel's weights of unit 0
/// @param step items of `from` a value has  @param to the channel's row in strip 0 of cell 0
/// @return whether halves hold them
template <class Item>
[[gnu::noinline]] bool channel_by_cell(const Item* from, Index step, Index cells, ShiftedHalf* to) {
  constexpr Index kBlock = 32;
  ShiftedHalf block[128][kBlock];
  for (Index first = 0; first < cells; first += kBlock) {
    const Index count = std::min(kBlock, cells - first);
    for (Index u = 0; u < 128; ++u) {
      if (!take_halves(from + (u * 32 * cells + first) * step, count, block[u])) return false;
    }
    for (Index i = 0; i < count; ++i) {
      for (Index u = 0; u < 128; ++u) {
        to[((first + i) * 4 + u / kDenseStrip) * 32 * kDenseStrip + u % kDenseStrip] = block[u][i];
      }
    }
  }
  return true;
}

[[gnu::noinline]] void channel_by_cell(const float* from, Index cells, float* to) {
  constexpr Index kBlock = 16;
  for (Index first = 0; first < cells; first += kBlock) {
    const Index end = std::min(first + kBlock, cells);
    for (Index cell = first; cell < end; ++cell) {
      for (Index u = 0; u < 128; ++u) {
        to[(cell * 4 + u / kDenseStrip) * 32 * kDenseStrip + u % kDenseStrip] =
            from[u * 32 * cells + cell];
      }
    }
  }
}

/// (128, 32, cells) → (cells, 4, 32, 32). Channel by channel, so that an engine that compiles a
/// function better after some calls gets the chance. @return whether halves hold all of it
template <class Item>
bool halves_by_cell(const Item* fc0, Index step, Index cells, std::vector<ShiftedHalf>& packed) {
  packed.resize(128 * 32 * cells);
  for (Index c = 0; c < 32; ++c) {
    if (!channel_by_cell(fc0 + c * cells * step, step, cells, packed.data() + c * kDenseStrip)) {
      packed = {};
      return false;
    }
  }
  return true;
}

void pack_dense0(const NamedTensor& fc0, Index cells, PackedHead& head) {
  std::vector<float> widened;
  const float* values = fc0.values.data();
  if (fc0.values.empty()) {
    if (halves_by_cell(fc0.halves.data(), 2, cells, head.dense0_half)) return;
    widened.resize(fc0.halves.size() / 2);  // a half of 128 or more, which no training leaves
    for (Index i = 0; i < widened.size(); ++i) widened[i] = value_at(fc0.halves.data(), i);
    values = widened.data();
  } else if (halves_by_cell(values, 1, cells, head.dense0_half)) {
    return;
  }
  head.dense0.resize(128 * 32 * cells);
  for (Index c = 0; c < 32; ++c) {
    channel_by_cell(values + c * cells, cells, head.dense0.data() + c * kDenseStrip);
  }
}

}  // namespace

bool to_shifted_halves(const float* values, std::size_t count, ShiftedHalf* out) noexcept {
  return take_halves(values, count, out);
}

float from_shifted_half(ShiftedHalf half) noexcept {
  const std::uint32_t bits = static_cast<std::uint16_t>(half);
  return float_of_bits((bits & 0x8000U) << 16 | (bits & 0x7FFFU) << 13) * kHalfFactorBefore *
         kHalfFactorAfter;
}

std::vector<float> pack_chunks(const float* weight, int out, int in) {
  const Index outs = static_cast<Index>(out), ins = static_cast<Index>(in);
  std::vector<float> packed(outs * ins);
  for (Index o = 0; o < outs; ++o) {
    for (Index i = 0; i < ins; ++i)
      packed[(o / kChunk * ins + i) * kChunk + o % kChunk] = weight[o * ins + i];
  }
  return packed;
}

std::vector<float> transposed(const float* matrix, int rows, int columns) {
  const Index m = static_cast<Index>(rows), n = static_cast<Index>(columns);
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
    const int out = kHeadWidths[static_cast<Index>(l)];
    const int in = l == 0 ? kFeatureWidth : kHeadWidths[static_cast<Index>(l - 1)];
    const Index at = static_cast<Index>(l);
    head.bias[at].assign(values(weights, layer + ".bias"), values(weights, layer + ".bias") + out);
    if (dense && l == 0) continue;
    const std::vector<float> other = transposed(weight, out, in);
    if (dense) {
      head.forward[at].assign(weight, weight + static_cast<Index>(out) * static_cast<Index>(in));
      head.backward[at] = other;
    } else {
      head.forward[at] = pack_chunks(weight, out, in);
      head.backward[at] = pack_chunks(other.data(), in, out);
    }
  }
  head.last.assign(values(weights, "fc4.weight"), values(weights, "fc4.weight") + 32);
  head.last_bias = values(weights, "fc4.bias")[0];
  if (dense) {
    const Index cells = static_cast<Index>(weights.info.cells());
    pack_dense0(weights.tensors.at("fc0.weight"), cells * cells, head);
  }
  return head;
}

}  // namespace camloss
