// `trainer composites`: the counterfactual pictures as a folder that `evaluate` reads.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "native/base/error.h"
#include "native/cli/command.h"
#include "native/cli/console.h"
#include "native/cli/usage.h"
#include "native/evaluate/counterfactual.h"
#include "native/io/png.h"
#include "native/record/run_record.h"

namespace camloss::train {
namespace {

struct CompositesCommand {
  std::string data;  // empty: the embedded scenes
  std::string classes;
  std::string split_file;
  std::string out;
  std::uint64_t seed = 1;  // of the division and of the backgrounds
  std::uint64_t scene_seed = 1;
  int threads = 0;
  bool json = false;
};

int run_composites(const CompositesCommand& command) {
  const std::filesystem::path folder = command.out;
  refuse_inside_data(folder, command.data);
  std::error_code unused;
  if (std::filesystem::exists(folder, unused) && !std::filesystem::is_empty(folder, unused)) {
    throw UserError(command.out + " is not empty", "name a new folder");
  }
  DataOptions options;
  options.path = command.data;
  options.classes = command.classes;
  options.split_seed = command.seed;
  options.scene_seed = command.scene_seed;
  options.split_file = command.split_file;
  options.threads = command.threads;
  const Dataset data = load_dataset(options);
  warn_of_data(data);
  std::size_t swapped = 0, background = 0;
  const auto cut_outs = Counterfactuals(command.threads).each(data, [&](const MadePicture& made) {
    ++(made.part == Part::swapped ? swapped : background);
    std::filesystem::path file = folder / std::filesystem::path(made.name);
    io::write_png(file, made.picture.view());
    if (made.mask == nullptr) return;
    io::write_png(file.replace_extension(".mask.png"),
                  {made.mask->data(), kCutOutSide, kCutOutSide, 1});
  });
  if (swapped + background == 0) {
    throw UserError("no subject could be cut out, so there is nothing to write",
                    "the subjects must lie in the centre and differ from the background, or give "
                    "masks as NAME.mask.png");
  }
  if (command.json) {
    const Json json{{"out", command.out},
                    {"seed", command.seed},
                    {"swapped", swapped},
                    {"background", background},
                    {"cut_outs", cut_outs_json(cut_outs, data.classes)}};
    print_line(stdout, to_line(json));
  } else {
    print_line(stdout, cut_out_text(cut_outs, data.classes));
    print_line(stdout, fmt::format("{}: {} swapped, {} background pictures; read them with "
                                   "evaluate --data {}",
                                   command.out, swapped, background, command.out));
  }
  return 0;
}

std::function<int(const Call&)> declare_composites(Options& options) {
  const auto c = std::make_shared<CompositesCommand>();
  options.data_as_of_train(c->data);
  options.text("--classes", c->classes, "A,B", "As of train");
  options.text("--split", c->split_file, "FILE", "As of train");
  options.text("--out", c->out, "DIR", "A new folder")->required();
  options.seed("--seed", c->seed, "Of the division and of the backgrounds. Default: 1");
  options.scene_seed(c->scene_seed);
  options.threads(c->threads);
  options.written_as_json(c->json);
  options.footer(
      "Writes DIR/swapped/CLASS and DIR/background/CLASS, from the pictures that a training with "
      "this seed does not\n"
      "train on. The subjects are found with the picture's centre as the hint, or given as "
      "NAME.mask.png.\n\n"
      "Example:\n  trainer composites --data photos --out photos-swapped");
  return [c](const Call&) { return run_composites(*c); };
}

}  // namespace

const Command kComposites{
    "composites",
    "Write the counterfactual pictures of a data set: subjects before other backgrounds, "
    "backgrounds alone",
    false, declare_composites};

}  // namespace camloss::train
