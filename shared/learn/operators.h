// The fast operators of a training as a table of functions, one table per instruction set.
//
// Feature maps are channels last. A *run* is a row of neighbouring pixels; a *segment* is the piece of memory that a run's
// first pixel reads through one row of a kernel, `k` neighbouring floats, and every next pixel reads the same `stride`
// floats further on. So one product serves every convolution and every matrix, without a copy of the input.
// Matrices are packed in chunks of 16 outputs, (n/16, segments · k, 16).
//
// Reads may go beyond a run's last pixel by up to kSlackPixels pixels, whose values do not matter; writes do not.
#pragma once

#include <cstddef>
#include <span>

namespace camloss::learn {

/// Pixels that buffers must have beyond their end.
inline constexpr int kSlackPixels = 16;
/// Rows of the largest kernel of segments: a 7 x 7 context, each tap a segment.
inline constexpr int kMaxSegments = 49;

/// What a run reads.
struct Reads {
  const float* x;                   // where the run's first pixel is
  std::ptrdiff_t at[kMaxSegments];  // of each segment, floats from x
  int segments;
  int k;       // floats of a segment, a multiple of 4
  int stride;  // floats from a pixel to the next: 4, 16, 32, 64 or 128
};

/// A batch norm followed by a max-pool of 2, for one picture. Rows are `stride` floats apart.
struct NormPool {
  int side;                      // of the input, pixels, even
  int channels;                  // a multiple of 16
  std::ptrdiff_t stride;         // of the input's rows
  std::ptrdiff_t pooled_stride;  // of the output's rows, and of the slopes in it
  const float* scale;            // (channels), y = scale·x + shift
  const float* shift;
};

struct Operators {
  const char* name;  // as in Kernels
  /// Y = X·W + bias for the pixels of a run, then max(·, 0) where relu; where a gate is given, 0 where the gate is not
  /// positive.
  /// @param weights  (n/16, segments · k, 16)
  /// @param bias  (n) or null
  /// @param gate  (pixels, n) or null
  /// @param y  (pixels, n)
  void (*product)(const Reads& from, int pixels, const float* weights, const float* bias, int n,
                  bool relu, const float* gate, float* y);
  /// dW += Xᵀ·dY over the pixels of a run.
  /// @param slope  (pixels, n)
  /// @param weight_slope  (n/16, segments · k, 16)
  void (*weight_gradient)(const Reads& from, int pixels, const float* slope, int n,
                          float* weight_slope);
  /// sum += Σ y, square += Σ y² over the pixels of a run; in double, from sums of the run.
  /// @param y  (pixels, channels)
  void (*sums)(const float* y, int pixels, int channels, double* sum, double* square);
  /// Normalised and pooled, then max(·, 0) where relu.
  void (*norm_pool)(const NormPool& layer, const float* x, bool relu, float* pooled);
  /// Adds what the batch norm's slopes need of one picture: shift += Σ g, product += Σ g·(x − mean), g the slope at the
  /// place of each maximum.
  /// @param slope  in the pooled values
  /// @param mean  (channels)
  void (*norm_pool_sums)(const NormPool& layer, const float* x, const float* slope,
                         const float* mean, double* shift, double* product);
  /// x ← slope in x: factor·(g − even − (x − mean)·tilt), all (channels).
  void (*norm_pool_backward)(const NormPool& layer, float* x, const float* slope, const float* mean,
                             const float* factor, const float* even, const float* tilt);
};

/// The best table this machine runs.
[[nodiscard]] const Operators& operators() noexcept;
/// The tables this machine runs, in the order of available_kernels().
[[nodiscard]] std::span<const Operators* const> available_operators() noexcept;

}  // namespace camloss::learn
