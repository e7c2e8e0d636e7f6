// Filling a hole in a picture from its surroundings: what "hide the animal" and the cut-outs show.
#pragma once

#include <cstdint>
#include <span>

#include "shared/picture/image.h"

namespace camloss {

/// Fills the hole with the smooth surface (a membrane, Δu = 0) that meets the known pixels at its
/// edge: no edge of the hole is left, and no colour that its surroundings do not have. Solved from
/// coarse to fine on a pyramid, a few sweeps a level; the same result on every call.
/// @param planes  (3, height, width), any unit; changed inside the hole alone
/// @param hole    (height, width), non-zero: to be filled
/// A picture that is all hole, or spans of other sizes, stay as they are.
void fill_hole(std::span<float> planes, std::span<const std::uint8_t> hole, int width, int height);

/// The same of a picture of bytes, RGB or RGBA; alpha stays.
/// @param hole  (height, width), non-zero: to be filled
void fill_hole(Image& picture, std::span<const std::uint8_t> hole);

}  // namespace camloss
