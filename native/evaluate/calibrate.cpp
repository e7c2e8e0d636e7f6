// The calibration put into a model.
#include "native/evaluate/calibrate.h"

#include <utility>

#include "native/base/error.h"

namespace camloss::train {

CheckedWeights calibrated(CheckedWeights checked, const Calibration& calibration) {
  Weights weights = std::move(checked).release();
  weights.info.temperature = static_cast<float>(calibration.temperature);
  weights.tensors.at("fc4.bias").values.at(0) += static_cast<float>(calibration.offset);
  return value_or_throw(check(std::move(weights)));
}

}  // namespace camloss::train
