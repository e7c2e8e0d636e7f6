// Figures of a model on a set of pictures, computed by the core as page and `explain` do.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "shared/maps/maps.h"
#include "shared/weights/weights.h"

namespace camloss::train {

/// Means over the pictures that have the figure; null where none has.
struct MapFigures {
  std::optional<double> off_centre_mass;
  std::optional<double> energy_in_mask;
  std::optional<double> pointing_game;
  std::optional<double> deletion;
  std::optional<double> insertion;
};

/// Shares of pictures, summing to one: surely right, undecided, surely wrong; sure is a calibrated
/// probability beyond kUndecidedBelow.
struct Sureness {
  double sure_right = 0, unsure = 0, sure_wrong = 0;
};

/// A model on one part.
struct PartFigures {
  std::size_t n = 0;
  double accuracy = 0;
  std::array<std::optional<double>, 2> per_class;  // accuracy; null for a class without pictures
  std::array<std::array<std::size_t, 2>, 2> confusion{};      // [true class][predicted class]
  std::optional<Sureness> sureness;                           // null where an older file lacks it
  std::array<std::optional<Sureness>, 2> sureness_per_class;  // null for a class without pictures
  MapFigures map;                                             // of the model's evidence map
  MapFigures centre_prior;         // of a plain central Gaussian as the map
  std::optional<double> residual;  // the largest; null for methods that are no decomposition
  std::size_t perturbed = 0;       // pictures that deletion and insertion were measured on
};

struct EvaluateOptions {
  int threads = 1;  // the figures do not depend on it
  std::size_t perturbed =
      0;  // deletion and insertion on at most so many pictures, evenly spread; 0: leave them out
};

/// @param samples  not empty, of the model's input size. The map is the head's default one.
/// Throws UserError: weights that do not validate, a logit that is not finite.
[[nodiscard]] PartFigures evaluate_samples(const CheckedWeights& weights,
                                           std::span<const Sample* const> samples,
                                           const EvaluateOptions& options);

/// Logits z of pictures, by the core. Throws as above.
[[nodiscard]] std::vector<double> logits_of(const CheckedWeights& weights,
                                            std::span<const Sample* const> samples, int threads);

}  // namespace camloss::train
