// The inner loop of all products: a tile of rows by vectors of outputs in registers. Part of
// kernels_impl.cpp, compiled once for every instruction set.
#pragma once

#include "shared/kernels/kernels.h"
#include "shared/kernels/simd.h"

namespace camloss {
namespace {

constexpr int kVecsPerChunk = kChunk / kLanes;
// Register tile: rows x vectors of accumulators, what the registers hold beside the operands.
constexpr int kRowTile = kLanes == 4 ? 4 : kLanes == 8 ? 6 : 12;
constexpr int kVecTile = kLanes == 16 ? 1 : 2;
static_assert(kTileBlock % kRowTile == 0 && kVecsPerChunk % kVecTile == 0);

/// acc += X·W for kRowTile rows and kVecTile vectors. The stride is known at compile time, so that rows are constant
/// offsets from one pointer.
/// @param x  from (rows, kStride) to `end` in its first row
/// @param w  (k, 16)
template <int kStride>
[[gnu::always_inline]] inline void add_products(const float* x, const float* end, const float* w,
                                                Vec (&acc)[kRowTile][kVecTile]) {
  for (; x != end; ++x, w += kChunk) {
    Vec weight[kVecTile];
    for (int v = 0; v < kVecTile; ++v) weight[v] = load<Vec>(w + v * kLanes);
    for (int r = 0; r < kRowTile; ++r) {
      const float scalar = x[r * kStride];
      for (int v = 0; v < kVecTile; ++v) acc[r][v] += scalar * weight[v];
    }
  }
}

/// acc = X·W.
/// @param x  (rows, kStride)
/// @param w  (k, 16)
template <int kStride>
[[gnu::always_inline]] inline void accumulate(const float* x, const float* w, int k,
                                              Vec (&acc)[kRowTile][kVecTile]) {
  const float* const end = x + k;
  if constexpr (kStride ==
                4) {  // three products: starting from the first one instead of from zero is felt
    for (int r = 0; r < kRowTile; ++r) {
      for (int v = 0; v < kVecTile; ++v) acc[r][v] = x[r * kStride] * load<Vec>(w + v * kLanes);
    }
    ++x, w += kChunk;
  } else {
    for (int r = 0; r < kRowTile; ++r) {
      for (int v = 0; v < kVecTile; ++v) acc[r][v] = Vec{};
    }
  }
  add_products<kStride>(x, end, w, acc);
}

}  // namespace
}  // namespace camloss
