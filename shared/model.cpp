// A loaded model: ties resampling, network, map methods and metrics together, with every buffer
// allocated once.
#include "shared/model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "shared/maps/map_methods.h"
#include "shared/maps/metrics.h"
#include "shared/network/network.h"
#include "shared/picture/resample.h"

namespace camloss {

struct Model::Impl {
  explicit Impl(const Weights& weights)
      : info(weights.info),
        last_layer(weights.tensors.at("fc4.weight").values),
        network(weights),
        input(3 * side() * side()),
        map(cell_count()),
        gradient(kFeatureChannels * cell_count()) {}

  [[nodiscard]] std::size_t side() const { return static_cast<std::size_t>(info.input_size); }
  [[nodiscard]] std::size_t cell_count() const {
    return static_cast<std::size_t>(info.cells() * info.cells());
  }

  Result<Explanation> explain(std::span<const float> x, Method method);
  /// Fills `map`; returns β for decompositions.
  float compute_map(std::span<const float> x, Method method);

  ModelInfo info;
  std::vector<float> last_layer;  // (32), fc4
  Network network;
  ResampleScratch scratch;
  std::vector<float> input;     // (3, S, S)
  std::vector<float> map;       // (cells, cells)
  std::vector<float> gradient;  // (32, cells, cells)
};

float Model::Impl::compute_map(std::span<const float> x, Method method) {
  const auto from_gradient = [&](auto map_method) {
    network.gradient(gradient);
    map_method(FeatureGradient{network.features(), gradient}, map);
    return 0.0F;  // no decomposition, so no share of the biases
  };
  switch (method) {
    case Method::none:
      return 0;
    case Method::cam: {
      const float share = 1.0F / static_cast<float>(cell_count());
      std::transform(network.cell_logits().begin(), network.cell_logits().end(), map.begin(),
                     [share](float logit) { return logit * share; });
      return 0;  // the biases are inside the cells' logits
    }
    case Method::hirescam:
      return network.hirescam(map);
    case Method::gradcam:
      return from_gradient(gradcam);
    case Method::gradcam_pp:
      return from_gradient(gradcam_pp);
    case Method::layercam:
      return from_gradient(layercam);
    case Method::talk:
      talk_map(network.features(), last_layer, map);
      return 0;
    case Method::occlusion:
      network.occlusion(x, map);
      return 0;
  }
  return 0;
}

Result<Explanation> Model::Impl::explain(std::span<const float> x, Method method) {
  if (const Status status = check_method(info.head, method); !status) return status.error();
  Explanation result;
  result.logit = network.forward(x);
  if (!std::isfinite(result.logit)) {
    return Error{"the model's logit is not finite",
                 "its weights are too large for this picture; train or export it again"};
  }
  result.probability = static_cast<float>(probability(result.logit, info.temperature));
  result.label = result.probability > 0.5F ? 1 : 0;
  if (method != Method::none) result.beta = compute_map(x, method);
  result.features = network.features();
  if (method == Method::none) return result;
  result.map = map;
  result.off_centre_mass = off_centre_mass(map, info.cells());
  if (is_decomposition(method)) {
    double sum = 0;
    for (const float value : map) sum += value;
    result.residual = decomposition_residual(sum, result.beta, result.logit);
  }
  return result;
}

Model::Model(const CheckedWeights& weights) : impl_(std::make_unique<Impl>(weights.get())) {}

Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const ModelInfo& Model::info() const noexcept { return impl_->info; }
std::span<const float> Model::input() const noexcept { return impl_->input; }

Result<Explanation> Model::explain(ImageView picture, Method method) {
  Status resampled =
      resample_picture(picture, impl_->info.input_size, impl_->input, impl_->scratch);
  if (!resampled) return resampled.error();
  normalise(impl_->input, impl_->info.mean, impl_->info.std);
  return impl_->explain(impl_->input, method);
}

Result<Explanation> Model::explain_tensor(std::span<const float> input, Method method) {
  if (input.size() != impl_->input.size()) {
    return Error{"the input has " + std::to_string(input.size()) + " values",
                 "the model takes 3 x " + std::to_string(impl_->info.input_size) + " x " +
                     std::to_string(impl_->info.input_size)};
  }
  return impl_->explain(input, method);
}

}  // namespace camloss
