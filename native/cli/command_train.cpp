// `trainer train`: its options.
#include "native/cli/command_train.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "native/cli/command.h"
#include "native/recipes/recipe.h"

namespace camloss::train {
namespace {

std::function<int(const Call&)> declare_train(Options& options) {
  const auto c = std::make_shared<TrainCommand>();
  options.text("--data", c->data, "PATH",
               "Folder with two sub-folders of pictures or with train/, val/ and shift/ parts of "
               "such, a Caltech-256 "
               "tree or its .tar. Default: the embedded scenes");
  options.text("--classes", c->classes, "A,B",
               "The two classes in index order; FOLDER=NAME renames. Default: alphabetical");
  options.texts("--recipe", c->recipes, "NAME|FILE",
                fmt::format("{}, or a JSON file; may be repeated. Default: baseline camloss",
                            fmt::join(recipe_names(), ", ")),
                recipe_names());
  options.choice("--head", c->head,
                 std::vector{std::pair{std::string("fcn"), Head::fcn}, {"dense", Head::dense}},
                 "fcn or dense, instead of the recipe's");
  options.whole_number("--epochs", c->epochs, 1, 100000, "Instead of the recipe's");
  options.whole_number("--input-size", c->input_size, 8, 1024,
                       "Side of the network's input in pixels, a multiple of 8");
  options.seeds(c->seeds);
  options.text("--out", c->out, "DIR", "Folder of the results. Default: runs/<data name>");
  options.threads(c->threads);
  options.choice("--device", c->device, {"cpu", "cuda"}, "cpu or cuda");
  options.choice("--engine", c->engine, {"torch", "core"},
                 "torch: LibTorch; core: what trains in a page. Default: torch");
  options.flag("--resume", c->resume,
               "Continue an interrupted training, bit by bit as if it had not been");
  options.text("--split", c->split_file, "FILE",
               "Take the division into parts from a split-s<seed>.json");
  options.scene_seed(c->scene_seed);
  options.flag("--overwrite", c->overwrite, "Replace a finished training in the folder");
  options.whole_number(
      "--perturbed", c->perturbed, 0, 1000000,
      "Pictures of each part that deletion and insertion are measured on. Default: 32");
  options.choice("--format", c->format, {"safetensors", "json"},
                 "Of the weights: safetensors or json");
  options.dtype(c->dtype, "Of the weights: f32 or f16");
  options.text("--mlruns", c->mlruns, "DIR",
               "Add the runs to this MLflow file store (mlflow ui --backend-store-uri DIR)");
  options.flag("--quiet", c->quiet, "Print errors and warnings only");
  options.flag("--json", c->json, "Print metrics.json on stdout, tables on stderr");
  options.footer(
      "Examples:\n"
      "  trainer train                                     both models on the embedded scenes\n"
      "  trainer train --data photos --seeds 1,2,3         on your own pictures, three times\n"
      "  trainer train --data photos --recipe camloss --resume\n"
      "\nWrites <recipe>-s<seed>.safetensors, split-s<seed>.json, recipe-<recipe>.json, "
      "metrics.json, log.jsonl and\n"
      "report.html, which opens in any browser.");
  return [c](const Call& call) {
    c->command_line = call.command_line;
    return run_train(*c);
  };
}

}  // namespace

const Command kTrain{"train", "Train models and compare them", true, declare_train};

}  // namespace camloss::train
