// The convolutional trunk: three fused blocks, each reading one padded map and writing the next.
#include "shared/network/trunk.h"

#include <cstddef>

#include "shared/base/index.h"

namespace camloss {
namespace {

/// Side of a map with the pad that whole Winograd tiles of it read: the tiles' outputs and the
/// filter's overhang.
int padded(int side, int overhang) { return (side + kTile - 1) / kTile * kTile + overhang; }

std::vector<float> padded_map(int side, int overhang, int channels) {
  const Index n = padded(side, overhang);
  return std::vector<float>(n * n * channels);
}

}  // namespace

Trunk::Trunk(const PackedTrunk& weights, const Kernels& kernels, int side)
    : weights_(&weights),
      kernels_(&kernels),
      side_(side),
      input_(padded_map(side, 2, 4)),
      pooled1_(padded_map(side / 2, 1, 16)),
      pooled2_(padded_map(side / 4, 1, 64)),
      features_(Index{cells() * cells() + kTileBlock} * kFeatureChannels),
      scratch_(kConvScratch) {}

const float* Trunk::run(std::span<const float> planes, int plane_side, int top, int left) noexcept {
  const MapLayout in{side_, padded(side_, 2) * 4};
  const MapLayout map1{side_ / 2, padded(side_ / 2, 1) * 16};
  const MapLayout map2{side_ / 4, padded(side_ / 4, 1) * 64};
  const MapLayout map3{cells(), cells() * kFeatureChannels};
  const Index plane = Index{plane_side} * plane_side;
  for (int y = 0; y < side_; ++y) {
    const float* const row = planes.data() + (top + y) * plane_side + left;
    float* const to = input_.data() + y * in.row_stride;
    for (Index x = 0; x < side_; ++x) {
      to[4 * x] = row[x];
      to[4 * x + 1] = row[plane + x];
      to[4 * x + 2] = row[2 * plane + x];
    }
  }
  kernels_->conv3x3_pool(weights_->block1(), input_.data(), in, pooled1_.data(), map1,
                         scratch_.data());
  kernels_->conv2x2_pool(weights_->block2(), pooled1_.data(), map1, pooled2_.data(), map2,
                         scratch_.data());
  kernels_->conv2x2_pool(weights_->block3(), pooled2_.data(), map2, features_.data(), map3,
                         scratch_.data());
  return features_.data();
}

}  // namespace camloss
