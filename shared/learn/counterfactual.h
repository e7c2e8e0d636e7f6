// Counterfactual pictures where no mask can be had: the kernel K stands for the subject's outline.
#pragma once

#include <span>
#include <vector>

namespace camloss::learn {

/// The centre of one picture on the border of another: (1 − K)·centre + K·border.
/// @param centre, border  (3, side, side)
[[nodiscard]] std::vector<float> swapped_by_kernel(std::span<const float> centre,
                                                   std::span<const float> border, int side);

/// The picture with its middle (see middle_mask) filled in from around it (see fill_hole).
/// @param rgb  (3, side, side)
[[nodiscard]] std::vector<float> without_centre(std::span<const float> rgb, int side);

}  // namespace camloss::learn
