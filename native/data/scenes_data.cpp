// The embedded scenes as a data set.
#include <algorithm>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/base/parallel.h"
#include "native/data/dataset.h"
#include "native/data/resampled.h"
#include "shared/maps/metrics.h"

namespace camloss::train {
namespace {

struct SceneId {
  ScenePart part;
  SceneClass animal;
  int index;
};

Part part_of(ScenePart part) {
  switch (part) {
    case ScenePart::train:
      return Part::train;
    case ScenePart::val:
      return Part::val;
    case ScenePart::shift:
      break;
  }
  return Part::shift;
}

std::string_view class_name(SceneClass animal) {
  return animal == SceneClass::leopard ? "leopard" : "orca";
}

Sample make_sample(const SceneId& id, std::uint64_t seed, int input_size, bool cut_outs) {
  const Scene scene = draw_scene(seed, id.part, id.animal, id.index);
  Sample sample;
  sample.name = scene_name(id.part, id.animal, id.index);
  sample.label = static_cast<int>(id.animal);
  sample.part = part_of(id.part);
  sample.given = sample.part;
  sample.hash = fnv1a(scene.picture.pixels);
  sample.packed = resampled_packed(scene.picture.view(), input_size, sample.name);
  sample.mask = mask_to_cells(scene.mask, kSceneSize, kSceneSize, input_size / 8);
  if (cut_outs) {
    const Image mask{kSceneSize, kSceneSize, 1, scene.mask};
    sample.cut_out = training_cutout(scene.picture, &mask, input_size);
  }
  return sample;
}

}  // namespace

std::string scene_name(ScenePart part, SceneClass animal, int index) {
  std::string number = std::to_string(index);
  number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
  return std::string(to_string(part_of(part))) + "/" + std::string(class_name(animal)) + "/" +
         number + ".png";
}

Dataset scenes_dataset(std::uint64_t scene_seed, int input_size, int threads, bool cut_outs) {
  Dataset dataset;
  dataset.name = kScenesName;
  dataset.description = "embedded scenes, data seed " + std::to_string(scene_seed);
  dataset.classes = {std::string(class_name(SceneClass::leopard)),
                     std::string(class_name(SceneClass::orca))};
  dataset.input_size = input_size;
  dataset.has_parts = true;
  dataset.has_masks = true;
  dataset.is_divided = true;
  std::vector<SceneId> ids;
  for (const ScenePart part : {ScenePart::train, ScenePart::val, ScenePart::shift}) {
    for (const SceneClass animal : {SceneClass::leopard, SceneClass::orca}) {
      for (int i = 0; i < scene_count(part, animal); ++i) ids.push_back({part, animal, i});
    }
  }
  std::sort(ids.begin(), ids.end(), [](const SceneId& a, const SceneId& b) {
    return scene_name(a.part, a.animal, a.index) < scene_name(b.part, b.animal, b.index);
  });
  dataset.samples.resize(ids.size());
  parallel_for(ids.size(), threads, [&](std::size_t i) {
    dataset.samples[i] = make_sample(ids[i], scene_seed, input_size, cut_outs);
  });
  return dataset;
}

}  // namespace camloss::train
