// A sample's place in the list → what it shows.
#include "wasm/app/samples.h"

#include "shared/scenes/scenes.h"

namespace camloss::ui {
namespace {

constexpr std::uint64_t kSampleSeed = 7;  // not the seed of any training set

/// Each animal stands before both backgrounds.
struct SampleKind {
  SceneClass animal = SceneClass::leopard;
  int index = 0;
  bool swapped = false;
};

SampleKind sample_kind(int number) {
  return {(number / 2) % 2 == 0 ? SceneClass::leopard : SceneClass::orca, number / 4,
          number % 2 == 1};
}

}  // namespace

std::string sample_label(int number) {
  return sample_kind(number).animal == SceneClass::leopard ? "leopard" : "orca";
}

std::string sample_name(int number) {
  const SampleKind kind = sample_kind(number);
  return sample_label(number) + " " + std::to_string(kind.index + 1) +
         (kind.swapped ? ", unusual background" : ", usual background");
}

Image sample_picture(int number) {
  const SampleKind kind = sample_kind(number);
  return draw_scene_before(kSampleSeed, ScenePart::val, kind.animal, kind.index, kind.swapped)
      .picture;
}

}  // namespace camloss::ui
