// The penalty puts no model out: on drawn pictures whose subject is small, or not in the centre,
// CAMLoss answers val as well as the baseline does.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>

#include "native/base/error.h"
#include "native/evaluate/evaluate.h"
#include "native/train/trainer.h"
#include "tests/native/drawn_data.h"

using namespace camloss;
using namespace camloss::train;
using camloss::test::Drawing;
using camloss::test::drawn_data;
using camloss::test::Place;

namespace {

class Nobody : public TrainingObserver {
 public:
  void resumed(const std::vector<EpochRecord>&, std::size_t) override {}
  void batch_done(int, std::size_t, std::size_t, double) override {}
  void epoch_done(const EpochRecord&) override {}
  [[nodiscard]] bool stop_requested() const override { return false; }
};

struct Answer {
  double accuracy = 0;   // on val
  double magnitude = 0;  // mean |z| on val
};

Answer answer_of(Recipe recipe, const Dataset& data) {
  recipe.input_size = data.input_size;
  recipe.context_dilation = 2;  // of 6 cells a side, as 4 of 12
  set_epochs(recipe, 30);
  TrainingSettings settings;
  settings.recipe = recipe;
  Nobody nobody;
  const camloss::CheckedWeights weights =
      camloss::value_or_throw(check(train_model(data, settings, nobody).weights));
  const auto val = data.part(Part::val);
  Answer answer;
  answer.accuracy = evaluate_samples(weights, val, {1, 0}).accuracy;
  for (const double z : logits_of(weights, val, 1)) {
    answer.magnitude += std::abs(z) / static_cast<double>(val.size());
  }
  return answer;
}

}  // namespace

TEST_CASE("no model is put out where subjects are small or not centred") {
  Drawing drawing;
  SECTION("small subjects in the centre") { drawing.radius = 4; }
  SECTION("subjects in the corners") {
    drawing.radius = 6;
    drawing.place = Place::corners;
  }
  CAPTURE(drawing.radius);
  const Dataset data = drawn_data(drawing);
  const Answer baseline = answer_of(load_recipe("baseline"), data);
  const Answer ours = answer_of(load_recipe("camloss"), data);
  CAPTURE(baseline.accuracy, ours.accuracy, ours.magnitude);
  CHECK(baseline.accuracy > 0.9);
  CHECK(ours.accuracy >= baseline.accuracy - 0.04);
  CHECK(ours.magnitude > 0.1);
}

TEST_CASE("it is the yielding that keeps a model of subjects in the corners awake") {
  Drawing drawing;
  drawing.radius = 6;
  drawing.place = Place::corners;
  const Dataset data = drawn_data(drawing);
  Recipe stubborn = load_recipe("camloss");
  const double yielding = answer_of(stubborn, data).magnitude;
  stubborn.lambda_yields = false;
  CHECK(answer_of(stubborn, data).magnitude < 0.5 * yielding);
}
