// The probes' arithmetic: a photo moved under the frame, its hue rotated, a region painted over.
// The same change is made to the network's input and to the picture on the screen.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "wasm/app/app_state.h"

namespace camloss::ui {

/// Rotation of the hue that keeps grey grey and, as far as RGB allows, the luminance. Row-major
/// 3x3, for RGB.
[[nodiscard]] std::array<float, 9> hue_rotation(float degrees);

/// 255 where a stroke covers a position, 0 elsewhere. (height, width)
/// @param aspect  width / height of the photo; radii are shares of its width
[[nodiscard]] std::vector<std::uint8_t> painted_mask(std::span<const Stroke> strokes, int width,
                                                     int height, float aspect);

/// Fills a hole of a packed input in from around it (shared/picture/fill.h).
/// @param input  (3, side, side)
/// @param hole  (side, side), non-zero: to be filled
void fill_packed(PackedInput& input, std::span<const std::uint8_t> hole, int side);

/// @param input (3, side, side) packed planes of the unchanged photo
/// @return the same after moving, rotating the hue and painting strokes in mid-grey. What the moved photo leaves is
/// filled in from around, so that no part of the photo is there twice.
[[nodiscard]] PackedInput probed_input(const PackedInput& input, int side, const ProbeChange& probe,
                                       float aspect);

/// The same change to an RGBA picture, reduced to at most `longest` pixels a side. `out` is reused.
void probed_picture(const Image& picture, int longest, const ProbeChange& probe, Image& out);

}  // namespace camloss::ui
