// The fast operators of a training, once for every instruction set: this file is compiled several times (see
// cmake/simd.cmake), each time into a table of its own. No function of another header may be emitted here, hence no
// standard library.
#include "shared/kernels/simd.h"
#include "shared/learn/operators.h"

#define CAMLOSS_JOIN2(a, b) a##b
#define CAMLOSS_JOIN(a, b) CAMLOSS_JOIN2(a, b)

namespace camloss::learn {
namespace {

constexpr int kChunk = 16;
// Register tile of a product: pixels x vectors of outputs.
constexpr int kPixelTile = kLanes == 4 ? 4 : kLanes == 8 ? 6 : 12;
constexpr int kVecTile = kLanes == 16 ? 1 : 2;
// Register tile of a weight gradient: inputs x vectors of outputs.
constexpr int kInputTile = kLanes == 16 ? 8 : 4;
static_assert(kPixelTile <= kSlackPixels);

/// One chunk's kVecTile vectors for kPixelTile pixels.
template <int kStride>
[[gnu::always_inline]] inline void product_tile(const Reads& from, const float* x, const float* w,
                                                Vec (&acc)[kPixelTile][kVecTile]) {
  const int k = from.k;
  for (int s = 0; s < from.segments; ++s) {
    const float* at = x + from.at[s];
    for (const float* const end = at + k; at != end; ++at, w += kChunk) {
      Vec weight[kVecTile];
      for (int v = 0; v < kVecTile; ++v) weight[v] = load<Vec>(w + v * kLanes);
      for (int r = 0; r < kPixelTile; ++r) {
        const float scalar = at[r * kStride];
        for (int v = 0; v < kVecTile; ++v) acc[r][v] += scalar * weight[v];
      }
    }
  }
}

template <int kStride>
void product_from(const Reads& from, int pixels, const float* weights, const float* bias, int n,
                  bool relu, const float* gate, float* y) {
  const long chunk_size = static_cast<long>(from.segments) * from.k * kChunk;
  for (int chunk = 0; chunk < n; chunk += kChunk, weights += chunk_size) {
    for (int first = 0; first < pixels; first += kPixelTile) {
      const int count = pixels - first < kPixelTile ? pixels - first : kPixelTile;
      for (int lane = 0; lane < kChunk; lane += kVecTile * kLanes) {
        Vec acc[kPixelTile][kVecTile];
        for (int v = 0; v < kVecTile; ++v) {
          const Vec b = bias != nullptr ? load<Vec>(bias + chunk + lane + v * kLanes) : Vec{};
          for (int r = 0; r < kPixelTile; ++r) acc[r][v] = b;
        }
        product_tile<kStride>(from, from.x + static_cast<long>(first) * kStride, weights + lane,
                              acc);
        for (int r = 0; r < kPixelTile; ++r) {
          if (r >= count) break;
          for (int v = 0; v < kVecTile; ++v) {
            const long at = static_cast<long>(first + r) * n + chunk + lane + v * kLanes;
            Vec value = acc[r][v];
            if (relu) value = larger(value, Vec{});
            if (gate != nullptr) value = load<Vec>(gate + at) > Vec{} ? value : Vec{};
            store(y + at, value);
          }
        }
      }
    }
  }
}

void product(const Reads& from, int pixels, const float* weights, const float* bias, int n,
             bool relu, const float* gate, float* y) {
  switch (from.stride) {
    case 4:
      return product_from<4>(from, pixels, weights, bias, n, relu, gate, y);
    case 16:
      return product_from<16>(from, pixels, weights, bias, n, relu, gate, y);
    case 32:
      return product_from<32>(from, pixels, weights, bias, n, relu, gate, y);
    case 64:
      return product_from<64>(from, pixels, weights, bias, n, relu, gate, y);
    default:
      return product_from<128>(from, pixels, weights, bias, n, relu, gate, y);
  }
}

/// kInputs inputs by one strip of kVecTile vectors, over all pixels of the run.
template <int kStride, int kInputs>
[[gnu::always_inline]] inline void gradient_tile(const float* x, int pixels, const float* slope,
                                                 int n, float* to) {
  Vec acc[kInputs][kVecTile];
  for (int i = 0; i < kInputs; ++i) {
    for (int v = 0; v < kVecTile; ++v) acc[i][v] = load<Vec>(to + i * kChunk + v * kLanes);
  }
  for (int p = 0; p < pixels; ++p, x += kStride, slope += n) {
    Vec g[kVecTile];
    for (int v = 0; v < kVecTile; ++v) g[v] = load<Vec>(slope + v * kLanes);
    for (int i = 0; i < kInputs; ++i) {
      for (int v = 0; v < kVecTile; ++v) acc[i][v] += x[i] * g[v];
    }
  }
  for (int i = 0; i < kInputs; ++i) {
    for (int v = 0; v < kVecTile; ++v) store(to + i * kChunk + v * kLanes, acc[i][v]);
  }
}

template <int kStride>
void gradient_from(const Reads& from, int pixels, const float* slope, int n, float* weight_slope) {
  for (int chunk = 0; chunk < n; chunk += kChunk) {
    for (int s = 0; s < from.segments; ++s) {
      const float* const x = from.x + from.at[s];
      int i = 0;
      for (; i + kInputTile <= from.k; i += kInputTile, weight_slope += kInputTile * kChunk) {
        for (int lane = 0; lane < kChunk; lane += kVecTile * kLanes) {
          gradient_tile<kStride, kInputTile>(x + i, pixels, slope + chunk + lane, n,
                                             weight_slope + lane);
        }
      }
      for (; i < from.k; i += 4, weight_slope += 4 * kChunk) {
        for (int lane = 0; lane < kChunk; lane += kVecTile * kLanes) {
          gradient_tile<kStride, 4>(x + i, pixels, slope + chunk + lane, n, weight_slope + lane);
        }
      }
    }
  }
}

void weight_gradient(const Reads& from, int pixels, const float* slope, int n,
                     float* weight_slope) {
  switch (from.stride) {
    case 4:
      return gradient_from<4>(from, pixels, slope, n, weight_slope);
    case 16:
      return gradient_from<16>(from, pixels, slope, n, weight_slope);
    case 32:
      return gradient_from<32>(from, pixels, slope, n, weight_slope);
    case 64:
      return gradient_from<64>(from, pixels, slope, n, weight_slope);
    default:
      return gradient_from<128>(from, pixels, slope, n, weight_slope);
  }
}

[[gnu::always_inline]] inline void add_lanes(double* to, Vec v) {
  for (int lane = 0; lane < kLanes; ++lane) to[lane] += static_cast<double>(v[lane]);
}

void sums(const float* y, int pixels, int channels, double* sum, double* square) {
  for (int c = 0; c < channels; c += kLanes) {
    Vec one{}, two{};
    for (int p = 0; p < pixels; ++p) {
      const Vec v = load<Vec>(y + static_cast<long>(p) * channels + c);
      one += v;
      two += v * v;
    }
    add_lanes(sum + c, one);
    add_lanes(square + c, two);
  }
}

/// The four pixels of a pooled one, normalised, and which of them is the first of the largest.
struct Window {
  Vec best;
  IntVec which;
};

[[gnu::always_inline]] inline Window window_of(const float* x, long row, int channels, Vec scale,
                                               Vec shift) {
  Vec best = load<Vec>(x) * scale + shift;
  IntVec which{};
  const auto challenge = [&](const float* at, int number) __attribute__((always_inline)) {
    const Vec value = load<Vec>(at) * scale + shift;
    const IntVec wins = value > best;
    which = wins ? IntVec{} + number : which;
    best = wins ? value : best;
  };
  challenge(x + channels, 1);
  challenge(x + row, 2);
  challenge(x + row + channels, 3);
  return {best, which};
}

void norm_pool(const NormPool& layer, const float* x, bool relu, float* pooled) {
  const int c = layer.channels, half = layer.side / 2;
  for (int row = 0; row < half; ++row) {
    const float* const from = x + 2 * row * layer.stride;
    float* const to = pooled + row * layer.pooled_stride;
    for (int at = 0; at < c; at += kLanes) {
      const Vec scale = load<Vec>(layer.scale + at), shift = load<Vec>(layer.shift + at);
      for (int column = 0; column < half; ++column) {
        const float* const corner = from + 2 * column * c + at;
        const Vec a = load<Vec>(corner) * scale + shift;
        const Vec b = load<Vec>(corner + c) * scale + shift;
        const Vec d = load<Vec>(corner + layer.stride) * scale + shift;
        const Vec e = load<Vec>(corner + layer.stride + c) * scale + shift;
        Vec best = larger(larger(a, b), larger(d, e));
        if (relu) best = larger(best, Vec{});
        store(to + column * c + at, best);
      }
    }
  }
}

void norm_pool_sums(const NormPool& layer, const float* x, const float* slope, const float* mean,
                    double* shift_slope, double* product_slope) {
  const int c = layer.channels, half = layer.side / 2;
  for (int at = 0; at < c; at += kLanes) {
    const Vec scale = load<Vec>(layer.scale + at), shift = load<Vec>(layer.shift + at);
    const Vec middle = load<Vec>(mean + at);
    for (int row = 0; row < half; ++row) {
      const float* const from = x + 2 * row * layer.stride + at;
      const float* const g = slope + row * layer.pooled_stride + at;
      Vec sum{}, product{};
      for (int column = 0; column < half; ++column) {
        const float* const corner = from + 2 * column * c;
        const IntVec which = window_of(corner, layer.stride, c, scale, shift).which;
        const Vec value = which == 0   ? load<Vec>(corner)
                          : which == 1 ? load<Vec>(corner + c)
                          : which == 2 ? load<Vec>(corner + layer.stride)
                                       : load<Vec>(corner + layer.stride + c);
        const Vec here = load<Vec>(g + column * c);
        sum += here;
        product += here * (value - middle);
      }
      add_lanes(shift_slope + at, sum);
      add_lanes(product_slope + at, product);
    }
  }
}

void norm_pool_backward(const NormPool& layer, float* x, const float* slope, const float* mean,
                        const float* factor, const float* even, const float* tilt) {
  const int c = layer.channels, half = layer.side / 2;
  for (int row = 0; row < half; ++row) {
    float* const from = x + 2 * row * layer.stride;
    const float* const g = slope + row * layer.pooled_stride;
    for (int at = 0; at < c; at += kLanes) {
      const Vec scale = load<Vec>(layer.scale + at), shift = load<Vec>(layer.shift + at);
      const Vec middle = load<Vec>(mean + at), times = load<Vec>(factor + at);
      const Vec less = load<Vec>(even + at), by = load<Vec>(tilt + at);
      for (int column = 0; column < half; ++column) {
        float* const corner = from + 2 * column * c + at;
        const IntVec which = window_of(corner, layer.stride, c, scale, shift).which;
        const Vec here = load<Vec>(g + column * c + at);
        const auto write = [&](float* to, int number) __attribute__((always_inline)) {
          const Vec own = which == number ? here : Vec{};
          store(to, times * (own - less - (load<Vec>(to) - middle) * by));
        };
        write(corner, 0);
        write(corner + c, 1);
        write(corner + layer.stride, 2);
        write(corner + layer.stride + c, 3);
      }
    }
  }
}

}  // namespace

/// The table of this instruction set; named operators_baseline, operators_avx2, operators_avx512.
extern const Operators CAMLOSS_JOIN(operators_, CAMLOSS_SIMD_LEVEL);
const Operators CAMLOSS_JOIN(operators_, CAMLOSS_SIMD_LEVEL) = {
    kInstructionSet, product, weight_gradient, sums, norm_pool, norm_pool_sums, norm_pool_backward};

}  // namespace camloss::learn
