// Puts the embedded scenes together: scenery, animal, what stands before it, and the exact mask.
#include "shared/scenes/scenes.h"

#include "shared/base/rng.h"
#include "shared/scenes/scene_animals.h"
#include "shared/scenes/scene_backgrounds.h"
#include "shared/scenes/scene_canvas.h"

namespace camloss {

namespace {

using scene::Background;
using scene::Layer;

/// One number for a scene: neighbouring scenes share nothing.
std::uint64_t scene_key(std::uint64_t seed, ScenePart part, SceneClass animal, int index) noexcept {
  std::uint64_t key = Rng::mix(seed + 0x632BE59BD9B4E019ULL);
  key = Rng::mix(key ^ (static_cast<std::uint64_t>(part) + 1U));
  key = Rng::mix(key ^ ((static_cast<std::uint64_t>(animal) + 1U) << 8U));
  return Rng::mix(key ^ (static_cast<std::uint64_t>(static_cast<std::uint32_t>(index)) << 16U));
}

std::uint8_t to_byte(double value) noexcept {
  return static_cast<std::uint8_t>(std::clamp(value * 255.0 + 0.5, 0.0, 255.0));
}

}  // namespace

int scene_count(ScenePart part, SceneClass animal) noexcept {
  switch (part) {
    case ScenePart::train:
      return animal == SceneClass::leopard ? 188 : 89;
    case ScenePart::val:
      return 32;
    case ScenePart::shift:
      return 64;
  }
  return 0;
}

Scene draw_scene(std::uint64_t seed, ScenePart part, SceneClass animal, int index) {
  return draw_scene_before(seed, part, animal, index, part == ScenePart::shift);
}

Scene draw_scene_before(std::uint64_t seed, ScenePart part, SceneClass animal, int index,
                        bool swapped_background) {
  // Animal and scenery have generators of their own: the animal does not change with what is behind
  // it.
  Rng root(scene_key(seed, part, animal, index));
  const Rng animal_rng = root.fork(1);
  Rng scenery_rng = root.fork(2);
  Rng grain = root.fork(3);

  Layer subject;
  const scene::Stance stance = animal == SceneClass::leopard
                                   ? scene::draw_leopard(animal_rng, subject)
                                   : scene::draw_orca(animal_rng, subject);
  const bool on_land = (animal == SceneClass::leopard) != swapped_background;
  const bool first = scenery_rng.chance(0.5);
  const Background background = on_land ? (first ? Background::savanna : Background::forest)
                                        : (first ? Background::sea : Background::sky);
  Layer picture;
  Layer front;
  scene::draw_background(background, scenery_rng, stance, picture, front);
  picture.lay(subject);
  picture.lay(front);

  Scene out;
  out.animal = animal;
  out.picture = {kSceneSize, kSceneSize, 3, {}};
  out.picture.pixels.reserve(static_cast<std::size_t>(kSceneSize) * kSceneSize * 3);
  out.mask.reserve(static_cast<std::size_t>(kSceneSize) * kSceneSize);
  for (int y = 0; y < kSceneSize; ++y) {
    for (int x = 0; x < kSceneSize; ++x) {
      const Layer::Pixel& p = picture.at(x, y);
      // Sensor noise, triangular: mostly of lightness, a little of each channel.
      const std::uint64_t bits = grain.next();
      const auto field = [&](int shift) {
        return static_cast<double>((bits >> shift) & 1023U) / 1023.0;
      };
      const double light = (field(0) + field(10) - 1.0) * 0.024;
      out.picture.pixels.push_back(to_byte(p.r + light + (field(20) - 0.5) * 0.014));
      out.picture.pixels.push_back(to_byte(p.g + light + (field(30) - 0.5) * 0.014));
      out.picture.pixels.push_back(to_byte(p.b + light + (field(40) - 0.5) * 0.014));
      const float seen = subject.at(x, y).a * (1.0F - front.at(x, y).a);
      out.mask.push_back(seen >= 0.5F ? 255 : 0);
    }
  }
  return out;
}

}  // namespace camloss
