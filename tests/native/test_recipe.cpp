// Recipes: defaults, the built-in ones, refusals that name the field.
#include <catch2/catch.hpp>

#include "native/base/strict_json.h"
#include "native/recipes/recipe.h"
#include "shared/learn/settings.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;

namespace {

std::string refusal(std::string_view json) {
  return text_of(error_of([&] { (void)parse_recipe(json, "mine.json"); }));
}
bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an empty recipe has every default and the file's name") {
  const Recipe recipe = parse_recipe("{}", "runs/mine.json");
  Recipe expected;
  expected.name = "mine";
  CHECK(recipe_json(recipe) == recipe_json(expected));
  CHECK(recipe.lambda == 1);
  CHECK(recipe.sigma == 0.25);
  CHECK(recipe.balance);
}

TEST_CASE("the learning core's ranges are those of a recipe's fields") {
  learn::Settings settings;
  for (const learn::Setting& setting : learn::settings_of(settings)) {
    if (setting.yes != nullptr) continue;
    INFO(setting.name);
    const auto json_of = [&](double value) {
      const std::string name(setting.name);
      const std::size_t dot = name.find('.');
      Json json;
      // A context, so that a dilation means something.
      if (name == "context_dilation") json["context"] = 3;
      Json& field =
          dot == std::string::npos ? json[name] : json[name.substr(0, dot)][name.substr(dot + 1)];
      if (setting.whole != nullptr) {
        field = static_cast<std::int64_t>(value);
      } else {
        field = value;
      }
      return json.dump();
    };
    const bool is_whole = setting.whole != nullptr;
    const double beyond = is_whole ? 8 : 1e-6;
    CHECK_NOTHROW(parse_recipe(json_of(setting.least), "mine.json"));
    CHECK_NOTHROW(parse_recipe(json_of(setting.most), "mine.json"));
    CHECK_THROWS_AS(parse_recipe(json_of(setting.most + beyond), "mine.json"), UserError);
    CHECK_THROWS_AS(parse_recipe(json_of(setting.least - beyond), "mine.json"), UserError);
  }
}

TEST_CASE("a recipe written down is read back the same") {
  Recipe recipe = load_recipe("talk-code");
  recipe.name = "other";
  recipe.description = "ümläut \"quoted\"";
  recipe.jitter.hue = 0.125;
  recipe.optimizer.schedule = Schedule::cosine;
  recipe.mean = {0.485F, 0.456F, 0.406F};
  recipe.std = {1.0F / 255, 1.0F / 255, 1.0F / 255};
  const std::string json = recipe_json(recipe);
  const Recipe back = parse_recipe(json, "x.json");
  CHECK(recipe_json(back) == json);
  CHECK(back.mean == recipe.mean);
  CHECK(back.std == recipe.std);
  CHECK(back.name == "other");
  CHECK(back.description == recipe.description);
  CHECK(back.phases.size() == 3);
}

TEST_CASE("the built-in recipes are what the design says") {
  CHECK(recipe_names() == std::vector<std::string>{"baseline", "camloss", "camloss-2023",
                                                   "talk-baseline", "talk", "talk-code"});
  for (const std::string& name : recipe_names()) CHECK(load_recipe(name).name == name);
  const Recipe baseline = load_recipe("baseline");
  CHECK(baseline.loss == Loss::bce);
  CHECK(baseline.head == Head::fcn);
  const Recipe ours = load_recipe("camloss");
  CHECK(ours.loss == Loss::split);
  CHECK(ours.head == Head::fcn);
  // Both models of a pair have the same net and input.
  CHECK(ours.input_size == baseline.input_size);
  CHECK(ours.mean == baseline.mean);
  CHECK(ours.std == baseline.std);
  CHECK(ours.context > 1);
  CHECK(ours.context == baseline.context);
  CHECK(ours.context_dilation == baseline.context_dilation);
  // … and the same changes of colour and number of epochs.
  CHECK(ours.jitter.channels == baseline.jitter.channels);
  CHECK(ours.greyscale == baseline.greyscale);
  CHECK(ours.epochs == baseline.epochs);
  CHECK(ours.least_steps == baseline.least_steps);
  CHECK(needs_cut_outs(ours));
  const Recipe first = load_recipe("camloss-2023");
  CHECK(first.context == 1);
  CHECK(first.epochs == 40);
  CHECK(first.mix == 0.7);
  CHECK_FALSE(first.lambda_yields);

  const Recipe talk_baseline = load_recipe("talk-baseline");
  CHECK(talk_baseline.epochs == 5);
  for (const char* name : {"talk-baseline", "talk", "talk-code"}) {
    INFO(name);
    const Recipe talk = load_recipe(name);
    CHECK(talk.head == Head::dense);
    CHECK(talk.input_size == 192);
    CHECK(talk.batch == 32);
    CHECK(talk.optimizer.learning_rate == 0.01);
    CHECK(talk.optimizer.momentum == 0);
    CHECK(talk.optimizer.clip_norm == 0);
    CHECK(talk.mean[0] == 0);
    CHECK(talk.std[2] == 1.0F / 255);
  }
  for (const char* name : {"talk", "talk-code"}) {
    const Recipe talk = load_recipe(name);
    REQUIRE(talk.phases.size() == 3);
    CHECK(talk.epochs == 15);
    CHECK(talk.phases[0].map == 0);
    CHECK(talk.phases[1].classify == 0);
    CHECK(talk.phases[2].rate == 0.1);
  }
}

TEST_CASE("a context must have a middle and a head that takes it") {
  CHECK(has(refusal(R"({"context": 4})"), "\"context\" is 4"));
  CHECK(has(refusal(R"({"context": 9})"), "\"context\" is 9"));
  CHECK(has(refusal(R"({"context_dilation": 2})"), "\"context_dilation\""));
  CHECK(has(refusal(R"({"context": 3, "context_dilation": 0})"), "\"context_dilation\" is 0"));
  CHECK(has(refusal(R"({"context": 3, "head": "dense"})"), "for the fcn head"));
  Recipe recipe = parse_recipe(R"({"context": 3, "context_dilation": 2})", "x.json");
  set_head(recipe, Head::dense);
  CHECK(recipe.context == 1);
  CHECK_NOTHROW(check_recipe(recipe));
}

TEST_CASE("unknown fields are named, with the nearest known one") {
  CHECK(has(refusal(R"({"lamda": 1})"), R"(unknown field "lamda" — did you mean "lambda"?)"));
  CHECK(has(refusal(R"({"optimizer": {"momentun": 1}})"), R"("optimizer.momentun")"));
  CHECK(has(refusal(R"({"optimizer": {"momentun": 1}})"), R"("optimizer.momentum"?)"));
  CHECK(has(refusal(R"({"zzzzzzzzzz": 1})"), "the fields are name, description"));
  CHECK(has(refusal(R"({"optimizer.momentum": {}})"), "optimizer.momentum"));
  CHECK(has(refusal(R"({"epochs": 1, "phases": [{"epochs": 1, "ratte": 2}]})"),
            R"("phases[0].ratte" — did you mean "rate"?)"));
}

TEST_CASE("wrong types and ranges are named") {
  const auto check = [](std::string_view json, std::string_view field, std::string_view must) {
    const std::string text = refusal(json);
    INFO(text);
    CHECK(has(text, "mine.json"));
    CHECK(has(text, field));
    CHECK(has(text, must));
  };
  check(R"({"lambda": "1"})", "\"lambda\" is \"1\"", "a number from 0");
  check(R"({"lambda": -1})", "\"lambda\" is -1", "from 0 to");
  check(R"({"epochs": 1.5})", "\"epochs\" is 1.5", "a whole number");
  check(R"({"epochs": 0})", "\"epochs\" is 0", "from 1");
  check(R"({"epochs": true})", "\"epochs\" is true", "a whole number");
  check(R"({"input_size": 100})", "\"input_size\" is 100", "a multiple of 8");
  check(R"({"input_size": 2048})", "\"input_size\"", "to 1024");
  check(R"({"loss": "mse"})", "\"loss\" is \"mse\"", "\"quotient\"");
  check(R"({"head": 3})", "\"head\" is 3", "\"dense\"");
  check(R"({"flip": 1})", "\"flip\" is 1", "true or false");
  check(R"({"mean": [1, 2]})", "\"mean\" is [1,2]", "one number or three");
  check(R"({"std": 0})", "\"std\" is 0", "from 0.0001");
  check(R"({"std": [1, 1, "x"]})", "\"std\"", "one number or three");
  check(R"({"optimizer": 5})", "\"optimizer\"", "write it as {");
  check(R"({"phases": 5})", "\"phases\" is 5", "a list");
  check(R"({"phases": [5]})", "\"phases\"", "an object");
  check(R"({"name": "../x"})", "\"name\"", "letters");
  check(R"({"name": ""})", "\"name\"", "letters");
  check(R"({"greyscale": 1.01})", "\"greyscale\"", "to 1");
  check(R"({"loss": "talk"})", "\"talk\"", "dense");
  check(R"({"head": "dense", "epochs": 4, "phases": [{"epochs": 3}]})", "sum to 3", "4");
}

TEST_CASE("text that is no clean JSON object is refused") {
  for (const char* text :
       {"", "{", "[]", "5", "null", "{\"lambda\": 1,}", "{\"lambda\": 1} x", "{\"lambda\": 1e999}",
        "{\"name\": \"\xFF\"}", "{'lambda': 1}", "{\"lambda\": NaN}", "\xEF\xBB"}) {
    INFO(text);
    CHECK(has(refusal(text), "mine.json"));
  }
  CHECK(has(refusal(R"({"lambda": 1, "lambda": 2})"), "\"lambda\" is there twice"));
  CHECK(has(refusal(std::string(100'000, '[')), "nested deeper"));
  CHECK(has(refusal(std::string(kMaxRecipeBytes + 1, ' ')), "larger than"));
}

TEST_CASE("recipes are found by name or path") {
  const TemporaryFolder folder;
  write(folder.path() / "deep.json", R"({"head": "dense", "loss": "split"})");
  const Recipe recipe = load_recipe(folder.str("deep.json"));
  CHECK(recipe.name == "deep");
  CHECK(recipe.input_size == 192);
  const std::string text = text_of(error_of([] { (void)load_recipe("camlos"); }));
  CHECK(has(text, "did you mean camloss?"));
  CHECK(has(text, "talk-code"));
}

TEST_CASE("a change of head changes the input size, the same head does not") {
  Recipe recipe = load_recipe("camloss");
  recipe.input_size = 128;
  set_head(recipe, Head::fcn);
  CHECK(recipe.input_size == 128);
  set_head(recipe, Head::dense);
  CHECK(recipe.input_size == 192);
  set_head(recipe, Head::fcn);
  CHECK(recipe.input_size == 96);
  Recipe talk = load_recipe("talk");
  set_head(talk, Head::fcn);
  CHECK_THROWS_AS(check_recipe(talk), UserError);
}

TEST_CASE("another number of epochs stretches the phases") {
  for (const int epochs : {3, 4, 5, 7, 15, 16, 30, 100}) {
    Recipe recipe = load_recipe("talk");
    set_epochs(recipe, epochs);
    INFO(epochs);
    CHECK_NOTHROW(check_recipe(recipe));
    CHECK(recipe.epochs == epochs);
    for (const Phase& phase : recipe.phases) {
      CHECK(phase.epochs >= 1);
      CHECK(std::abs(phase.epochs - epochs / 3.0) < 1);
    }
  }
  Recipe recipe = load_recipe("talk");
  CHECK_THROWS_AS(set_epochs(recipe, 2), UserError);
  Recipe plain = load_recipe("baseline");
  set_epochs(plain, 1);
  CHECK(plain.epochs == 1);
}

TEST_CASE("few pictures are shown more often, until the least number of batches is made") {
  const auto epochs_of = [](int first, int second, bool balance) {
    Recipe recipe;
    recipe.epochs = 80;
    recipe.batch = 16;
    recipe.least_steps = 960;
    recipe.balance = balance;
    reach_least_steps(recipe, {first, second});
    return recipe.epochs;
  };
  CHECK(epochs_of(96, 64, true) == 80);   // 12 batches of 2 * 96 pictures
  CHECK(epochs_of(63, 59, true) == 120);  // 8 batches of 2 * 63 pictures
  CHECK(epochs_of(63, 59, false) == 120);
  CHECK(epochs_of(5, 3, true) == 960);
  CHECK(epochs_of(60, 3, true) == 120);
  CHECK(epochs_of(60, 3, false) == 240);  // 4 batches of 63 pictures
  CHECK(epochs_of(5000, 5000, true) == 80);
  CHECK(epochs_of(0, 0, true) == 80);
  Recipe talk = load_recipe("talk");  // no least number of batches
  reach_least_steps(talk, {5, 5});
  CHECK(talk.epochs == 15);
  talk.least_steps = 30;
  reach_least_steps(talk, {5, 5});
  CHECK(talk.epochs == 30);
  CHECK_NOTHROW(check_recipe(talk));  // its phases are longer
}

TEST_CASE("edit distance") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("lambda", "lamda") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
}
