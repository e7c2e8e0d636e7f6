// The probes' arithmetic: a photo moved under the frame, its hue rotated, a region painted over.
// The same change is made to the network's input and to the picture on the screen.
#pragma once

#include <array>
#include <vector>

#include "wasm/app/app_state.h"

namespace camloss::ui {

/// Rotation of the hue that keeps grey grey and, as far as RGB allows, the luminance. Row-major
/// 3x3, for RGB.
[[nodiscard]] std::array<float, 9> hue_rotation(float degrees);

/// @param input (3, side, side) packed planes of the unchanged photo
/// @return the same after moving (mirrored at the border), rotating the hue and painting strokes in
/// mid-grey
[[nodiscard]] PackedInput probed_input(const PackedInput& input, int side, const ProbeChange& probe,
                                       float aspect);

/// The same change to an RGBA picture, reduced to at most `longest` pixels a side. `out` is reused.
void probed_picture(const Image& picture, int longest, const ProbeChange& probe, Image& out);

}  // namespace camloss::ui
