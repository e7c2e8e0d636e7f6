// `trainer scenes`: the embedded scenes as a folder of pictures with masks.
#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "native/cli.h"
#include "native/console.h"
#include "native/dataset.h"
#include "native/epoch_json.h"
#include "native/parallel.h"
#include "native/png.h"
#include "shared/scenes.h"

namespace camloss::train {

int run_scenes(const ScenesCommand& command) {
  struct Item {
    ScenePart part;
    SceneClass animal;
    int index;
  };
  std::vector<Item> items;
  for (const ScenePart part : {ScenePart::train, ScenePart::val, ScenePart::shift}) {
    for (const SceneClass animal : {SceneClass::leopard, SceneClass::orca}) {
      for (int i = 0; i < scene_count(part, animal); ++i) items.push_back({part, animal, i});
    }
  }
  const std::filesystem::path folder = command.out;
  parallel_for(items.size(), command.threads, [&](std::size_t i) {
    const Scene scene = draw_scene(command.seed, items[i].part, items[i].animal, items[i].index);
    const std::filesystem::path picture =
        folder / scene_name(items[i].part, items[i].animal, items[i].index);
    write_png(picture, scene.picture.view());
    std::filesystem::path mask = picture;
    mask.replace_extension(".mask.png");
    write_png(mask, {scene.mask.data(), kSceneSize, kSceneSize, 1});
  });
  if (command.json) {
    const OrderedJson json{
        {"out", command.out}, {"seed", command.seed}, {"pictures", items.size()}};
    print_line(stdout, json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  } else {
    print_line(stdout, fmt::format("{}: {} pictures with masks, data seed {}", command.out,
                                   items.size(), command.seed));
  }
  return 0;
}

}  // namespace camloss::train
