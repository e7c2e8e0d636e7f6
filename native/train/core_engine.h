// `--engine core`: a training on the learning core instead of LibTorch, with the same data, recipes, records and
// checkpoints.
#pragma once

#include "native/train/trainer.h"
#include "shared/learn/settings.h"

namespace camloss::train {

/// What the learning core trains by.
/// Throws UserError that names the field: the core has the fcn head, the losses bce and split, and no phases, averages,
/// kernels of a picture's own or shares of the strongest cells.
[[nodiscard]] learn::Settings core_settings(const Recipe& recipe);

/// As train_model, which has checked engine, device and data, and set LibTorch's threads, which it runs on. The weights do
/// not depend on their number.
/// Throws UserError.
[[nodiscard]] TrainingOutcome train_with_core(const Dataset& data, const TrainingSettings& settings,
                                              TrainingObserver& observer);

}  // namespace camloss::train
