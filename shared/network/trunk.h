// The convolutional trunk: normalised picture → features, at any side that is a multiple of 8.
#pragma once

#include <span>
#include <vector>

#include "shared/kernels/kernels.h"
#include "shared/network/packed.h"

namespace camloss {

/// The trunk's buffers for one input size. The packed weights and the kernel table are borrowed.
class Trunk {
 public:
  Trunk(const PackedTrunk& weights, const Kernels& kernels, int side);

  [[nodiscard]] int side() const noexcept { return side_; }
  [[nodiscard]] int cells() const noexcept { return side_ / 8; }

  /// Runs on a window of planes.
  /// @param planes  (3, plane_side, plane_side)
  /// @param top, left  of the window, pixels
  /// @return (cells, cells, 32), after the ReLU; holds until the next run, with room for kTileBlock rows more.
  const float* run(std::span<const float> planes, int plane_side, int top = 0,
                   int left = 0) noexcept;

 private:
  const PackedTrunk* weights_;
  const Kernels* kernels_;
  int side_;
  std::vector<float> input_;     // (S + 2, S + 2, 4), pads stay zero
  std::vector<float> pooled1_;   // (S/2 + pad, ·, 16)
  std::vector<float> pooled2_;   // (S/4 + pad, ·, 64)
  std::vector<float> features_;  // (cells, cells, 32)
  std::vector<float> scratch_;
};

}  // namespace camloss
