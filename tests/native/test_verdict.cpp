// The verdict on trainings whose truth is known: what is drawn says what the models can go by.
//
// They run only where they are asked for, as [drawn], which test.sh does. The program that CAMLOSS_TRAINER names trains, else
// this process, which with the sanitizers takes several times as long.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "native/evaluate/counterfactual.h"
#include "native/recipes/recipe.h"
#include "tests/native/command_line.h"
#include "tests/native/drawn_folder.h"

using namespace camloss::train;
using namespace camloss::test;
using nlohmann::json;

namespace {

constexpr int kSide = 48;  // of the input, pixels

/// A recipe for pictures of kSide, in a file.
template <class Change>
std::string recipe_file(const Folder& folder, const std::string& name, const Change& change) {
  Recipe recipe = load_recipe(name);
  recipe.input_size = kSide;
  recipe.context_dilation = 2;  // of 6 cells a side, as 4 of 12
  set_epochs(recipe, 30);
  recipe.least_steps = 0;
  change(recipe);
  const std::string file = folder / (name + ".json");
  camloss::io::write_file_atomically(file, recipe_json(recipe));
  return file;
}

struct Outcome {
  std::string word, why, part;
  json metrics;
};

/// Trains both models on a folder and reads the verdict.
template <class Change>
Outcome verdict_on(const Folder& folder, const std::string& data, const Change& change) {
  const std::vector<std::string> arguments{"train",
                                           "--data",
                                           data,
                                           "--recipe",
                                           recipe_file(folder, "baseline", [](Recipe&) {}),
                                           "--recipe",
                                           recipe_file(folder, "camloss", change),
                                           "--perturbed",
                                           "0",
                                           "--threads",
                                           "1",
                                           "--quiet",
                                           "--out",
                                           folder / "run"};
  if (const char* trainer = std::getenv("CAMLOSS_TRAINER"); trainer != nullptr) {
    std::string command = trainer;
    for (const std::string& argument : arguments) command += " '" + argument + "'";
    CAPTURE(command);
    REQUIRE(std::system(command.c_str()) == 0);
  } else {
    const Ran ran = folder.run(arguments);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
  }
  Outcome outcome;
  outcome.metrics = json::parse(read_text(fs::path(folder / "run") / "metrics.json"));
  const json& verdict = outcome.metrics.at("verdict");
  outcome.word = verdict.at("word");
  outcome.why = verdict.at("why");
  outcome.part = verdict.at("figures").value("part", "");
  return outcome;
}

Outcome verdict_on(const DrawnFolder& what) {
  const Folder folder;
  draw_folder(folder / "data", what);
  return verdict_on(folder, folder / "data", [](Recipe&) {});
}

/// Parts train, val and shift; in shift the shortcut tells the other class.
void draw_parts(const std::string& folder, DrawnFolder what) {
  draw_folder(folder + "/train", what);
  what.per_class = 12;
  what.seed = 2;
  draw_folder(folder + "/val", what);
  what.seed = 3;
  what.is_contradicting = true;
  draw_folder(folder + "/shift", what);
}

double still_says(const Outcome& outcome, std::size_t recipe) {
  return outcome.metrics.at("summary")
      .at(recipe)
      .at("parts")
      .at("background")
      .at("still_says")
      .at("mean");
}

}  // namespace

TEST_CASE("cured: the subject tells by itself, the background as well", "[.][verdict][drawn]") {
  const Outcome outcome = verdict_on({.shortcut = Shortcut::background});
  CAPTURE(outcome.why);
  CHECK(outcome.word == "cured");
  CHECK(outcome.part == "swapped");
  CHECK(still_says(outcome, 0) > still_says(outcome, 1) + 0.3);
}

TEST_CASE(
    "not cured: the shape alone is too hard, and the verdict says that the centre may not tell",
    "[.][verdict][drawn]") {
  const Outcome outcome = verdict_on({.shortcut = Shortcut::background, .tells = Tells::shape});
  CAPTURE(outcome.why);
  CHECK(outcome.word == "not cured");
  // Which of the two the training comes to is a matter of the processor's rounding.
  CHECK((contains(outcome.why, "is silent") ||
         contains(outcome.why, "the centre shows may not tell the classes apart")));
}

TEST_CASE("cured: subjects in the corners, where masks tell so", "[.][verdict][drawn]") {
  const Folder folder;
  draw_folder(folder / "data", {.shortcut = Shortcut::background, .is_centred = false});
  // Half as long as the recipes train on so few pictures; a quarter is too short.
  const Outcome outcome =
      verdict_on(folder, folder / "data", [](Recipe& recipe) { set_epochs(recipe, 90); });
  CAPTURE(outcome.why);
  CHECK(outcome.word == "cured");
}

TEST_CASE("not cured: subjects in the corners, and nothing tells so", "[.][verdict][drawn]") {
  const Folder folder;
  draw_parts(
      folder / "data",
      {.shortcut = Shortcut::background, .is_centred = false, .per_class = 24, .has_masks = false});
  const Outcome outcome = verdict_on(folder, folder / "data", [](Recipe&) {});
  CAPTURE(outcome.why);
  CHECK((outcome.word == "not cured" || outcome.word == "worse"));
  CHECK(outcome.part == "shift");
  CHECK(contains(outcome.why, "may not be centred"));
}

TEST_CASE("a mark in the middle: nothing is cleared without a shift part", "[.][verdict][drawn]") {
  const Outcome flat = verdict_on({.shortcut = Shortcut::mark, .tells = Tells::shape});
  CAPTURE(flat.why);
  CHECK(flat.word == "cannot say");
  CHECK(contains(flat.why, "as a watermark makes them"));
}

TEST_CASE("a mark in the middle: a shift part without it shows it", "[.][verdict][drawn]") {
  const Folder folder;
  draw_parts(folder / "data", {.shortcut = Shortcut::mark, .tells = Tells::shape});
  const Outcome given = verdict_on(folder, folder / "data", [](Recipe&) {});
  CAPTURE(given.why);
  CHECK((given.word == "not cured" || given.word == "worse"));
  CHECK(given.part == "shift");
  CHECK(contains(given.why, "a watermark, a stand, a hand"));
}

TEST_CASE("no shortcut: backgrounds of any colour", "[.][verdict][drawn]") {
  const Outcome outcome = verdict_on({.shortcut = Shortcut::none});
  CAPTURE(outcome.why);
  CHECK(outcome.word == "no shortcut found");
}

TEST_CASE("no shortcut: one sheet for all", "[.][verdict][drawn]") {
  const Outcome outcome = verdict_on({.shortcut = Shortcut::none, .is_plain = true});
  CAPTURE(outcome.why);
  CHECK(outcome.word == "no shortcut found");
}

TEST_CASE("a silent model is called so", "[.][verdict][drawn]") {
  const Folder folder;
  draw_folder(folder / "data", {.shortcut = Shortcut::background});
  const Outcome outcome = verdict_on(folder, folder / "data", [](Recipe& recipe) {
    recipe.lambda = 50;
    recipe.lambda_yields = false;
    recipe.calibrate = false;
  });
  CAPTURE(outcome.why);
  CHECK(outcome.word == "not cured");
  CHECK(contains(outcome.why, "is silent"));
}

TEST_CASE("too few pictures, and subjects that are not found, are said", "[.][verdict][drawn]") {
  const Outcome few = verdict_on({.shortcut = Shortcut::background, .per_class = 8});
  CAPTURE(few.why);
  CHECK(few.word == "cannot say");
  CHECK(contains(few.why, "too few pictures"));
  CHECK(contains(few.why, "nothing in this folder contradicts"));

  // Without masks nothing is found in the middle; no training is needed to see it.
  const Folder folder;
  draw_folder(
      folder / "data",
      {.shortcut = Shortcut::background, .is_centred = false, .per_class = 20, .has_masks = false});
  DataOptions options;
  options.path = folder / "data";
  options.input_size = kSide;
  const auto counts = Counterfactuals(2).of(load_dataset(options)).cut_outs;
  CHECK(counts[0].pictures >= 6);
  CHECK(2 * counts[0].found < counts[0].pictures);
  CHECK(2 * counts[1].found < counts[1].pictures);
}
