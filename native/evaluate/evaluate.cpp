// Runs the core over pictures and averages what it says.
#include "native/evaluate/evaluate.h"

#include <algorithm>
#include <cmath>

#include "native/base/error.h"
#include "native/evaluate/models_in_threads.h"
#include "shared/maps/deletion.h"
#include "shared/maps/kernel.h"
#include "shared/maps/metrics.h"
#include "shared/model.h"
#include "shared/picture/resample.h"

namespace camloss::train {
namespace {

/// Sum and number of figures that may be missing.
class Mean {
 public:
  template <class T>
  void add(const std::optional<T>& value) {
    if (!value) return;
    sum_ += static_cast<double>(*value);
    ++count_;
  }
  [[nodiscard]] std::optional<double> value() const {
    if (count_ == 0) return std::nullopt;
    return sum_ / static_cast<double>(count_);
  }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
};

/// What one picture contributes for one map.
struct MapResult {
  std::optional<float> off_centre_mass, energy_in_mask;
  std::optional<bool> pointing_game;
  std::optional<DeletionInsertion> areas;
};

struct PictureResult {
  double logit = 0;
  Verdict verdict = Verdict::undecided;
  int label = 0;
  std::optional<float> residual;
  MapResult map, centre_prior;
};

std::vector<float> input_of(const Sample& sample, const ModelInfo& info) {
  std::vector<float> input = sample.rgb();
  normalise(input, info.mean, info.std);
  return input;
}

MapResult map_result(std::span<const float> map, const Sample& sample, int side) {
  MapResult result;
  result.off_centre_mass = off_centre_mass(map, side);
  if (!sample.mask.empty()) {
    result.energy_in_mask = energy_in_mask(map, sample.mask);
    result.pointing_game = pointing_game(map, sample.mask);
  }
  return result;
}

PictureResult evaluate_picture(Model& model, const Sample& sample, bool perturb) {
  const ModelInfo& info = model.info();
  const std::vector<float> input = input_of(sample, info);
  const Explanation said =
      value_or_throw(model.explain_tensor(input, default_method(info.head)), sample.name);
  PictureResult result;
  result.logit = static_cast<double>(said.logit);
  result.verdict = verdict(static_cast<double>(said.probability));
  result.label = said.label;
  result.residual = said.residual;
  result.map = map_result(said.map, sample, info.cells());
  const std::vector<float> centre = centre_weights(info.cells());
  result.centre_prior = map_result(centre, sample, info.cells());
  if (!perturb) return result;

  // The spans of `said` hold until the model's next call only.
  const std::vector<float> map(said.map.begin(), said.map.end());
  const auto logit_of = [&](std::span<const float> changed) {
    return value_or_throw(model.explain_tensor(changed, Method::none), sample.name).logit;
  };
  const auto areas_of = [&](std::span<const float> any, bool is_signed) {
    return value_or_throw(deletion_insertion(input, info.input_size, any, info.cells(), is_signed,
                                             static_cast<double>(info.temperature), logit_of),
                          sample.name);
  };
  result.map.areas = areas_of(map, true);
  result.centre_prior.areas = areas_of(centre, false);
  return result;
}

MapFigures average(std::span<const PictureResult> results, MapResult PictureResult::*which) {
  Mean off_centre, energy, pointing, deletion, insertion;
  for (const PictureResult& picture : results) {
    const MapResult& map = picture.*which;
    off_centre.add(map.off_centre_mass);
    energy.add(map.energy_in_mask);
    pointing.add(map.pointing_game);
    if (!map.areas) continue;
    deletion.add(std::optional(map.areas->deletion));
    insertion.add(std::optional(map.areas->insertion));
  }
  return {off_centre.value(), energy.value(), pointing.value(), deletion.value(),
          insertion.value()};
}

/// @param label  of the class that is counted; nothing: all
std::optional<Sureness> sureness_of(std::span<const PictureResult> results,
                                    std::span<const Sample* const> samples,
                                    std::optional<int> label) {
  std::size_t n = 0, right = 0, unsure = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (label && samples[i]->label != *label) continue;
    const Verdict truth = samples[i]->label == 1 ? Verdict::class1 : Verdict::class0;
    ++n;
    if (results[i].verdict == truth) ++right;
    if (results[i].verdict == Verdict::undecided) ++unsure;
  }
  if (n == 0) return std::nullopt;
  const auto share = [&](std::size_t count) {
    return static_cast<double>(count) / static_cast<double>(n);
  };
  return Sureness{share(right), share(unsure), share(n - right - unsure)};
}

}  // namespace

PartFigures evaluate_samples(const CheckedWeights& weights, std::span<const Sample* const> samples,
                             const EvaluateOptions& options) {
  const std::size_t perturbed = std::min(options.perturbed, samples.size());
  std::vector<bool> perturb(samples.size(), false);
  for (std::size_t i = 0; i < perturbed; ++i) perturb[i * samples.size() / perturbed] = true;

  std::vector<PictureResult> results(samples.size());
  for_each_with_model(weights, samples.size(), options.threads, [&](Model& model, std::size_t i) {
    results[i] = evaluate_picture(model, *samples[i], perturb[i]);
  });

  PartFigures figures;
  figures.n = samples.size();
  figures.perturbed = perturbed;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    ++figures.confusion[samples[i]->label == 1 ? 1 : 0][results[i].label == 1 ? 1 : 0];
    if (results[i].residual) {
      figures.residual =
          std::max(figures.residual.value_or(0), static_cast<double>(*results[i].residual));
    }
  }
  const auto& confusion = figures.confusion;
  for (std::size_t c = 0; c < 2; ++c) {
    const std::size_t n = confusion[c][0] + confusion[c][1];
    if (n > 0) figures.per_class[c] = static_cast<double>(confusion[c][c]) / static_cast<double>(n);
  }
  figures.accuracy =
      static_cast<double>(confusion[0][0] + confusion[1][1]) / static_cast<double>(samples.size());
  figures.sureness = sureness_of(results, samples, std::nullopt);
  for (int c = 0; c < 2; ++c) {
    figures.sureness_per_class[static_cast<std::size_t>(c)] = sureness_of(results, samples, c);
  }
  figures.map = average(results, &PictureResult::map);
  figures.centre_prior = average(results, &PictureResult::centre_prior);
  return figures;
}

std::vector<double> logits_of(const CheckedWeights& weights, std::span<const Sample* const> samples,
                              int threads) {
  std::vector<double> logits(samples.size());
  for_each_with_model(weights, samples.size(), threads, [&](Model& model, std::size_t i) {
    const auto input = input_of(*samples[i], model.info());
    logits[i] = static_cast<double>(
        value_or_throw(model.explain_tensor(input, Method::none), samples[i]->name).logit);
  });
  return logits;
}

}  // namespace camloss::train
