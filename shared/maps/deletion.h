// Deletion and insertion: does the prediction fall with the cells that a map calls strong?
#pragma once

#include <array>
#include <functional>
#include <span>

#include "shared/base/result.h"

namespace camloss {

/// Number of equal steps in which all cells are removed or restored.
inline constexpr int kDeletionSteps = 24;

/// p of the predicted class along the way, and the areas under both curves in [0, 1].
struct DeletionInsertion {
  float deletion = 0;   // from the picture to the blurred picture; lower is better
  float insertion = 0;  // from the blurred picture to the picture; higher is better
  std::array<float, kDeletionSteps + 1> deletion_curve{};
  std::array<float, kDeletionSteps + 1> insertion_curve{};
};

/// A network: input (3, S, S), normalised → logit.
using LogitOf = std::function<float(std::span<const float>)>;

/// The input blurred by a Gaussian of σ = S/16 pixels, cut at 3σ, edges clamped.
/// @param input, out (3, size, size)
void blur_input(std::span<const float> input, int size, std::span<float> out);

/// The deletion and insertion metrics of RISE (Petsiuk et al. 2018) on the map's cells: cells are
/// taken in the order of their evidence for the predicted class, strongest first, their patches
/// replaced by those of the blurred picture (deletion) or put into it (insertion); the areas follow
/// the trapezoidal rule. Asks for 48 logits.
/// @param input     (3, size, size), normalised; size a multiple of `cells`
/// @param map       (cells, cells)
/// @param is_signed the map speaks for class 1 where positive and for class 0 where negative;
///                  otherwise large values are strong for whichever class is predicted (as of a
///                  plain central Gaussian)
/// @param temperature of p = sigmoid(z / T), positive
/// Errors: sizes that do not belong together, a map or a logit that is not finite.
Result<DeletionInsertion> deletion_insertion(std::span<const float> input, int size,
                                             std::span<const float> map, int cells, bool is_signed,
                                             double temperature, const LogitOf& logit_of);

}  // namespace camloss
