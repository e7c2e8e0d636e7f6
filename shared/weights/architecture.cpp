// The architecture as names and shapes.
#include "shared/weights/architecture.h"

#include <cstddef>
#include <utility>

namespace camloss {
namespace {

using Shape = std::vector<std::int64_t>;

}  // namespace

std::string_view to_string(Head head) noexcept { return head == Head::fcn ? "fcn" : "dense"; }

std::vector<TensorSpec> tensor_specs(Head head, int input_size, int context_size) {
  std::vector<TensorSpec> specs;
  const auto add = [&](std::string_view layer, std::string_view part, Shape shape) {
    specs.push_back({std::string(layer) + std::string(part), std::move(shape)});
  };
  const auto convolution = [&](std::string_view layer, std::int64_t in, std::int64_t out) {
    add(layer, ".weight", {out, in, kConvSide, kConvSide});
    add(layer, ".bias", {out});
  };
  const auto batch_norm = [&](std::string_view layer, std::int64_t channels) {
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
      add(layer, part, {channels});
    }
  };
  const auto fully_connected = [&](std::string_view layer, std::int64_t in, std::int64_t out) {
    Shape shape{out, in};
    // The fcn head applies the same matrices to each cell, as convolutions; only the first may see
    // other cells.
    if (head == Head::fcn) shape.insert(shape.end(), 2, layer == "fc0" ? context_size : 1);
    add(layer, ".weight", std::move(shape));
    add(layer, ".bias", {out});
  };

  for (std::size_t i = 0; i + 1 < kTrunkChannels.size(); ++i) {
    const std::string index = std::to_string(i);
    convolution("conv" + index, kTrunkChannels[i], kTrunkChannels[i + 1]);
    if (i > 0) batch_norm("bn" + index, kTrunkChannels[i + 1]);
  }
  const std::int64_t cells = input_size / kCellStride;
  std::int64_t in = kFeatureChannels * (head == Head::dense ? cells * cells : 1);
  for (std::size_t i = 0; i < kHeadWidths.size(); ++i) {
    fully_connected("fc" + std::to_string(i), in, kHeadWidths[i]);
    in = kHeadWidths[i];
  }
  return specs;
}

}  // namespace camloss
