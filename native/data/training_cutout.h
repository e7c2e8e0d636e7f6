// A picture's subject and background at the network's input size, for recipes that train with them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "shared/picture/image.h"

namespace camloss::train {

/// A picture's subject, and the picture without it; see cutout.h.
struct CutOut {
  std::vector<std::uint8_t> mask;        // (S, S), 255 times the covered share of each pixel
  std::vector<std::uint8_t> background;  // (3, S, S)
};

/// @param mask  of the picture's own, or null: then the program looks for the subject
/// @param side  S, pixels
/// @return null where no subject was found
/// Throws UserError: a picture the core does not take.
[[nodiscard]] std::shared_ptr<const CutOut> training_cutout(const Image& picture, const Image* mask,
                                                            int side);

}  // namespace camloss::train
