// The embedded scenes: procedurally drawn leopards and orcas with exact masks, the same bytes on
// every machine.
#pragma once

#include <cstdint>
#include <vector>

#include "shared/picture/image.h"

namespace camloss {

enum class SceneClass { leopard = 0, orca = 1 };
enum class ScenePart { train, val, shift };

inline constexpr int kSceneSize = 192;  // pixels, square

/// A drawn scene and its exact mask.
struct Scene {
  SceneClass animal = SceneClass::leopard;
  Image picture;                   // RGB, kSceneSize²
  std::vector<std::uint8_t> mask;  // (kSceneSize, kSceneSize), 255 on the animal, 0 elsewhere
};

/// Number of scenes of a class in a part: train 188 + 89 (as in the talk), val 32 + 32, shift 64
/// + 64.
[[nodiscard]] int scene_count(ScenePart part, SceneClass animal) noexcept;

/// Draws scene `index` of a part. train and val have natural backgrounds (leopard: savanna or
/// forest; orca: sea or sky), shift has them swapped. A pure function of its arguments; integer
/// arithmetic or strictly evaluated IEEE operations only, no libm, so the bytes are the same
/// natively and in WebAssembly.
[[nodiscard]] Scene draw_scene(std::uint64_t seed, ScenePart part, SceneClass animal, int index);

/// As draw_scene, with the background chosen: the page's samples show the same animal before both.
/// The animal's own pixels differ by what stands before its feet (grass, spray) alone, and so may
/// the mask.
[[nodiscard]] Scene draw_scene_before(std::uint64_t seed, ScenePart part, SceneClass animal,
                                      int index, bool swapped_background);

}  // namespace camloss
