// What the animals of the embedded scenes stand before: savanna and forest, sea and sky.
#pragma once

#include "shared/scenes/scene_animals.h"
#include "shared/scenes/scene_canvas.h"

namespace camloss::scene {

enum class Background { savanna, forest, sea, sky };

/// Paints the whole of `behind`, and on the empty sheet `front` what stands before the animal's
/// feet: grass, ferns, spray, mist.
void draw_background(Background which, Rng rng, const Stance& stance, Layer& behind, Layer& front);

}  // namespace camloss::scene
