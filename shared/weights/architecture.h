// The network's architecture: channels, widths, constants and tensors. Readers, packing, trainer and page take them from
// here; only the plain references (reference.cpp in shared/network and shared/learn) write them out again, so that tests can
// tell a change.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace camloss {

enum class Head { fcn, dense };
[[nodiscard]] std::string_view to_string(Head head) noexcept;

inline constexpr int kConvSide = 2;  // conv0 … conv3 are 2x2
/// Channels before conv0 and after conv0 … conv3.
inline constexpr std::array<int, 5> kTrunkChannels{3, 16, 16, 64, 32};
/// Channels of the features, which the head reads.
inline constexpr int kFeatureChannels = kTrunkChannels.back();
/// Units of fc0 … fc4.
inline constexpr std::array<int, 5> kHeadWidths{128, 128, 64, 32, 1};
/// ε of the three batch norms, as in Keras.
inline constexpr double kBatchNormEps = 1e-3;
/// Pixels of the input from a cell of the features to the next: three max-pools of 2.
inline constexpr int kCellStride = 8;
/// Pixels of the input that a cell of the features sees, down and right from its own place.
inline constexpr int kCellSees = 16;
/// Largest K of fc0's K x K context.
inline constexpr int kMaxContext = 7;

/// Name and shape of a tensor of the architecture, in the order of the network.
struct TensorSpec {
  std::string name;
  std::vector<std::int64_t> shape;
};

/// The architecture of docs: conv0…conv3, bn1…bn3, fc0…fc4 for a head, an input size (which matters
/// to the dense head's fc0 only) and a context (which matters to the fcn head's fc0 only).
[[nodiscard]] std::vector<TensorSpec> tensor_specs(Head head, int input_size, int context_size = 1);

}  // namespace camloss
