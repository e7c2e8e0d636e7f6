// The proof: a photo without its subject, or without what is around it, filled in smoothly from around. The same is done
// to the network's input and to the picture on the screen; the filling is shared/picture/fill.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wasm/app/app_state.h"

namespace camloss::ui {

/// What is filled in. The subject is what the strokes cover, or, without strokes, the middle by the kernel K.
/// @param aspect  width / height of the photo; strokes' radii are shares of its width
/// @return (height, width), non-zero where the picture is hidden
[[nodiscard]] std::vector<std::uint8_t> hidden_mask(Hidden hidden, std::span<const Stroke> strokes,
                                                    int width, int height, float aspect);

/// @param input (3, side, side) packed planes of the photo
[[nodiscard]] PackedInput hidden_input(const PackedInput& input, int side, Hidden hidden,
                                       std::span<const Stroke> strokes, float aspect);

/// The same of an RGBA picture, reduced to at most `longest` pixels a side. `out` is reused.
void hidden_picture(const Image& picture, int longest, Hidden hidden,
                    std::span<const Stroke> strokes, Image& out);

}  // namespace camloss::ui
