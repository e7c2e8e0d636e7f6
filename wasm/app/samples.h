// The embedded samples: drawn animals before usual and unusual backgrounds.
#pragma once

#include <string>

#include "shared/picture/image.h"

namespace camloss::ui {

inline constexpr int kSamples = 12;

/// "leopard 1, usual background".
/// @param number  0…kSamples − 1
[[nodiscard]] std::string sample_name(int number);
/// "leopard" or "orca"
[[nodiscard]] std::string sample_label(int number);
/// RGB.
[[nodiscard]] Image sample_picture(int number);

}  // namespace camloss::ui
