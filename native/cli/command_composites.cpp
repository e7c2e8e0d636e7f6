// `trainer composites`: the counterfactual pictures as a folder that `evaluate` reads.
#include <fmt/format.h>

#include <filesystem>

#include "native/base/error.h"
#include "native/cli/cli.h"
#include "native/cli/console.h"
#include "native/evaluate/counterfactual.h"
#include "native/io/png.h"
#include "native/record/metrics_json.h"

namespace camloss::train {

int run_composites(const CompositesCommand& command) {
  const std::filesystem::path folder = command.out;
  std::error_code unused;
  if (std::filesystem::exists(folder, unused) && !std::filesystem::is_empty(folder, unused)) {
    throw UserError(command.out + " is not empty", "name a new folder");
  }
  DataOptions options;
  options.path = command.data;
  options.classes = command.classes;
  options.split_seed = command.seed;
  options.split_file = command.split_file;
  options.scene_seed = command.scene_seed;
  options.threads = command.threads;
  const Dataset data = load_dataset(options);
  for (const std::string& warning : data.warnings) print_warning(warning);
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

}  // namespace camloss::train
