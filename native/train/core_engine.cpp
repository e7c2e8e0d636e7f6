// The loop around learn::Training.
#include "native/train/core_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "native/base/error.h"
#include "native/train/augment.h"
#include "native/train/checkpoint.h"
#include "native/train/epoch_sums.h"
#include "shared/learn/losses.h"
#include "shared/learn/training.h"
#include "shared/model.h"
#include "shared/picture/resample.h"

namespace camloss::train {
namespace {

/// A NaN's sign says nothing, and compilers differ in it.
double unsigned_nan(double value) { return std::isnan(value) ? std::abs(value) : value; }

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
      training_(core_settings(settings.recipe), pictures_of(train_), settings.seed) {}

void CoreTrainer::train_step() {
  double factor = 1;
  if (recipe_.lambda_ramp_epochs > 0) {
    const double epochs = training_.epoch() + static_cast<double>(training_.batch()) /
                                                  static_cast<double>(training_.steps_per_epoch());
    factor = std::min(1.0, epochs / recipe_.lambda_ramp_epochs);
  }
  const int epoch = training_.epoch() + 1;
  const std::int64_t batch = training_.batch() + 1;
  const learn::StepResult result = training_.step(factor);
  if (!result.finite) {
    throw UserError(
        fmt::format(
            "training '{}', seed {}: the loss is {} and the gradient's norm {} at epoch {}, "
            "batch {} of {}",
            recipe_.name, settings_.seed, unsigned_nan(result.loss.total),
            unsigned_nan(result.norm), epoch, batch, training_.steps_per_epoch()),
        fmt::format("lower optimizer.learning_rate (now {}) or lambda (now {})",
                    recipe_.optimizer.learning_rate, recipe_.lambda));
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
  Model model(value_or_throw(check(training_.weights()), recipe_.name));
  double loss = 0, off_centre = 0;
  std::size_t right = 0, with_map = 0;
  std::vector<float> input;  // (3, S, S)
  for (const Sample* sample : val_) {
    input = sample->rgb;
    normalise(input, recipe_.mean, recipe_.std);
    const Explanation said = value_or_throw(model.explain_tensor(input, Method::cam));
    const auto z = static_cast<double>(said.logit);
    right += (z > 0) == (sample->label == 1) ? 1 : 0;
    loss += learn::cross_entropy(z, sample->label);
    off_centre += static_cast<double>(said.off_centre_mass.value_or(0));
    with_map += said.off_centre_mass ? 1 : 0;
  }
  const auto n = static_cast<double>(val_.size());
  record.val_accuracy = static_cast<double>(right) / n;
  record.val_loss = loss / n;
  if (with_map > 0) record.val_off_centre_mass = off_centre / static_cast<double>(with_map);
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
  Json epochs = Json::array();
  for (const EpochRecord& record : records_) epochs.push_back(to_json(record));
  checkpoint.records = Json{{"epochs", epochs}, {"sums", to_json(sums_)}}.dump();
  for (const auto& [name, values] : state()) {
    checkpoint.tensors.push_back({name, {values.begin(), values.end()}});
  }
  write_checkpoint(settings_.checkpoint, checkpoint);
}

void CoreTrainer::load() {
  if (!settings_.resume || !std::filesystem::exists(settings_.checkpoint)) return;
  const Checkpoint checkpoint = read_checkpoint(settings_.checkpoint);
  if (checkpoint.fingerprint != fingerprint_) {
    throw UserError("the checkpoint " + settings_.checkpoint.string() + " is of another training",
                    "resume with the same recipe, options and pictures, or start anew without "
                    "--resume");
  }
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
  const Json records = Json::parse(checkpoint.records);
  const JsonReader epochs = JsonReader(records, settings_.checkpoint.string(),
                                       "start the training anew, without --resume")["epochs"];
  for (std::size_t e = 0; e < epochs.size(); ++e) records_.push_back(epoch_from_json(epochs[e]));
  sums_ = sums_from_json(records.at("sums"));
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
  if (settings.device != "cpu") {
    throw UserError("--engine core trains on the CPU alone", "leave out --device, or --engine", 2);
  }
  for (const int label : {0, 1}) {
    if (data.count(Part::train, label) == 0) {
      throw UserError("no training picture of the class '" +
                          data.classes[static_cast<std::size_t>(label)] + "'",
                      "both classes need some");
    }
  }
  if (data.input_size != settings.recipe.input_size) {
    throw UserError(fmt::format("the pictures have {} pixels a side, the recipe '{}' takes {}",
                                data.input_size, settings.recipe.name, settings.recipe.input_size));
  }
  return CoreTrainer(data, settings, observer).run();
}

}  // namespace camloss::train
