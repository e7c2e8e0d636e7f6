// A loaded model: picture → logit, probability and evidence map. What trainer, page and JavaScript
// module call.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "shared/base/result.h"
#include "shared/maps/maps.h"
#include "shared/picture/image.h"
#include "shared/weights/weights.h"

namespace camloss {

/// What a model says of one picture. `map` and `features` point into the model and hold until its
/// next call.
struct Explanation {
  float logit = 0;                       // z
  float probability = 0.5F;              // sigmoid(z / T), of class 1
  int label = 0;                         // index of the more probable class
  float beta = 0;                        // share of the biases (decompositions)
  std::optional<float> off_centre_mass;  // null without a map, or for an all-zero one
  std::optional<float> residual;         // null for methods that are no decomposition
  std::span<const float> map;            // (cells, cells), signed; empty for Method::none
  std::span<const float> features;       // (32, cells, cells), after the ReLU
};

/// A network with its weights prepared and every buffer allocated; calls allocate nothing. Not for
/// use by two threads at once; make a copy of the model for each.
class Model {
 public:
  explicit Model(const CheckedWeights& weights);

  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  [[nodiscard]] const ModelInfo& info() const noexcept;

  /// Resamples, normalises, runs the network and the map method.
  /// Errors: a bad picture (see resample_picture), a method the head does not have, a logit that is
  /// not finite.
  Result<Explanation> explain(ImageView picture, Method method);

  /// The same from the network's input.
  /// @param input  (3, S, S), normalised
  Result<Explanation> explain_tensor(std::span<const float> input, Method method);

  /// The network's input of the last `explain`, (3, S, S).
  [[nodiscard]] std::span<const float> input() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace camloss
