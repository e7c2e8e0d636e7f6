// `trainer reproduce talk`: trains what the talk trained, and prints its claims beside what came
// out.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "native/base/error.h"
#include "native/base/text.h"
#include "native/cli/cli.h"
#include "native/cli/console.h"
#include "native/record/run_records.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

/// In the order of the talk: its model before, its program and its slides after, and what the idea
/// became since.
constexpr const char* kRecipes[] = {"talk-baseline", "talk-code", "talk", "camloss"};

/// A line of the table: what the talk said, and where the figure is in a part's summary.
struct Claim {
  const char* label;
  const char* before;  // of the talk, without the loss
  const char* after;   // of the talk, with it
  const char* part;
  const char* key;
};
constexpr Claim kClaims[] = {
    {"accuracy, train", "about 1.000", "not published", "train", "accuracy"},
    {"accuracy, val", "about 1.000", "not published", "val", "accuracy"},
    {"accuracy, test", "0.5938 (19/32)", "not published", "shift", "accuracy"},
    {"off-centre mass, val", "pictures only", "pictures only", "val", "off_centre_mass"},
    {"off-centre mass, test", "pictures only", "pictures only", "shift", "off_centre_mass"},
    {"energy in mask, test", "–", "–", "shift", "energy_in_mask"},
};

std::string figure(const Json& recipe, const Claim& claim) {
  const auto mean = number_at(recipe, {"parts", claim.part, claim.key, "mean"});
  if (!mean) return "–";
  const auto sd = number_at(recipe, {"parts", claim.part, claim.key, "sd"});
  return sd ? fmt::format("{:.4f} ± {:.4f}", *mean, *sd) : fmt::format("{:.4f}", *mean);
}

}  // namespace

std::string talk_table(const Json& summary) {
  constexpr std::size_t kLabel = 24, kSaid = 17, kFigure = 19;
  std::string text = padded("", kLabel) + padded("the talk", 2 * kSaid) + "here\n" +
                     padded("", kLabel) + padded("before", kSaid) + padded("after", kSaid);
  for (const Json& recipe : summary)
    text += padded(recipe.at("recipe").get<std::string>(), kFigure);
  text += "\n";
  for (const Claim& claim : kClaims) {
    std::string figures;
    bool any = false;
    for (const Json& recipe : summary) {
      const std::string value = figure(recipe, claim);
      any = any || value != "–";
      figures += padded(value, kFigure);
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
    const Json said{{"recipes", records.summary},
                    {"talk",
                     {{"train_accuracy", 1.0},
                      {"val_accuracy", 1.0},
                      {"test_accuracy_before", 0.5938},
                      {"test_accuracy_after", nullptr}}}};
    print_line(stdout, to_line(said));
    return 0;
  }
  print_line(stdout, "\n" + talk_table(records.summary));
  return 0;
}

}  // namespace camloss::train
