// The loop: it learns, it is deterministic, it continues bit by bit, and it stops where numbers
// cease to be numbers.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <functional>
#include <set>

#include "native/base/error.h"
#include "native/evaluate/evaluate.h"
#include "native/io/files.h"
#include "native/train/augment.h"
#include "native/train/checkpoint.h"
#include "native/train/trainer.h"
#include "tests/native/temporary_folder.h"
#include "tests/native/toy_data.h"

using namespace camloss;
using namespace camloss::train;
using camloss::test::toy_data;

namespace {

namespace fs = std::filesystem;

/// Stops the training after a number of batches.
class Watcher : public TrainingObserver {
 public:
  explicit Watcher(std::size_t stop_after = 0) : stop_after_(stop_after) {}
  void resumed(const std::vector<EpochRecord>& records, std::size_t batches) override {
    resumed_epochs = records.size();
    resumed_batches = batches;
  }
  void batch_done(int, std::size_t, std::size_t, double) override { ++batches_; }
  void epoch_done(const EpochRecord&) override { ++epochs; }
  [[nodiscard]] bool stop_requested() const override {
    return stop_after_ > 0 && batches_ >= stop_after_;
  }

  std::size_t epochs = 0, resumed_epochs = 0, resumed_batches = 0;

 private:
  std::size_t stop_after_, batches_ = 0;
};

using camloss::test::TemporaryFolder;

Recipe small_recipe(Loss loss = Loss::split, Head head = Head::fcn) {
  Recipe recipe;
  recipe.name = "small";
  recipe.head = head;
  recipe.input_size = 24;
  recipe.loss = loss;
  recipe.epochs = 3;
  recipe.batch = 8;
  recipe.init = Init::glorot;
  recipe.mix = 0.5;
  recipe.jitter = {0.1, 0.1, 0.1, 0.05};
  recipe.greyscale = 0.1;
  recipe.optimizer.schedule = Schedule::cosine;
  recipe.weight_average = 0.9;
  return recipe;
}

TrainingSettings settings_of(const Recipe& recipe, const fs::path& checkpoint = {}) {
  TrainingSettings settings;
  settings.recipe = recipe;
  settings.seed = 3;
  settings.checkpoint = checkpoint;
  return settings;
}

TrainingOutcome train_toy(const Dataset& data, const TrainingSettings& settings) {
  Watcher watcher;
  return train_model(data, settings, watcher);
}

void check_same(const Weights& a, const Weights& b) {
  REQUIRE(a.tensors.size() == b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) {
    CAPTURE(name);
    CHECK(tensor.values == b.tensors.at(name).values);
  }
}

double val_accuracy(const Dataset& data, const Weights& weights) {
  const camloss::CheckedWeights checked = camloss::value_or_throw(check(weights));
  return evaluate_samples(checked, data.part(Part::val), {}).accuracy;
}

}  // namespace

TEST_CASE("every loss trains, and the core finds the trained accuracy") {
  const auto [loss, head] = GENERATE(table<Loss, Head>({{Loss::bce, Head::fcn},
                                                        {Loss::split, Head::fcn},
                                                        {Loss::quotient, Head::fcn},
                                                        {Loss::absolute, Head::fcn},
                                                        {Loss::bce, Head::dense},
                                                        {Loss::split, Head::dense}}));
  CAPTURE(to_string(loss), to_string(head));
  const Dataset data = toy_data(24, 24);
  Recipe recipe = small_recipe(loss, head);
  recipe.lambda = 0.2;
  recipe.epochs = 12;
  recipe.greyscale = 0;
  recipe.mix = 0;
  recipe.weight_average = 0;
  const TrainingOutcome outcome = train_toy(data, settings_of(recipe));
  REQUIRE(outcome.finished);
  REQUIRE(outcome.epochs.size() == 12);
  CHECK(outcome.epochs.back().loss < outcome.epochs.front().loss);
  CHECK(val_accuracy(data, outcome.weights) >= 0.9);
  CHECK(outcome.epochs.back().val_accuracy == Approx(val_accuracy(data, outcome.weights)));
  CHECK(outcome.weights.info.classes == data.classes);
  CHECK(outcome.weights.info.recipe == "small");
  CHECK(outcome.weights.info.seed == "3");
}

TEST_CASE("the historical losses run through their phases") {
  const Loss loss = GENERATE(Loss::talk, Loss::talk_code);
  const Dataset data = toy_data(24, 12);
  Recipe recipe = small_recipe(loss, Head::dense);
  recipe.phases = {{1, 1, 0, 1}, {1, 0, 1, 1}, {1, 1, 0, 0.1}};
  recipe.optimizer.schedule = Schedule::constant;
  const TrainingOutcome outcome = train_toy(data, settings_of(recipe));
  REQUIRE(outcome.epochs.size() == 3);
  CHECK(outcome.epochs[0].classify_loss);
  CHECK_FALSE(outcome.epochs[0].map_loss);
  CHECK_FALSE(outcome.epochs[1].classify_loss);
  CHECK(outcome.epochs[1].map_loss);
  CHECK(outcome.epochs[2].learning_rate == Approx(0.1 * outcome.epochs[0].learning_rate));
}

TEST_CASE("the same seed gives the same weights, another seed others") {
  const Dataset data = toy_data(24, 12);
  TrainingSettings settings = settings_of(small_recipe());
  const TrainingOutcome first = train_toy(data, settings);
  check_same(first.weights, train_toy(data, settings).weights);
  settings.seed = 4;
  CHECK(train_toy(data, settings).weights.tensors.at("fc0.weight").values !=
        first.weights.tensors.at("fc0.weight").values);
}

TEST_CASE("stopped anywhere and resumed, a training ends with the same bits") {
  const Dataset data = toy_data(24, 12);  // 24 pictures an epoch, 3 batches
  const TemporaryFolder folder;
  const TrainingOutcome whole = train_toy(data, settings_of(small_recipe()));
  TrainingSettings settings = settings_of(small_recipe(), folder.path() / "state");
  settings.resume = true;
  TrainingOutcome outcome;
  int parts = 0;
  do {
    Watcher watcher(2);  // 2 batches at a time: inside epochs and at their ends
    outcome = train_model(data, settings, watcher);
    ++parts;
    REQUIRE(parts < 10);
  } while (!outcome.finished);
  CHECK(parts >= 5);
  check_same(whole.weights, outcome.weights);
  REQUIRE(outcome.epochs.size() == whole.epochs.size());
  for (std::size_t i = 0; i < whole.epochs.size(); ++i) {
    CHECK(outcome.epochs[i].loss == whole.epochs[i].loss);
    CHECK(outcome.epochs[i].val_loss == whole.epochs[i].val_loss);
    CHECK(outcome.epochs[i].pictures == whole.epochs[i].pictures);
  }
}

TEST_CASE("a damaged or foreign checkpoint is refused") {
  const Dataset data = toy_data(24, 12);
  const TemporaryFolder folder;
  TrainingSettings settings = settings_of(small_recipe(), folder.path() / "state");
  Watcher watcher(2);
  REQUIRE_FALSE(train_model(data, settings, watcher).finished);
  settings.resume = true;
  const auto bytes = io::read_file(settings.checkpoint);
  SECTION("cut off") {
    io::write_file_atomically(settings.checkpoint, std::span(bytes).first(bytes.size() / 2));
  }
  SECTION("one bit changed") {
    auto changed = bytes;
    changed[changed.size() / 2] ^= 1U;
    io::write_file_atomically(settings.checkpoint, std::span<const std::uint8_t>(changed));
  }
  SECTION("not a checkpoint") {
    io::write_file_atomically(settings.checkpoint, std::string_view("hello"));
  }
  SECTION("another recipe") { settings.recipe.lambda = 0.5; }
  SECTION("another seed") { settings.seed = 5; }
  CHECK_THROWS_AS(train_toy(data, settings), UserError);
}

TEST_CASE("a loss that is no number stops the training and names the place") {
  const Dataset data = toy_data(24, 12);
  Recipe recipe = small_recipe(Loss::bce);
  recipe.optimizer.learning_rate = 1e6;
  recipe.optimizer.clip_norm = 0;
  recipe.optimizer.momentum = 0.99;
  recipe.epochs = 60;
  recipe.weight_average = 0;
  try {
    train_toy(data, settings_of(recipe));
    FAIL("it ended");
  } catch (const UserError& error) {
    CHECK(std::string(error.what()).find("epoch") != std::string::npos);
    CHECK(std::string(error.what()).find("batch") != std::string::npos);
    CHECK(error.hint.find("learning_rate") != std::string::npos);
  }
}

TEST_CASE("what cannot be trained is named") {
  Dataset data = toy_data(24, 12);
  Watcher watcher;
  SECTION("a device that is not there") {
    TrainingSettings settings = settings_of(small_recipe());
    settings.device = "abacus";
    CHECK_THROWS_AS(train_model(data, settings, watcher), UserError);
  }
  SECTION("a class without pictures") {
    for (Sample& sample : data.samples) sample.label = 0;
    CHECK_THROWS_WITH(train_model(data, settings_of(small_recipe()), watcher),
                      Catch::Contains("'right'"));
  }
}

TEST_CASE("an epoch is balanced, covers the larger class and depends on seed and epoch") {
  const Dataset data = toy_data(24, 12);
  std::vector<const Sample*> samples = data.part(Part::train);
  samples.resize(samples.size() - 8);  // 16 left: 8 + 8
  std::erase_if(samples, [](const Sample* sample) {
    return sample->label == 1 && sample->name.back() != '1';
  });
  std::size_t larger = 0;
  for (const Sample* sample : samples) larger += sample->label == 0 ? 1 : 0;
  const auto order = epoch_order(samples, true, 1, 0);
  REQUIRE(order.size() == 2 * larger);
  std::size_t ones = 0;
  std::set<std::size_t> zeros;
  for (const std::size_t i : order) {
    ones += samples[i]->label == 1 ? 1 : 0;
    if (samples[i]->label == 0) zeros.insert(i);
  }
  CHECK(ones == larger);
  CHECK(zeros.size() == larger);
  CHECK(epoch_order(samples, true, 1, 0) == order);
  CHECK(epoch_order(samples, true, 1, 1) != order);
  CHECK(epoch_order(samples, true, 2, 0) != order);
  CHECK(epoch_order(samples, false, 1, 0).size() == samples.size());
}

TEST_CASE("changed pictures keep layout and range; mixing keeps the centre") {
  const Dataset data = toy_data(24, 4);
  const auto samples = data.part(Part::train);
  Recipe recipe = small_recipe();
  recipe.mean = {0, 0, 0};
  recipe.std = {1, 1, 1};
  constexpr std::size_t kRim = 26;
  std::vector<float> out(kRim * kRim * 4), plain(out.size());
  const auto check_layout = [&out] {
    for (std::size_t y = 0; y < kRim; ++y) {
      for (std::size_t x = 0; x < kRim; ++x) {
        const float* p = &out[(y * kRim + x) * 4];
        const bool inside = y < 24 && x < 24;
        REQUIRE(p[3] == (inside ? 1.0F : 0.0F));
        for (int c = 0; c < 3; ++c) {
          REQUIRE(p[c] >= 0);
          REQUIRE(p[c] <= (inside ? 1.0F : 0.0F));
        }
      }
    }
  };
  SECTION("plain is the picture") {
    Augmenter augmenter(recipe, samples, 1);
    augmenter.plain({&samples[0], 1}, out);
    check_layout();
    CHECK(out[(5 * kRim + 7) * 4 + 2] == Approx(samples[0]->rgb()[2 * 576 + 5 * 24 + 7] / 255));
  }
  SECTION("strong changes stay in range and differ by position") {
    recipe.rotate90 = true;
    recipe.jitter = {0.8, 0.8, 0.8, 0.5};
    Augmenter augmenter(recipe, samples, 1);
    for (std::size_t position = 0; position < 20; ++position) {
      augmenter.augmented({&samples[0], 1}, 0, position, out);
      check_layout();
    }
    plain = out;
    augmenter.augmented({&samples[0], 1}, 0, 19, out);
    CHECK(out == plain);
    augmenter.augmented({&samples[0], 1}, 1, 19, out);
    CHECK(out != plain);
  }
  SECTION("greyscale has three equal channels") {
    recipe.greyscale = 1;
    recipe.jitter = {};
    recipe.mix = 0;
    Augmenter augmenter(recipe, samples, 1);
    augmenter.augmented({&samples[0], 1}, 0, 0, out);
    for (std::size_t i = 0; i < 24; ++i) CHECK(out[i * 4] == Approx(out[i * 4 + 2]).margin(1e-5));
  }
  SECTION("turns and flips are the eight symmetries: the same values in another order") {
    recipe.rotate90 = true;
    recipe.jitter = {};
    recipe.greyscale = recipe.mix = 0;
    Augmenter augmenter(recipe, samples, 1);
    augmenter.plain({&samples[0], 1}, plain);
    const auto sorted = [](std::vector<float> values) {
      std::sort(values.begin(), values.end());
      return values;
    };
    std::set<std::vector<float>> seen;
    for (std::size_t position = 0; position < 60; ++position) {
      augmenter.augmented({&samples[0], 1}, 0, position, out);
      REQUIRE(sorted(out) == sorted(plain));
      seen.insert(out);
    }
    CHECK(seen.size() == 6);
  }
  SECTION("channels change by factors of their own") {
    recipe.jitter = {};
    recipe.jitter.channels = 0.5;
    recipe.greyscale = recipe.mix = 0;
    recipe.flip = false;
    Augmenter augmenter(recipe, samples, 1);
    augmenter.plain({&samples[0], 1}, plain);
    std::set<float> factors;
    for (std::size_t position = 0; position < 20; ++position) {
      augmenter.augmented({&samples[0], 1}, 0, position, out);
      check_layout();
      for (std::size_t c = 0; c < 3; ++c) {
        const std::size_t at = (9 * kRim + 9) * 4 + c;
        if (out[at] > 0.999F) continue;  // cut at white
        const float factor = out[at] / plain[at];
        CHECK(factor > 0.499F);
        CHECK(factor < 1.501F);
        factors.insert(factor);
        const std::size_t other = (3 * kRim + 14) * 4 + c;
        if (out[other] < 0.999F) CHECK(out[other] / plain[other] == Approx(factor).epsilon(1e-3));
      }
    }
    CHECK(factors.size() > 30);
  }
  SECTION("zoom and move keep to the picture's values and change from place to place") {
    recipe.jitter = {};
    recipe.greyscale = recipe.mix = 0;
    recipe.zoom = 0.3;
    recipe.move = 0.2;
    Augmenter augmenter(recipe, samples, 1);
    augmenter.augmented({&samples[0], 1}, 0, 0, out);
    check_layout();
    plain = out;
    augmenter.augmented({&samples[0], 1}, 0, 1, out);
    check_layout();
    CHECK(out != plain);
  }
  SECTION("cut-outs: the subject stays, the background is another one's, and none has no class") {
    recipe.jitter = {};
    recipe.greyscale = 0;
    recipe.flip = false;
    recipe.mix = recipe.cut_outs = 1;
    recipe.kernel = Kernel::mask;
    std::vector<Sample> cut;
    for (const Sample* sample : samples) cut.push_back(*sample);
    for (std::size_t i = 0; i < cut.size(); ++i) {
      CutOut one{std::vector<std::uint8_t>(576, 0), std::vector<std::uint8_t>(3 * 576, 200)};
      for (std::size_t y = 8; y < 16; ++y) {
        for (std::size_t x = 8; x < 16; ++x) one.mask[y * 24 + x] = 255;
      }
      cut[i].cut_out = std::make_shared<CutOut>(one);
    }
    std::vector<const Sample*> both;
    for (const Sample& sample : cut) both.push_back(&sample);
    std::vector<float> kernel(9, -1);
    {
      Augmenter augmenter(recipe, both, 1);
      augmenter.plain({&both[0], 1}, plain);
      CHECK(augmenter.augmented({&both[0], 1}, 0, 0, out, kernel)[0] ==
            static_cast<float>(both[0]->label));
      check_layout();
      CHECK(out[(12 * kRim + 12) * 4] == Approx(plain[(12 * kRim + 12) * 4]).margin(1e-6));
      CHECK(out[(2 * kRim + 12) * 4 + 1] == Approx(200.0 / 255));
      // The subject is the middle one of the 3 x 3 cells.
      CHECK(kernel == std::vector<float>{1, 1, 1, 1, 0, 1, 1, 1, 1});
    }
    recipe.negatives = 1;
    Augmenter augmenter(recipe, both, 1);
    CHECK(augmenter.augmented({&both[0], 1}, 0, 0, out, kernel)[0] == 0.5F);
    CHECK(out[(12 * kRim + 12) * 4] == Approx(200.0 / 255));
    // A picture whose subject was not found keeps its class and gets the Gaussian.
    CHECK(augmenter.augmented({&samples[0], 1}, 0, 0, out, kernel)[0] ==
          static_cast<float>(samples[0]->label));
    CHECK(kernel[4] == 0);
    CHECK(kernel[0] == inverted_gaussian(3, 0.25F)[0]);
  }
  SECTION("mixing") {
    recipe.mix = 1;
    recipe.flip = false;
    recipe.jitter = {};
    recipe.greyscale = 0;
    Augmenter augmenter(recipe, samples, 1);
    augmenter.plain({&samples[0], 1}, plain);
    augmenter.augmented({&samples[0], 1}, 0, 1, out);
    check_layout();
    const auto difference = [&](std::size_t y, std::size_t x) {
      return std::abs(out[(y * kRim + x) * 4] - plain[(y * kRim + x) * 4]);
    };
    CHECK(difference(12, 12) < 0.02);
    double corner = 0;
    for (std::size_t i = 0; i < 3; ++i)
      corner = std::max(corner, static_cast<double>(difference(i, 0)));
    CHECK(corner > 0.05);
  }
}
