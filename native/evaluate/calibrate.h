// A model with its calibration; the fit is the learning core's.
#pragma once

#include "shared/learn/calibrate.h"
#include "shared/weights/weights.h"

namespace camloss::train {

using learn::calibrate;
using learn::Calibration;
using learn::kMaxTemperature;
using learn::kMinTemperature;

/// The model with that temperature, and the offset added to the bias of its last layer.
/// Throws UserError where the result is no model any more (a value that is not finite).
[[nodiscard]] CheckedWeights calibrated(CheckedWeights weights, const Calibration& calibration);

}  // namespace camloss::train
