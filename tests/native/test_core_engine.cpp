// The learning core trains as LibTorch does: the same losses and weights from the same first weights and batches, and
// the same results, records and refusals.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "native/base/error.h"
#include "native/evaluate/evaluate.h"
#include "native/train/core_engine.h"
#include "native/train/loop.h"
#include "native/train/trainer.h"
#include "tests/native/temporary_folder.h"
#include "tests/native/toy_data.h"

using namespace camloss;
using namespace camloss::train;
using camloss::test::TemporaryFolder;
using camloss::test::toy_data;

namespace {

/// Notes each batch's loss, and stops after some.
class Notes : public TrainingObserver {
 public:
  explicit Notes(int batch_size, std::size_t stop_after = 0)
      : size_(batch_size), stop_after_(stop_after) {}
  void resumed(const std::vector<EpochRecord>& records, std::size_t) override {
    resumed_epochs = records.size();
  }
  void batch_done(int, std::size_t done, std::size_t, double mean) override {
    // The mean over the epoch so far; every batch here is full.
    const double sum = mean * static_cast<double>(done) * size_;
    losses.push_back((sum - (done == 1 ? 0 : last_)) / size_);
    last_ = sum;
  }
  void epoch_done(const EpochRecord&) override {}
  [[nodiscard]] bool stop_requested() const override {
    return stop_after_ > 0 && losses.size() >= stop_after_;
  }

  std::vector<double> losses;
  std::size_t resumed_epochs = 0;

 private:
  int size_;
  std::size_t stop_after_;
  double last_ = 0;
};

TrainingSettings settings_of(const Recipe& recipe, Engine engine, std::uint64_t seed = 3) {
  TrainingSettings settings;
  settings.recipe = recipe;
  settings.seed = seed;
  settings.engine = engine;
  return settings;
}

}  // namespace

TEST_CASE("ten steps of both engines: losses within 1e-4, weights within 1e-3", "[learn]") {
  const std::string name = GENERATE("baseline", "camloss");
  const std::uint64_t seed = GENERATE(1, 2);
  Recipe recipe = load_recipe(name);
  recipe.epochs = 2;  // five batches of 16 each
  const Dataset data = name == "baseline" || seed == 1 ? toy_data(96, 40, seed) : [&] {
    Dataset scenes = scenes_dataset(seed, 96);
    // 40 leopards and 40 orcas: full batches.
    std::vector<Sample> kept;
    for (const int label : {0, 1}) {
      int count = 0;
      for (Sample& sample : scenes.samples) {
        if (sample.part == Part::train && sample.label == label && count < 40) {
          kept.push_back(std::move(sample));
          ++count;
        }
      }
    }
    scenes.samples = std::move(kept);
    return scenes;
  }();
  REQUIRE(data.count(Part::train, 0) == 40);
  Notes torch(16), core(16);
  const TrainingOutcome expected =
      train_model(data, settings_of(recipe, Engine::torch, seed), torch);
  const TrainingOutcome found = train_model(data, settings_of(recipe, Engine::core, seed), core);
  REQUIRE(torch.losses.size() == 10);
  REQUIRE(core.losses.size() == 10);
  double worst = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    INFO("step " << i);
    CHECK(std::abs(core.losses[i] - torch.losses[i]) < 1e-4);
  }
  CHECK(core.losses.back() != core.losses.front());
  REQUIRE(found.weights.tensors.size() == expected.weights.tensors.size());
  for (const auto& [tensor, values] : expected.weights.tensors) {
    INFO(tensor);
    const auto& own = found.weights.tensors.at(tensor);
    REQUIRE(own.shape == values.shape);
    for (std::size_t i = 0; i < values.values.size(); ++i) {
      const double difference =
          std::abs(static_cast<double>(own.values[i]) - static_cast<double>(values.values[i]));
      worst = std::max(worst, difference);
    }
    CHECK(worst < 1e-3);
  }
  CHECK(found.epochs.size() == 2);
}

TEST_CASE("the core trains, records and goes on as LibTorch does", "[learn]") {
  const Dataset data = toy_data(24, 24);
  Recipe recipe;
  recipe.name = "small";
  recipe.input_size = 24;
  recipe.loss = Loss::split;
  recipe.init = Init::glorot;
  recipe.batch = 8;
  recipe.epochs = 10;
  recipe.optimizer.schedule = Schedule::cosine;
  Notes notes(8);
  const TrainingOutcome whole = train_model(data, settings_of(recipe, Engine::core), notes);
  REQUIRE(whole.finished);
  REQUIRE(whole.epochs.size() == 10);
  const EpochRecord& last = whole.epochs.back();
  CHECK(last.val_accuracy.value() >= 0.9);
  CHECK(last.map_loss.has_value());
  CHECK(last.val_off_centre_mass.has_value());
  CHECK(last.pictures == 48);
  CHECK(whole.weights.info.recipe == "small");
  const CheckedWeights weights = value_or_throw(check(whole.weights));
  CHECK(evaluate_samples(weights, data.part(Part::val), {}).accuracy == last.val_accuracy.value());

  // On three threads: the same bits.
  TrainingSettings threads = settings_of(recipe, Engine::core);
  threads.threads = 3;
  Notes again(8);
  const TrainingOutcome spread = train_model(data, threads, again);
  CHECK(spread.epochs.back().val_loss == last.val_loss);
  for (const auto& [name, tensor] : whole.weights.tensors) {
    CHECK(spread.weights.tensors.at(name).values == tensor.values);
  }

  // Stopped in the middle of an epoch and continued: the same bits.
  const TemporaryFolder folder;
  TrainingSettings settings = settings_of(recipe, Engine::core);
  settings.checkpoint = folder / "state";
  settings.resume = true;
  Notes first(8, 20), second(8);
  CHECK_FALSE(train_model(data, settings, first).finished);
  const TrainingOutcome rest = train_model(data, settings, second);
  REQUIRE(rest.finished);
  CHECK(second.resumed_epochs == 3);
  CHECK(rest.epochs.size() == 10);
  for (const auto& [name, tensor] : whole.weights.tensors) {
    CHECK(rest.weights.tensors.at(name).values == tensor.values);
  }
  // LibTorch does not go on with it.
  settings.engine = Engine::torch;
  CHECK_THROWS_AS(train_model(data, settings, second), UserError);
}

TEST_CASE("what the core cannot train by is refused by name", "[learn]") {
  Recipe recipe = load_recipe("camloss");
  CHECK(core_settings(recipe).loss == learn::Loss::split);
  CHECK(core_settings(recipe).lambda_yields);
  CHECK(core_settings(recipe).mix == 1);
  CHECK(core_settings(load_recipe("baseline")).loss == learn::Loss::bce);
  const auto refusal = [&](auto change) {
    Recipe changed = recipe;
    change(changed);
    try {
      (void)core_settings(changed);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  using Catch::Matchers::Contains;
  CHECK_THAT(refusal([](Recipe& r) { r.head = Head::dense; }), Contains("fcn head"));
  CHECK_THAT(refusal([](Recipe& r) { r.loss = Loss::quotient; }), Contains("bce and split"));
  CHECK_THAT(refusal([](Recipe& r) { r.strongest = 0.5; }), Contains("strongest"));
  CHECK_THAT(refusal([](Recipe& r) { r.kernel = Kernel::mask; }), Contains("Gaussian"));
  CHECK_THAT(refusal([](Recipe& r) { r.weight_average = 0.9; }), Contains("average"));
  CHECK_THAT(refusal([](Recipe& r) { r.phases = {Phase{}}; }), Contains("phases"));
  TrainingSettings settings = settings_of(recipe, Engine::core);
  settings.device = "cuda";
  Notes notes(16);
  CHECK_THROWS_AS(train_model(toy_data(96, 4), settings, notes), UserError);
  // A rate that makes the numbers run away is told of.
  recipe.optimizer.learning_rate = 1e9;
  recipe.optimizer.clip_norm = 0;
  CHECK_THROWS_WITH(
      train_model(toy_data(96, 20), settings_of(recipe, Engine::core), notes),
      Contains("the loss is nan") || Contains("norm is inf") || Contains("norm is nan"));
  // Both engines refuse the same data.
  for (const Engine engine : {Engine::torch, Engine::core}) {
    Dataset data = toy_data(24, 4);
    CHECK_THROWS_WITH(train_model(data, settings_of(recipe, engine), notes),
                      Contains("the pictures have 24 pixels a side"));
    std::erase_if(data.samples, [](const Sample& sample) { return sample.label == 1; });
    CHECK_THROWS_WITH(train_model(data, settings_of(recipe, engine), notes),
                      Contains("no training picture of the class 'right'"));
  }
}

TEST_CASE("a number that is not finite is named with what to do, once", "[learn]") {
  TrainingSettings settings = settings_of(load_recipe("camloss"), Engine::core);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  settings.recipe.optimizer.learning_rate = 2;
  settings.recipe.optimizer.clip_norm = 1;
  const UserError loss = not_finite(settings, "loss", -nan, 0, 2, 5);
  CHECK(loss.reason == "training 'camloss', seed 3: the loss is nan at epoch 1, batch 3 of 5");
  CHECK(loss.hint == "lower optimizer.learning_rate (now 2) or lambda (now 1)");
  settings.recipe.optimizer.clip_norm = 0;
  const double infinity = std::numeric_limits<double>::infinity();
  const UserError norm = not_finite(settings, "gradient's norm", infinity, 1, 0, 5);
  CHECK(norm.reason ==
        "training 'camloss', seed 3: the gradient's norm is inf at epoch 2, batch 1 of 5");
  CHECK(norm.hint ==
        "lower optimizer.learning_rate (now 2) or bound the gradient by optimizer.clip_norm (now "
        "0)");
}

TEST_CASE("lambda rises over the epochs that the recipe gives it", "[learn]") {
  Recipe recipe;
  CHECK(lambda_ramp(recipe, 0, 0, 4) == 1);
  recipe.lambda_ramp_epochs = 2;
  CHECK(lambda_ramp(recipe, 0, 0, 4) == 0);
  CHECK(lambda_ramp(recipe, 1, 1, 4) == 0.625);
  CHECK(lambda_ramp(recipe, 2, 0, 4) == 1);
  CHECK(lambda_ramp(recipe, 7, 3, 4) == 1);
}
