// The two animals of the embedded scenes.
#pragma once

#include "shared/scenes/scene_canvas.h"

namespace camloss::scene {

/// What the scenery needs to know of the animal that stands before it, in pixels.
struct Stance {
  double ground = 0.0;  // where it meets the ground
  double left = 0.0, right = 0.0;
  Light light;
};

/// Draws a leopard on an empty sheet: sitting, standing or lying, with rosettes.
[[nodiscard]] Stance draw_leopard(Rng rng, Layer& sheet);

/// Draws an orca on an empty sheet: swimming, leaping or rising out of the water.
[[nodiscard]] Stance draw_orca(Rng rng, Layer& sheet);

/// A light from above and one side, the same for animal and scenery.
[[nodiscard]] Light light_from_above(Rng& rng) noexcept;

}  // namespace camloss::scene
