// The operators of the fcn head's context. Part of kernels_impl.cpp, compiled once for every
// instruction set.
#pragma once

#include "shared/kernels/kernels.h"
#include "shared/kernels/kernels_products.h"
#include "shared/kernels/simd.h"
#include "shared/kernels/winograd.h"

namespace camloss {
namespace {

void context_product(const ContextTile& tile, const float* x, int k, const float* weights, int taps,
                     const float* bias, int n, bool relu, float* y, float* scratch) {
  // 32 of the k inputs at a time, so that one inner loop serves both ways through the context.
  constexpr int kIn = 32;
  const int parts = k / kIn;
  for (int t = 0; t < tile.count; ++t) {
    for (int r = 0; r < kTileBlock; ++r) {
      const int row = tile.row[t][r];
      for (int i = 0; i < k; i += kLanes) {
        const int at = ((t * parts + i / kIn) * kTileBlock + r) * kIn + i % kIn;
        store(scratch + at, row < 0 ? Vec{} : load<Vec>(x + static_cast<long>(row) * k + i));
      }
    }
  }
  for (int chunk = 0; chunk < n; chunk += kChunk) {
    const float* const chunk_weights = weights + chunk * taps * k;
    for (int row = 0; row < kTileBlock; row += kRowTile) {
      for (int lane = 0; lane < kChunk; lane += kVecTile * kLanes) {
        Vec acc[kRowTile][kVecTile];
        for (int v = 0; v < kVecTile; ++v) {
          const Vec b = bias != nullptr ? load<Vec>(bias + chunk + lane + v * kLanes) : Vec{};
          for (int r = 0; r < kRowTile; ++r) acc[r][v] = b;
        }
        for (int t = 0; t < tile.count * parts; ++t) {
          const float* const from = scratch + (t * kTileBlock + row) * kIn;
          const int part = tile.tap[t / parts] * parts + t % parts;
          add_products<kIn>(from, from + kIn, chunk_weights + part * kIn * kChunk + lane, acc);
        }
        for (int v = 0; v < kVecTile; ++v) {
          for (int r = 0; r < kRowTile; ++r) {
            store(y + (row + r) * n + chunk + lane + v * kLanes,
                  relu ? larger(acc[r][v], Vec{}) : acc[r][v]);
          }
        }
      }
    }
  }
}

/// A tile of 2x2 cells, d apart: its first output cell.
struct ContextPlace {
  int row, column;
};

/// The one-dimensional transforms of F(2, K).
template <int kTaps>
[[gnu::always_inline]] inline void context_input(const Vec* d, int step, Vec* r, int out_step) {
  if constexpr (kTaps == 3) {
    input_transform23(d, step, r, out_step);
  } else {
    input_transform3(d, step, r, out_step);
  }
}
template <int kTaps>
[[gnu::always_inline]] inline void context_output(const Vec* m, int step, Vec* y, int out_step) {
  if constexpr (kTaps == 3) {
    output_transform23(m, step, y, out_step);
  } else {
    output_transform25(m, step, y, out_step);
  }
}

/// The outputs of up to kTileBlock tiles. Called from two places, so not inlined: it is large.
template <int kTaps>
[[gnu::noinline]] void context_tiles(const ContextPlace* places, int count, const float* x,
                                     int cells, int dilation, const float* weights,
                                     const float* bias, float* y, float* scratch) {
  constexpr int kSide = kTaps + 1, kPoints = context_points(kTaps), kIn = 32, kOut = 128;
  alignas(64) static const float kZeros[kIn] = {};
  float* const v = scratch;                         // (points, 12, 32), transformed inputs
  float* const m = v + kPoints * kTileBlock * kIn;  // (points, 12, 16), products
  const auto inside = [cells](int at) { return at >= 0 && at < cells; };
  for (int t = 0; t < count; ++t) {
    const float* from[kPoints];
    for (int i = 0; i < kPoints; ++i) {
      const int row = places[t].row + dilation * (i / kSide - kTaps / 2);
      const int column = places[t].column + dilation * (i % kSide - kTaps / 2);
      from[i] = inside(row) && inside(column) ? x + (row * cells + column) * kIn : kZeros;
    }
    for (int c = 0; c < kIn; c += kLanes) {
      Vec half[kPoints];
      for (int i = 0; i < kSide; ++i) {
        Vec column[kSide];
        for (int j = 0; j < kSide; ++j) column[j] = load<Vec>(from[j * kSide + i] + c);
        context_input<kTaps>(column, 1, half + i, kSide);
      }
      for (int j = 0; j < kSide; ++j) {
        Vec full[kSide];
        context_input<kTaps>(half + j * kSide, 1, full, 1);
        for (int i = 0; i < kSide; ++i)
          store(v + ((j * kSide + i) * kTileBlock + t) * kIn + c, full[i]);
      }
    }
  }
  for (int chunk = 0; chunk < kOut; chunk += kChunk) {
    for (int p = 0; p < kPoints; ++p) {
      const float* const w = weights + (chunk / kChunk * kPoints + p) * kIn * kChunk;
      for (int row = 0; row < count; row += kRowTile) {
        for (int lane = 0; lane < kChunk; lane += kVecTile * kLanes) {
          Vec acc[kRowTile][kVecTile];
          accumulate<kIn>(v + (p * kTileBlock + row) * kIn, w + lane, kIn, acc);
          for (int r = 0; r < kRowTile; ++r) {
            for (int i = 0; i < kVecTile; ++i)
              store(m + (p * kTileBlock + row + r) * kChunk + lane + i * kLanes, acc[r][i]);
          }
        }
      }
    }
    for (int t = 0; t < count; ++t) {
      for (int lane = 0; lane < kChunk; lane += kLanes) {
        const Vec b = load<Vec>(bias + chunk + lane);
        Vec half[2 * kSide], full[4];
        const float* const from = m + t * kChunk + lane;
        for (int i = 0; i < kSide; ++i) {
          Vec column[kSide];
          for (int j = 0; j < kSide; ++j)
            column[j] = load<Vec>(from + (j * kSide + i) * kTileBlock * kChunk);
          context_output<kTaps>(column, 1, half + i, kSide);
        }
        for (int j = 0; j < 2; ++j) context_output<kTaps>(half + j * kSide, 1, full + 2 * j, 1);
        for (int i = 0; i < 4; ++i) {
          const int row = places[t].row + dilation * (i / 2);
          const int column = places[t].column + dilation * (i % 2);
          if (row >= cells || column >= cells) continue;
          store(y + static_cast<long>(row * cells + column) * kOut + chunk + lane,
                larger(full[i] + b, Vec{}));
        }
      }
    }
  }
}

template <int kTaps>
void context_of(const float* x, int cells, int dilation, const float* weights, const float* bias,
                float* y, float* scratch) {
  ContextPlace places[kTileBlock];
  int count = 0;
  const int phases = dilation < cells ? dilation : cells;
  const int step = 2 * dilation;
  for (int phase = 0; phase < phases * phases; ++phase) {
    for (int row = phase / phases; row < cells; row += step) {
      for (int column = phase % phases; column < cells; column += step) {
        places[count++] = {row, column};
        if (count < kTileBlock) continue;
        context_tiles<kTaps>(places, count, x, cells, dilation, weights, bias, y, scratch);
        count = 0;
      }
    }
  }
  if (count > 0) {
    context_tiles<kTaps>(places, count, x, cells, dilation, weights, bias, y, scratch);
  }
}

}  // namespace
}  // namespace camloss
