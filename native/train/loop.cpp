// Functions of both engines' loops.
#include "native/train/loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "shared/learn/losses.h"

namespace camloss::train {
namespace {

constexpr const char* kStartAnew = "start the training anew, without --resume";

}  // namespace

double lambda_ramp(const Recipe& recipe, int epoch, std::int64_t batch, std::int64_t batches) {
  if (recipe.lambda_ramp_epochs <= 0) return 1;
  const double epochs = epoch + static_cast<double>(batch) / static_cast<double>(batches);
  return std::min(1.0, epochs / recipe.lambda_ramp_epochs);
}

UserError not_finite(const TrainingSettings& settings, const std::string& what, double value,
                     int epoch, std::int64_t batch, std::int64_t batches) {
  const OptimizerSettings& optimizer = settings.recipe.optimizer;
  // A NaN's sign says nothing, and compilers differ in it.
  if (std::isnan(value)) value = std::abs(value);
  return UserError(
      fmt::format("training '{}', seed {}: the {} is {} at epoch {}, batch {} of {}",
                  settings.recipe.name, settings.seed, what, value, epoch + 1, batch + 1, batches),
      optimizer.clip_norm > 0
          ? fmt::format("lower optimizer.learning_rate (now {}) or lambda (now {})",
                        optimizer.learning_rate, settings.recipe.lambda)
          : fmt::format("lower optimizer.learning_rate (now {}) or bound the gradient by "
                        "optimizer.clip_norm (now 0)",
                        optimizer.learning_rate));
}

void ValSums::add(double logit, int label, std::optional<float> off_centre_mass) {
  ++pictures;
  right += (logit > 0) == (label == 1) ? 1 : 0;
  loss += learn::cross_entropy(logit, label);
  off_centre += static_cast<double>(off_centre_mass.value_or(0));
  with_map += off_centre_mass ? 1 : 0;
}

void ValSums::write(EpochRecord& record) const {
  if (pictures == 0) return;
  const auto n = static_cast<double>(pictures);
  record.val_accuracy = static_cast<double>(right) / n;
  record.val_loss = loss / n;
  if (with_map > 0) record.val_off_centre_mass = off_centre / static_cast<double>(with_map);
}

std::optional<Checkpoint> checkpoint_to_resume(const TrainingSettings& settings,
                                               const std::string& fingerprint) {
  if (!settings.resume || settings.checkpoint.empty() ||
      !std::filesystem::exists(settings.checkpoint))
    return std::nullopt;
  Checkpoint checkpoint = read_checkpoint(settings.checkpoint);
  if (checkpoint.fingerprint != fingerprint) {
    throw UserError("the checkpoint " + settings.checkpoint.string() + " is of another training",
                    "resume with the same recipe, options and pictures, or start anew without "
                    "--resume");
  }
  return checkpoint;
}

std::string progress_json(const std::vector<EpochRecord>& records, const EpochSums& sums) {
  Json epochs = Json::array();
  for (const EpochRecord& record : records) epochs.push_back(to_json(record));
  return Json{{"epochs", epochs}, {"sums", to_json(sums)}}.dump();
}

void read_progress(const std::string& json, const std::string& file,
                   std::vector<EpochRecord>& records, EpochSums& sums) {
  const Json parsed = Json::parse(json);
  const JsonReader epochs = JsonReader(parsed, file, kStartAnew)["epochs"];
  for (std::size_t e = 0; e < epochs.size(); ++e) records.push_back(epoch_from_json(epochs[e]));
  sums = sums_from_json(parsed.at("sums"));
}

}  // namespace camloss::train
