// The loop around learn::Training.
#include "native/train/core_engine.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/base/error.h"
#include "native/evaluate/models_in_threads.h"
#include "native/train/augment.h"
#include "native/train/checkpoint.h"
#include "native/train/loop.h"
#include "shared/learn/training.h"
#include "shared/model.h"
#include "shared/picture/resample.h"

namespace camloss::train {
namespace {

/// Eight parts: a batch of 16 keeps eight threads busy, and the slopes of all fit into a cache of the second level.
learn::Crew torch_threads() {
  return {.lanes = 8, .run = [](int parts, learn::Crew::Task task, const void* context) {
            at::parallel_for(0, parts, 1, [=](std::int64_t first, std::int64_t end) {
              at::globalContext().setFlushDenormal(true);  // as on the thread that trains
              for (std::int64_t part = first; part < end; ++part)
                task(context, static_cast<int>(part));
            });
          }};
}

class CoreTrainer {
 public:
  CoreTrainer(const Dataset& data, const TrainingSettings& settings, TrainingObserver& observer);
  TrainingOutcome run();

 private:
  bool run_epoch();  // false: stopped between two batches
  void train_step();
  [[nodiscard]] EpochRecord finish_epoch();
  void evaluate_val(EpochRecord& record);
  void save();
  void load();
  [[nodiscard]] TrainingOutcome outcome(bool finished);
  [[nodiscard]] std::vector<std::pair<const char*, std::span<float>>> state();

  const Dataset& data_;
  const TrainingSettings& settings_;
  const Recipe& recipe_;
  TrainingObserver& observer_;
  std::string fingerprint_;
  std::vector<const Sample*> train_, val_;
  learn::Training training_;
  EpochSums sums_;
  std::vector<EpochRecord> records_;
};

CoreTrainer::CoreTrainer(const Dataset& data, const TrainingSettings& settings,
                         TrainingObserver& observer)
    : data_(data),
      settings_(settings),
      recipe_(settings.recipe),
      observer_(observer),
      fingerprint_(run_fingerprint(data, settings.recipe, settings.seed, Engine::core)),
      train_(data.part(Part::train)),
      val_(data.part(Part::val)),
      training_(core_settings(settings.recipe), pictures_of(train_), settings.seed,
                learn::operators(), torch_threads()) {}

void CoreTrainer::train_step() {
  const int epoch = training_.epoch();
  const std::int64_t batch = training_.batch(), batches = training_.steps_per_epoch();
  const double factor = lambda_ramp(recipe_, epoch, batch, batches);
  const learn::StepResult result = training_.step(factor);
  if (!result.finite) {
    const bool has_loss = std::isfinite(result.loss.total);
    throw not_finite(settings_, has_loss ? "gradient's norm" : "loss",
                     has_loss ? result.norm : result.loss.total, epoch, batch, batches);
  }
  const auto pictures = static_cast<std::int64_t>(result.pictures);
  const auto weight = static_cast<double>(pictures);
  sums_.loss += result.loss.total * weight;
  sums_.classify += result.loss.classify * weight;
  sums_.classify_pictures += pictures;
  if (recipe_.loss != Loss::bce && recipe_.lambda * factor != 0) {
    sums_.map += result.loss.map * weight;
    sums_.map_pictures += pictures;
  }
  sums_.pictures += pictures;
  sums_.right += static_cast<std::int64_t>(result.right);
  sums_.rate = result.rate;
}

bool CoreTrainer::run_epoch() {
  using Clock = std::chrono::steady_clock;
  const int epoch = training_.epoch();
  while (training_.epoch() == epoch) {
    if (observer_.stop_requested()) return false;
    const auto start = Clock::now();
    train_step();
    sums_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    const auto total = static_cast<std::size_t>(training_.steps_per_epoch());
    const auto done =
        training_.epoch() == epoch ? static_cast<std::size_t>(training_.batch()) : total;
    observer_.batch_done(epoch + 1, done, total, sums_.loss / static_cast<double>(sums_.pictures));
  }
  return true;
}

void CoreTrainer::evaluate_val(EpochRecord& record) {
  if (val_.empty()) return;
  const CheckedWeights weights = value_or_throw(check(training_.weights()), recipe_.name);
  std::vector<Explanation> said(val_.size());
  for_each_with_model(weights, val_.size(), settings_.threads, [&](Model& model, std::size_t i) {
    std::vector<float> input = val_[i]->rgb();  // (3, S, S)
    normalise(input, recipe_.mean, recipe_.std);
    said[i] = value_or_throw(model.explain_tensor(input, Method::cam));
  });
  ValSums sums;
  for (std::size_t i = 0; i < val_.size(); ++i) {
    sums.add(static_cast<double>(said[i].logit), val_[i]->label, said[i].off_centre_mass);
  }
  sums.write(record);
}

EpochRecord CoreTrainer::finish_epoch() {
  EpochRecord record = record_of(sums_, training_.epoch());
  evaluate_val(record);
  return record;
}

std::vector<std::pair<const char*, std::span<float>>> CoreTrainer::state() {
  return {{"core/values", training_.values()},
          {"core/velocity", training_.velocity()},
          {"core/statistics", training_.statistics()}};
}

void CoreTrainer::save() {
  if (settings_.checkpoint.empty()) return;
  Checkpoint checkpoint;
  checkpoint.fingerprint = fingerprint_;
  checkpoint.epoch = training_.epoch();
  checkpoint.step = training_.batch();
  checkpoint.records = progress_json(records_, sums_);
  for (const auto& [name, values] : state()) {
    checkpoint.tensors.push_back({name, {values.begin(), values.end()}});
  }
  write_checkpoint(settings_.checkpoint, checkpoint);
}

void CoreTrainer::load() {
  const std::optional<Checkpoint> found = checkpoint_to_resume(settings_, fingerprint_);
  if (!found) return;
  const Checkpoint& checkpoint = *found;
  const auto targets = state();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool fits = checkpoint.tensors.size() == targets.size() &&
                      checkpoint.tensors[i].name == targets[i].first &&
                      checkpoint.tensors[i].values.size() == targets[i].second.size();
    if (!fits) {
      throw UserError(
          "the checkpoint " + settings_.checkpoint.string() + " lacks " + targets[i].first,
          "start the training anew, without --resume");
    }
    std::ranges::copy(checkpoint.tensors[i].values, targets[i].second.begin());
  }
  read_progress(checkpoint.records, settings_.checkpoint.string(), records_, sums_);
  training_.go_to(checkpoint.epoch, checkpoint.step);
}

TrainingOutcome CoreTrainer::outcome(bool finished) {
  TrainingOutcome result;
  result.finished = finished;
  result.epochs = records_;
  if (!finished) return result;
  result.weights = training_.weights();
  describe(result.weights.info, data_, settings_);
  return result;
}

TrainingOutcome CoreTrainer::run() {
  load();
  if (training_.epoch() > 0 || training_.batch() > 0) {
    observer_.resumed(records_, static_cast<std::size_t>(training_.batch()));
  }
  while (!training_.finished()) {
    if (!run_epoch()) {
      save();
      return outcome(false);
    }
    records_.push_back(finish_epoch());
    sums_ = {};
    save();
    observer_.epoch_done(records_.back());
  }
  return outcome(true);
}

}  // namespace

learn::Settings core_settings(const Recipe& recipe) {
  const auto refuse = [&](const std::string& field, const std::string& has) {
    throw UserError(
        fmt::format("recipe {}: --engine core has {}", recipe.name, has),
        fmt::format("leave \"{}\" as it is in baseline and camloss, or take --engine torch",
                    field));
  };
  if (recipe.head != Head::fcn) refuse("head", "the fcn head alone");
  if (recipe.loss != Loss::bce && recipe.loss != Loss::split) {
    refuse("loss", "the losses bce and split alone");
  }
  if (recipe.strongest < 1) refuse("strongest", "no share of the strongest cells");
  if (recipe.kernel != Kernel::gaussian) refuse("kernel", "the Gaussian kernel alone");
  if (recipe.weight_average > 0) refuse("weight_average", "no average of the weights");
  if (!recipe.phases.empty()) refuse("phases", "no phases");
  learn::Settings settings;
  static_cast<learn::AugmentSettings&>(settings) = recipe;
  settings.loss = recipe.loss == Loss::split ? learn::Loss::split : learn::Loss::bce;
  settings.lambda = recipe.lambda;
  settings.lambda_yields = recipe.lambda_yields;
  settings.sigma = recipe.sigma;
  settings.context = recipe.context;
  settings.context_dilation = recipe.context_dilation;
  settings.init = recipe.init;
  settings.epochs = recipe.epochs;
  settings.batch = recipe.batch;
  settings.optimizer = recipe.optimizer;
  settings.batch_norm_momentum = recipe.batch_norm_momentum;
  settings.balance = recipe.balance;
  return settings;
}

TrainingOutcome train_with_core(const Dataset& data, const TrainingSettings& settings,
                                TrainingObserver& observer) {
  return CoreTrainer(data, settings, observer).run();
}

}  // namespace camloss::train
