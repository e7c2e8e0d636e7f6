// Pictures at another size, in the forms that the trainer keeps them in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "shared/picture/image.h"

namespace camloss::train {

/// The nearest whole grey level.
[[nodiscard]] std::uint8_t whole_level(float level);

/// resample_picture with its errors as UserError.
/// @param side  S, pixels
/// @param name  of the picture, for messages
/// @return (3, S, S), 0…255
/// Throws UserError: a picture the core does not take.
[[nodiscard]] std::vector<float> resampled(ImageView picture, int side,
                                           const std::string& name = {});

/// The same in half the room (shared/picture/packed.h).
[[nodiscard]] std::vector<std::uint16_t> resampled_packed(ImageView picture, int side,
                                                          const std::string& name = {});

/// @param planes  (3, S, S), 0…255
/// @return (S, S, 3)
[[nodiscard]] Image image_of(std::span<const float> planes, int side);

}  // namespace camloss::train
