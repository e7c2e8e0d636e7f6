// The fast operators as a table of functions, one table per instruction set, chosen once at run
// time.
//
// Layout: feature maps are (side + pad, side + pad, channels), channels last, so that every
// operator is vectorised over channels; the pad of zeros on the right and below is TensorFlow's
// 'same' padding of an even kernel, and no operator writes it. Matrices of weights are packed in
// chunks of 16 outputs: (outputs/16, k, 16).
#pragma once

#include <cstdint>
#include <span>

namespace camloss {

inline constexpr int kChunk = 16;  // outputs that are computed together
/// Winograd tiles, or rows of a matrix, that are computed together.
inline constexpr int kTileBlock = 12;
inline constexpr int kTile = 4;        // side of a Winograd tile's output, before pooling
inline constexpr int kPoints3x3 = 36;  // products per tile and channel pair of F(4x4, 3x3)
inline constexpr int kPoints2x2 = 25;  // products per tile and channel pair of F(4x4, 2x2)
/// Products per tile and channel pair of F(2x2, KxK), the context's.
inline constexpr int context_points(int size) { return (size + 1) * (size + 1); }
inline constexpr int kEdgeVariants = 4;
/// Units of the dense head's first layer that lie together in memory.
inline constexpr int kDenseStrip = 32;

/// A half for the dense head's first layer: sign, 5 bits of exponent, 10 of fraction, for w·2^10.
/// So every half below 128 in magnitude, the subnormal ones included, has a normal exponent or is
/// zero, and widening is two integer operations and a multiplication by a power of two.
using ShiftedHalf = std::int16_t;

/// What the bits of a ShiftedHalf, put at a float's exponent and fraction, stand for: w·2^-102. It
/// is made up for in two factors, so that neither overflows nor underflows with features of any
/// size that occurs.
inline constexpr float kHalfFactorBefore = 0x1p60F;
inline constexpr float kHalfFactorAfter = 0x1p42F;

/// conv0 ∘ conv1 ∘ bn1 as one 3x3 convolution of 3 to 16 channels.
struct ComposedConv {
  const float* winograd;  // (36, 3, 16)
  const float* bias;      // (16)
  // The last row and column see conv1's zero padding between the two convolutions, so they have
  // kernels of their own: variant = (last row ? 2 : 0) + (last column ? 1 : 0).
  const float* edge;       // (4, 27, 16), 27 = (dy, dx, channel)
  const float* edge_bias;  // (4, 16)
};

/// A 2x2 convolution with its batch norm folded in.
struct FoldedConv {
  const float* winograd;  // (cout/16, 25, cin, 16)
  const float* bias;      // (cout)
  int cin;                // 16 or 64
  int cout;               // a multiple of 16
  bool relu;              // after the max-pool
};

/// A feature map in memory: (rows, row_stride) with `channels` values a pixel.
struct MapLayout {
  int side;        // pixels without the pad
  int row_stride;  // floats from a row to the next
};

/// Taps of the largest context, 7 x 7.
inline constexpr int kMaxTaps = 49;

/// Which rows a tile of kTileBlock cells reads through the taps of a context. Taps that fall
/// outside the map for all of its cells are left out.
struct ContextTile {
  int count;                      // taps that are listed
  int tap[kMaxTaps];              // which: its place in the weights
  int row[kMaxTaps][kTileBlock];  // of x; -1 outside the map, where zeros are read
};

/// The fast operators of one instruction set. Allocation-free; scratch comes from the caller.
struct Kernels {
  const char* name;  // "avx512", "avx2", "sse4.1", "simd128" or "plain"
  int lanes;         // floats in a vector

  /// 3x3 convolution, max-pool 2.
  /// @param in  (side + 2, ·, 4), 4th channel 0
  /// @param out  (side/2, ·, 16)
  void (*conv3x3_pool)(const ComposedConv& conv, const float* in, MapLayout in_layout, float* out,
                       MapLayout out_layout, float* scratch);
  /// 2x2 convolution, max-pool 2.
  /// @param in  (side + pad, ·, cin), pad ≥ 1, to a multiple of 4 plus 1
  /// @param out  (side/2, ·, cout)
  void (*conv2x2_pool)(const FoldedConv& conv, const float* in, MapLayout in_layout, float* out,
                       MapLayout out_layout, float* scratch);
  /// Y = X·W + bias, then max(·, 0) where relu, for k = 32, 64 or 128.
  /// @param x  (rows, k)
  /// @param weights  (n/16, k, 16)
  /// @param bias  (n) or null
  /// @param y  (rows, n)  Rows are rounded up to kTileBlock: both matrices must have room for them.
  void (*matrix_product)(const float* x, int rows, int k, const float* weights, const float* bias,
                         int n, bool relu, float* y);
  /// Y = Σ over the tile's taps X_tap·W_tap + bias, then max(·, 0) where relu, for k = 32 or 128.
  /// @param x  (rows, k)
  /// @param weights  (n/16, taps, k, 16)
  /// @param taps  of the whole context
  /// @param bias  (n) or null
  /// @param y  (kTileBlock, n)
  /// @param scratch  (taps, kTileBlock, k)
  void (*context_product)(const ContextTile& tile, const float* x, int k, const float* weights,
                          int taps, const float* bias, int n, bool relu, float* y, float* scratch);
  /// The context of a whole map by Winograd's F(2x2, KxK), K = 3 or 5, then max(·, 0): cells whose row and column are
  /// the same modulo the dilation are a map of their own, whose taps are neighbours.
  /// @param x  (cells, cells, 32)
  /// @param weights  (8, (K + 1)², 32, 16)
  /// @param bias  (128)
  /// @param y  (cells, cells, 128)
  /// @param scratch  context_scratch(K) floats
  void (*context3x3)(const float* x, int cells, int dilation, const float* weights,
                     const float* bias, float* y, float* scratch);
  void (*context5x5)(const float* x, int cells, int dilation, const float* weights,
                     const float* bias, float* y, float* scratch);
  /// The dense head's first layer by cells, skipping features that are zero.
  /// @param features  (cells, 32)
  /// @param weights  (cells, 4, 32, 32) as (cell, strip of units, channel, unit), so that a strip is read from end to
  ///   end
  /// @param partial  (cells, 128), each cell's share
  /// @param total  (128), summed over the cells, bias not included
  void (*dense_partial)(const float* features, int cells, const float* weights, float* partial,
                        float* total);
  /// The same with weights that are halves: half the memory to read, and the same sums to the bit.
  void (*dense_partial_half)(const float* features, int cells, const ShiftedHalf* weights,
                             float* partial, float* total);
  /// y_r = Σ_i rows_ri x_i.
  /// @param rows  (count, n), n a multiple of 16
  void (*row_products)(const float* rows, int count, int n, const float* x, float* y);
};

/// Floats of scratch that the convolutions need, for up to 64 channels in.
inline constexpr int kConvScratch = kTileBlock * (kPoints2x2 * 64 + kPoints3x3 * kChunk);

/// Floats of scratch that a context of K x K needs: transformed inputs and products of a block of tiles.
inline constexpr int context_scratch(int size) {
  return kTileBlock * context_points(size) * (32 + kChunk);
}

/// The best table this machine runs.
[[nodiscard]] const Kernels& kernels() noexcept;
/// Every table this machine runs, best first; tests go through them.
[[nodiscard]] std::span<const Kernels* const> available_kernels() noexcept;

}  // namespace camloss
