// `trainer scenes`: the embedded scenes as a folder of pictures with masks.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <vector>

#include "native/base/json.h"
#include "native/base/parallel.h"
#include "native/cli/command.h"
#include "native/cli/console.h"
#include "native/data/dataset.h"
#include "native/io/png.h"
#include "shared/scenes/scenes.h"

namespace camloss::train {
namespace {

struct ScenesCommand {
  std::string out;
  std::uint64_t seed = 1;
  int threads = 0;
  bool json = false;
};

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
    io::write_png(picture, scene.picture.view());
    std::filesystem::path mask = picture;
    mask.replace_extension(".mask.png");
    io::write_png(mask, {scene.mask.data(), kSceneSize, kSceneSize, 1});
  });
  if (command.json) {
    const Json json{{"out", command.out}, {"seed", command.seed}, {"pictures", items.size()}};
    print_line(stdout, to_line(json));
  } else {
    print_line(stdout, fmt::format("{}: {} pictures with masks, data seed {}", command.out,
                                   items.size(), command.seed));
  }
  return 0;
}

std::function<int(const Call&)> declare_scenes(Options& options) {
  const auto c = std::make_shared<ScenesCommand>();
  options.text("--out", c->out, "DIR", "Folder")->required();
  options.seed("--seed", c->seed, "Default: 1");
  options.threads(c->threads);
  options.written_as_json(c->json);
  options.footer("Example:\n  trainer scenes --out scenes --seed 7");
  return [c](const Call&) { return run_scenes(*c); };
}

}  // namespace

const Command kScenes{"scenes", "Write the embedded scenes and their masks as PNG files", false,
                      declare_scenes};

}  // namespace camloss::train
