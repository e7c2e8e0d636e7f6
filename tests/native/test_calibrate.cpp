// Calibration against known answers, and the summary over seeds.
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "native/base/rng.h"
#include "native/evaluate/calibrate.h"
#include "native/record/run_record.h"

using namespace camloss::train;

namespace {

/// Logits that are `factor` times too large for the labels drawn from them.
void draw(double factor, double shift, std::vector<double>& logits, std::vector<int>& labels) {
  CounterRng rng(7, Purpose::order);
  for (int i = 0; i < 40000; ++i) {
    const double honest = rng.uniform(-4, 4);
    labels.push_back(rng.chance(1 / (1 + std::exp(-honest))) ? 1 : 0);
    logits.push_back(honest * factor - shift);
  }
}

}  // namespace

TEST_CASE("the temperature is found") {
  const double factor = GENERATE(0.3, 1.0, 5.0);
  std::vector<double> logits;
  std::vector<int> labels;
  draw(factor, 0, logits, labels);
  const Calibration fit = calibrate(logits, labels, false);
  CHECK(fit.fitted);
  CHECK(fit.temperature == Approx(factor).epsilon(0.03));
  CHECK(fit.offset == 0);
}

TEST_CASE("the offset is found") {
  std::vector<double> logits;
  std::vector<int> labels;
  draw(2, 1.5, logits, labels);
  const Calibration fit = calibrate(logits, labels, true);
  CHECK(fit.temperature == Approx(2).epsilon(0.03));
  CHECK(fit.offset == Approx(1.5).epsilon(0.05));
}

TEST_CASE("the temperature stays in its range, separable or absurd") {
  const std::vector<int> labels{0, 0, 1, 1};
  const Calibration separable =
      calibrate(std::vector<double>{-1e-6, -1e-6, 1e-6, 1e-6}, labels, false);
  CHECK(separable.temperature == Approx(kMinTemperature).epsilon(1e-6));
  const Calibration huge = calibrate(std::vector<double>{-1e4, -1e4, 1e4, 1e4}, labels, true);
  CHECK(huge.temperature == Approx(kMaxTemperature).epsilon(1e-6));
  CHECK(std::isfinite(huge.offset));
  // Platt's targets for two of a class are 3/4 and 1/4: ±ln 3.
  const Calibration platt = calibrate(std::vector<double>{-1, -1, 1, 1}, labels, false);
  CHECK(platt.temperature == Approx(1 / std::log(3.0)).epsilon(1e-5));
}

TEST_CASE("without both classes nothing is fitted") {
  const Calibration fit = calibrate(std::vector<double>{1, 2}, std::vector<int>{1, 1}, true);
  CHECK_FALSE(fit.fitted);
  CHECK(fit.temperature == 1);
  CHECK(fit.offset == 0);
}

TEST_CASE("the summary is the mean and the sample deviation over seeds") {
  std::vector<RunRecord> runs;
  const std::vector<std::string> classes{"cat", "dog"};
  const std::vector<double> accuracies{0.5, 0.7, 0.9};
  for (const double accuracy : accuracies) {
    PartFigures figures;
    figures.n = 10;
    figures.accuracy = accuracy;
    figures.per_class = {accuracy, std::nullopt};
    RunRecord& run = runs.emplace_back();
    run.recipe = "baseline";
    run.parts = {{Part::shift, figures}};
    run.worst_group_accuracy = accuracy;
  }
  const Json summary = summary_json(runs, classes);
  REQUIRE(summary.size() == 1);
  const Json& shift = summary[0].at("parts").at("shift");
  CHECK(shift.at("accuracy").at("mean").get<double>() == Approx(0.7));
  CHECK(shift.at("accuracy").at("sd").get<double>() == Approx(0.2));
  CHECK(shift.at("per_class").at("cat").at("mean").get<double>() == Approx(0.7));
  CHECK(shift.at("per_class").at("dog").is_null());
  CHECK(shift.at("energy_in_mask").is_null());
  const std::string table = comparison_table(runs, classes);
  CHECK(table.find("0.700 ± 0.200") != std::string::npos);
  CHECK(table.find("higher is better") != std::string::npos);
  CHECK(table.find("energy") == std::string::npos);
}
