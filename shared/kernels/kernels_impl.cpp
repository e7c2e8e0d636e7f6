// The fast operators, once for every instruction set: this file is compiled several times (see
// cmake/simd.cmake), each time into a table of its own. No function of another header may be
// emitted here, hence no standard library.
#include "shared/kernels/kernels.h"
#include "shared/kernels/kernels_context.h"
#include "shared/kernels/kernels_products.h"
#include "shared/kernels/simd.h"
#include "shared/kernels/winograd.h"

#define CAMLOSS_JOIN2(a, b) a##b
#define CAMLOSS_JOIN(a, b) CAMLOSS_JOIN2(a, b)

namespace camloss {
namespace {

/// Y = X·W for kTileBlock rows and one chunk.
/// @param x  (12, kStride)
/// @param w  (k, 16)
/// @param y  (12, 16)
template <int kStride>
[[gnu::always_inline]] inline void block_product(const float* x, const float* w, int k, float* y) {
  for (int row = 0; row < kTileBlock; row += kRowTile) {
    for (int vec = 0; vec < kVecsPerChunk; vec += kVecTile) {
      Vec acc[kRowTile][kVecTile];
      accumulate<kStride>(x + row * kStride, w + vec * kLanes, k, acc);
      for (int r = 0; r < kRowTile; ++r) {
        for (int v = 0; v < kVecTile; ++v)
          store(y + (row + r) * kChunk + (vec + v) * kLanes, acc[r][v]);
      }
    }
  }
}

/// Tiles that are computed together: where each begins, counted in tiles.
struct TileBlock {
  int y[kTileBlock], x[kTileBlock];
  int count;  // the rest repeats the last tile, and is not stored
};

[[gnu::always_inline]] inline TileBlock tile_block(int first, int tiles_per_row) {
  const int total = tiles_per_row * tiles_per_row;
  TileBlock block;
  block.count = total - first < kTileBlock ? total - first : kTileBlock;
  for (int t = 0; t < kTileBlock; ++t) {
    const int tile = t < block.count ? first + t : total - 1;
    block.y[t] = tile / tiles_per_row;
    block.x[t] = tile % tiles_per_row;
  }
  return block;
}

/// 4x4 outputs of a tile → 2x2 pooled, bias, ReLU, stored where the map has them.
/// @param y  (4, 4) vectors of channels
/// @param out  the channels' place in pixel (0, 0)
[[gnu::always_inline]] inline void pool_and_store(const Vec (&y)[16], Vec bias, bool relu,
                                                  float* out, MapLayout layout, int channels,
                                                  int tile_y, int tile_x) {
  for (int py = 0; py < 2 && 2 * tile_y + py < layout.side; ++py) {
    for (int px = 0; px < 2 && 2 * tile_x + px < layout.side; ++px) {
      const Vec* const corner = y + 8 * py + 2 * px;
      Vec pooled = larger(larger(corner[0], corner[1]), larger(corner[4], corner[5])) + bias;
      if (relu) pooled = larger(pooled, Vec{});
      store(out + (2 * tile_y + py) * layout.row_stride + (2 * tile_x + px) * channels, pooled);
    }
  }
}

/// One output of the first block at an edge, by the plain sum.
/// @param in  the pixel's place
[[gnu::always_inline]] inline Vec edge_output(const ComposedConv& conv, const float* in,
                                              int row_stride, int variant, int lane) {
  Vec sum = load<Vec>(conv.edge_bias + variant * kChunk + lane);
  const float* w = conv.edge + variant * 27 * kChunk + lane;
  for (int dy = 0; dy < 3; ++dy) {
    for (int dx = 0; dx < 3; ++dx) {
      for (int c = 0; c < 3; ++c, w += kChunk)
        sum += in[dy * row_stride + dx * 4 + c] * load<Vec>(w);
    }
  }
  return sum;
}

/// The last pooled row and column again, whose convolutions meet the padding between conv0 and
/// conv1.
void conv3x3_edge(const ComposedConv& conv, const float* in, MapLayout in_layout, float* out,
                  MapLayout out_layout) {
  const int last = out_layout.side - 1;
  for (int i = 0; i < 2 * out_layout.side - 1; ++i) {
    const int py = i <= last ? last : i - last - 1;
    const int px = i <= last ? i : last;
    for (int lane = 0; lane < kChunk; lane += kLanes) {
      Vec best = {};
      for (int corner = 0; corner < 4; ++corner) {
        const int y = 2 * py + corner / 2, x = 2 * px + corner % 2;
        const int variant = (y == in_layout.side - 1 ? 2 : 0) + (x == in_layout.side - 1 ? 1 : 0);
        const Vec value = edge_output(conv, in + y * in_layout.row_stride + 4 * x,
                                      in_layout.row_stride, variant, lane);
        best = corner == 0 ? value : larger(best, value);
      }
      store(out + py * out_layout.row_stride + px * kChunk + lane, best);
    }
  }
}

/// The products of a block of tiles as outputs: transformed back, biased, pooled.
/// @param m          (kSide², 12, 16), products
/// @param bias       (16)
/// @param channels   of the output
/// @param transform  one row or column of products: (from, step, to, step)
template <int kSide, class Transform>
[[gnu::always_inline]] inline void pool_tiles(const float* m, const TileBlock& block,
                                              const float* bias, bool relu, float* out,
                                              MapLayout out_layout, int channels,
                                              Transform transform) {
  for (int t = 0; t < block.count; ++t) {
    for (int lane = 0; lane < kChunk; lane += kLanes) {
      Vec half[4 * kSide], y[16];
      const float* const from = m + t * kChunk + lane;
      for (int x = 0; x < kSide; ++x) {
        Vec column[kSide];
        for (int i = 0; i < kSide; ++i)
          column[i] = load<Vec>(from + (i * kSide + x) * kTileBlock * kChunk);
        transform(column, 1, half + x, kSide);
      }
      for (int i = 0; i < 4; ++i) transform(half + i * kSide, 1, y + 4 * i, 1);
      pool_and_store(y, load<Vec>(bias + lane), relu, out + lane, out_layout, channels, block.y[t],
                     block.x[t]);
    }
  }
}

void conv3x3_pool(const ComposedConv& conv, const float* in, MapLayout in_layout, float* out,
                  MapLayout out_layout, float* scratch) {
  constexpr int kSide = 6;                           // of an input tile
  float* const v = scratch;                          // (36, 12, 4), transformed inputs
  float* const m = v + kPoints3x3 * kTileBlock * 4;  // (36, 12, 16), products
  const int tiles = (in_layout.side + kTile - 1) / kTile;
  for (int first = 0; first < tiles * tiles; first += kTileBlock) {
    const TileBlock block = tile_block(first, tiles);
    for (int t = 0; t < kTileBlock; ++t) {
      const float* const from = in + kTile * (block.y[t] * in_layout.row_stride + block.x[t] * 4);
      Vec4 d[kSide * kSide], half[kSide * kSide], full[kSide * kSide];
      for (int y = 0; y < kSide; ++y) {
        for (int x = 0; x < kSide; ++x)
          d[y * kSide + x] = load<Vec4>(from + y * in_layout.row_stride + 4 * x);
      }
      for (int x = 0; x < kSide; ++x) input_transform3(d + x, kSide, half + x, kSide);
      for (int y = 0; y < kSide; ++y) input_transform3(half + y * kSide, 1, full + y * kSide, 1);
      for (int p = 0; p < kPoints3x3; ++p) store(v + (p * kTileBlock + t) * 4, full[p]);
    }
    for (int p = 0; p < kPoints3x3; ++p) {
      block_product<4>(v + p * kTileBlock * 4, conv.winograd + p * 3 * kChunk, 3,
                       m + p * kTileBlock * kChunk);
    }
    pool_tiles<kSide>(m, block, conv.bias, false, out, out_layout, kChunk,
                      [](const Vec* from, int step, Vec* to, int to_step) {
                        output_transform3(from, step, to, to_step);
                      });
  }
  conv3x3_edge(conv, in, in_layout, out, out_layout);
}

template <int kIn>
void conv2x2_from(const FoldedConv& conv, const float* in, MapLayout in_layout, float* out,
                  MapLayout out_layout, float* scratch) {
  constexpr int kSide = 5;                             // of an input tile
  float* const v = scratch;                            // (25, 12, cin), transformed inputs
  float* const m = v + kPoints2x2 * kTileBlock * kIn;  // (25, 12, 16), products
  const int tiles = (in_layout.side + kTile - 1) / kTile;
  for (int first = 0; first < tiles * tiles; first += kTileBlock) {
    const TileBlock block = tile_block(first, tiles);
    for (int t = 0; t < kTileBlock; ++t) {
      const float* const from = in + kTile * (block.y[t] * in_layout.row_stride + block.x[t] * kIn);
      for (int c = 0; c < kIn; c += kLanes) {
        Vec half[kSide * kSide], full[kSide * kSide];
        for (int x = 0; x < kSide; ++x) {
          Vec column[kSide];
          for (int y = 0; y < kSide; ++y)
            column[y] = load<Vec>(from + y * in_layout.row_stride + x * kIn + c);
          input_transform2(column, 1, half + x, kSide);
        }
        for (int y = 0; y < kSide; ++y) input_transform2(half + y * kSide, 1, full + y * kSide, 1);
        for (int p = 0; p < kPoints2x2; ++p) store(v + (p * kTileBlock + t) * kIn + c, full[p]);
      }
    }
    for (int chunk = 0; chunk < conv.cout; chunk += kChunk) {
      const float* const weights = conv.winograd + chunk * kPoints2x2 * kIn;
      for (int p = 0; p < kPoints2x2; ++p) {
        block_product<kIn>(v + p * kTileBlock * kIn, weights + p * kIn * kChunk, kIn,
                           m + p * kTileBlock * kChunk);
      }
      pool_tiles<kSide>(m, block, conv.bias + chunk, conv.relu, out + chunk, out_layout, conv.cout,
                        [](const Vec* from, int step, Vec* to, int to_step) {
                          output_transform2(from, step, to, to_step);
                        });
    }
  }
}

void conv2x2_pool(const FoldedConv& conv, const float* in, MapLayout in_layout, float* out,
                  MapLayout out_layout, float* scratch) {
  if (conv.cin == 16) {
    conv2x2_from<16>(conv, in, in_layout, out, out_layout, scratch);
  } else {
    conv2x2_from<64>(conv, in, in_layout, out, out_layout, scratch);
  }
}

template <int kIn>
void product_from(const float* x, int rows, const float* weights, const float* bias, int n,
                  bool relu, float* y) {
  for (int first = 0; first < rows; first += kTileBlock) {
    for (int chunk = 0; chunk < n; chunk += kChunk) {
      for (int row = first; row < first + kTileBlock; row += kRowTile) {
        for (int lane = 0; lane < kChunk; lane += kVecTile * kLanes) {
          Vec acc[kRowTile][kVecTile];
          accumulate<kIn>(x + row * kIn, weights + chunk * kIn + lane, kIn, acc);
          for (int v = 0; v < kVecTile; ++v) {
            const int column = chunk + lane + v * kLanes;
            const Vec b = bias != nullptr ? load<Vec>(bias + column) : Vec{};
            for (int r = 0; r < kRowTile; ++r) {
              const Vec value = acc[r][v] + b;
              store(y + (row + r) * n + column, relu ? larger(value, Vec{}) : value);
            }
          }
        }
      }
    }
  }
}

void matrix_product(const float* x, int rows, int k, const float* weights, const float* bias, int n,
                    bool relu, float* y) {
  if (k == 32) {
    product_from<32>(x, rows, weights, bias, n, relu, y);
  } else if (k == 64) {
    product_from<64>(x, rows, weights, bias, n, relu, y);
  } else {
    product_from<128>(x, rows, weights, bias, n, relu, y);
  }
}

/// Weights of the dense head's first layer as floats, up to the power of two that `dense_sums`
/// makes up for.
[[gnu::always_inline]] inline Vec dense_weights(const float* from) { return load<Vec>(from); }
[[gnu::always_inline]] inline Vec dense_weights(const ShiftedHalf* from) {
  // The sign fills the upper half; of it, the sign bit itself stays.
  const IntVec wide = __builtin_convertvector(load<ShortVec>(from), IntVec);
  return reinterpret_cast<Vec>((wide << 13) & static_cast<int>(0x8FFFFFFFU));
}

template <class Weight>
[[gnu::always_inline]] inline void dense_sums(const float* features, int cells,
                                              const Weight* weights, float* partial, float* total) {
  constexpr bool kHalf = sizeof(Weight) == 2;
  constexpr int kUnits = 128;
  constexpr int kBatch =
      8 * kLanes < kUnits ? 8 * kLanes : kUnits;  // units whose sums stay in registers
  for (int u = 0; u < kUnits; ++u) total[u] = 0;
  for (int cell = 0; cell < cells; ++cell) {
    const float* const x = features + cell * 32;
    const Weight* const block = weights + static_cast<long>(cell) * 32 * kUnits;
    int active[32], count = 0;
    for (int c = 0; c < 32; ++c) {
      active[count] = c;
      count += x[c] != 0.0F ? 1 : 0;
    }
    for (int unit = 0; unit < kUnits; unit += kBatch) {
      Vec acc[kBatch / kLanes] = {};
      for (int i = 0; i < count; ++i) {
        const float scalar = kHalf ? x[active[i]] * kHalfFactorBefore : x[active[i]];
        const Weight* const row = block + unit * 32 + active[i] * kDenseStrip;
        for (int v = 0; v < kBatch / kLanes; ++v) {
          const int at = v * kLanes;  // strip after strip, 32 channels each
          acc[v] +=
              scalar * dense_weights(row + at / kDenseStrip * 32 * kDenseStrip + at % kDenseStrip);
        }
      }
      for (int v = 0; v < kBatch / kLanes; ++v) {
        const int at = unit + v * kLanes;
        const Vec sum = kHalf ? acc[v] * kHalfFactorAfter : acc[v];
        store(partial + cell * kUnits + at, sum);
        store(total + at, load<Vec>(total + at) + sum);
      }
    }
  }
}

void dense_partial(const float* features, int cells, const float* weights, float* partial,
                   float* total) {
  dense_sums(features, cells, weights, partial, total);
}

void dense_partial_half(const float* features, int cells, const ShiftedHalf* weights,
                        float* partial, float* total) {
  dense_sums(features, cells, weights, partial, total);
}

void row_products(const float* rows, int count, int n, const float* x, float* y) {
  for (int r = 0; r < count; ++r, rows += n) {
    Vec acc[kVecsPerChunk] = {};
    for (int i = 0; i < n; i += kChunk) {
      for (int v = 0; v < kVecsPerChunk; ++v)
        acc[v] += load<Vec>(rows + i + v * kLanes) * load<Vec>(x + i + v * kLanes);
    }
    float sum = 0;
    for (int v = 0; v < kVecsPerChunk; ++v) {
      for (int lane = 0; lane < kLanes; ++lane) sum += acc[v][lane];
    }
    y[r] = sum;
  }
}

}  // namespace

/// The table of this instruction set; named kernels_baseline, kernels_avx2, kernels_avx512.
extern const Kernels CAMLOSS_JOIN(kernels_, CAMLOSS_SIMD_LEVEL);
const Kernels CAMLOSS_JOIN(kernels_, CAMLOSS_SIMD_LEVEL) = {
    kInstructionSet, kLanes,        conv3x3_pool,  conv2x2_pool,  matrix_product,
    context_product, context_of<3>, context_of<5>, dense_partial, dense_partial_half,
    row_products};

}  // namespace camloss
