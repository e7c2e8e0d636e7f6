// `trainer reproduce talk`: trains what the talk trained, and prints its claims beside what came
// out.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "native/base/error.h"
#include "native/base/text.h"
#include "native/cli/command.h"
#include "native/cli/command_reproduce.h"
#include "native/cli/command_train.h"
#include "native/cli/console.h"
#include "native/record/run_records.h"

namespace camloss::train {
namespace {

struct ReproduceCommand {
  std::string what;
  TrainCommand train;  // its recipes are set by the command
};

namespace fs = std::filesystem;

/// In the order of the talk: its model before, its program and its slides after, and what the idea
/// became since.
constexpr const char* kRecipes[] = {"talk-baseline", "talk-code", "talk", "camloss"};

/// A line of the table: what the talk said, and where the figure is in a part's summary.
struct Claim {
  const char* label;
  const char* before;  // of the talk, without the loss
  const char* after;   // of the talk, with it
  Part part;
  const Figure& figure;
};
constexpr Claim kClaims[] = {
    {"accuracy, train", "about 1.000", "not published", Part::train, figure("accuracy")},
    {"accuracy, val", "about 1.000", "not published", Part::val, figure("accuracy")},
    {"accuracy, test", "0.5938 (19/32)", "not published", Part::shift, figure("accuracy")},
    {"off-centre mass, val", "pictures only", "pictures only", Part::val,
     figure("off_centre_mass")},
    {"off-centre mass, test", "pictures only", "pictures only", Part::shift,
     figure("off_centre_mass")},
    {"energy in mask, test", "–", "–", Part::shift, figure("energy_in_mask")},
};

}  // namespace

std::string talk_table(std::span<const RunRecord> runs) {
  constexpr std::size_t kLabel = 24, kSaid = 17, kFigure = 19;
  std::string text = padded("", kLabel) + padded("the talk", 2 * kSaid) + "here\n" +
                     padded("", kLabel) + padded("before", kSaid) + padded("after", kSaid);
  const std::vector<RecipeRuns> recipes = by_recipe(runs);
  for (const RecipeRuns& recipe : recipes) text += padded(recipe.recipe, kFigure);
  text += "\n";
  for (const Claim& claim : kClaims) {
    std::string figures;
    bool any = false;
    for (const RecipeRuns& recipe : recipes) {
      const auto value = recipe.figure(claim.part, claim.figure);
      any = any || value;
      figures += padded(mean_text(value, 4), kFigure);
    }
    if (any)
      text += padded(claim.label, kLabel) + padded(claim.before, kSaid) +
              padded(claim.after, kSaid) + figures + "\n";
  }
  return text +
         "\ntalk-baseline is \"before\"; talk-code (the talk's program) and talk (its slides) are "
         "\"after\"; camloss is what\n"
         "the idea became. The test part is the one whose backgrounds contradict the classes: "
         "chosen by hand in the talk, by\n"
         "border colour here, so figures compare in kind, not to the digit. Off-centre mass: lower "
         "is better.";
}

namespace {

int run_reproduce(const ReproduceCommand& command) {
  if (command.what != "talk")
    throw UserError("nothing called '" + command.what + "' can be reproduced", "there is: talk", 2);
  TrainCommand train = command.train;
  train.recipes.assign(std::begin(kRecipes), std::end(kRecipes));
  if (train.out.empty()) {
    const std::string data =
        train.data.empty() ? "scenes" : fs::path(train.data).lexically_normal().stem().string();
    train.out =
        (fs::path("runs") / ("talk-" + (data.empty() || data == "." ? "data" : data))).string();
  }
  // The table below is what --json prints; the training's own output must not mix with it.
  const bool json = train.json;
  train.json = false;
  if (json) train.quiet = true;
  if (const int code = run_train(train); code != 0) return code;
  const Records records = load_records(train.out);
  if (json) {
    const Json said{{"recipes", summary_json(records.runs, records.classes)},
                    {"talk",
                     {{"train_accuracy", 1.0},
                      {"val_accuracy", 1.0},
                      {"test_accuracy_before", 0.5938},
                      {"test_accuracy_after", nullptr}}}};
    print_line(stdout, to_line(said));
    return 0;
  }
  print_line(stdout, "\n" + talk_table(records.runs));
  return 0;
}

std::function<int(const Call&)> declare_reproduce(Options& options) {
  const auto c = std::make_shared<ReproduceCommand>();
  TrainCommand& train = c->train;
  options
      .text("what", c->what, "talk", "talk: the talk of January 2023 that this program implements",
            {"talk"})
      ->required();
  options.text("--data", train.data, "PATH",
               "A Caltech-256 tree or its .tar, or as of train. Default: the embedded scenes");
  options.text("--classes", train.classes, "A,B", "As of train");
  options.seeds(train.seeds);
  options.whole_number("--epochs", train.epochs, 3, 100000, "Instead of the recipes'");
  options.whole_number("--input-size", train.input_size, 8, 1024,
                       "Instead of the recipes', a multiple of 8");
  options.text("--out", train.out, "DIR", "Folder of the results. Default: runs/talk-<data name>");
  options.threads(train.threads);
  options.scene_seed(train.scene_seed);
  options.flag("--overwrite", train.overwrite, "Replace a finished reproduction in the folder");
  options.text("--mlruns", train.mlruns, "DIR", "As of train");
  options.flag("--resume", train.resume, "Continue an interrupted reproduction");
  options.flag("--quiet", train.quiet, "Print the closing table only");
  options.flag("--json", train.json, "Print the figures as one JSON object");
  options.footer(
      "Trains talk-baseline, talk-code (the talk's program), talk (its slides) and camloss.\n\n"
      "Example:\n  trainer reproduce talk --data 256_ObjectCategories.tar --seeds 1,2,3");
  return [c](const Call& call) {
    c->train.command_line = call.command_line;
    return run_reproduce(*c);
  };
}

}  // namespace

const Command kReproduce{"reproduce", "Train what a talk trained; its claims beside what comes out",
                         true, declare_reproduce};

}  // namespace camloss::train
