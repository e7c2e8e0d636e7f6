// Calibration: the temperature, and on request an offset, that make a model's probabilities honest on val.
#pragma once

#include <span>

namespace camloss::learn {

/// p = sigmoid((z + offset) / temperature).
struct Calibration {
  double temperature = 1;
  double offset = 0;    // of the logit; 0 unless asked for
  bool fitted = false;  // false where a class is missing from val
};

/// Range the temperature is kept in.
inline constexpr double kMinTemperature = 0.1, kMaxTemperature = 10;

/// Smallest cross-entropy against Platt's smoothed targets (1999): (n₁+1)/(n₁+2) and 1/(n₀+2),
/// which stay away from 0 and 1, so that the fit exists where val is separable, too. Both classes
/// weigh the same, so that an offset does not learn how frequent they are in val.
/// @param logits, labels (n); labels 0 or 1
[[nodiscard]] Calibration calibrate(std::span<const double> logits, std::span<const int> labels,
                                    bool with_offset);

}  // namespace camloss::learn
