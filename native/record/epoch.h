// What each epoch of a training came to, and its form in log.jsonl, metrics.json and checkpoints.
#pragma once

#include <cstdint>
#include <optional>

#include "native/base/json.h"

namespace camloss::train {

/// What an epoch came to. Losses are means over its batches, each weighted by its pictures.
struct EpochRecord {
  int epoch = 0;  // from 1
  double loss = 0;
  std::optional<double> classify_loss;  // null in a phase without it
  std::optional<double> map_loss;       // before its factor; null without it
  double learning_rate = 0;             // of the last batch
  double train_accuracy = 0;            // of the changed pictures, while training
  std::optional<double> val_accuracy;   // null without a val part
  std::optional<double> val_loss;       // cross-entropy of the logit
  std::optional<double> val_off_centre_mass;
  double seconds = 0;         // of training alone: without evaluation and writing
  std::int64_t pictures = 0;  // seen in this epoch
};

/// Fields in a fixed order.
[[nodiscard]] Json to_json(const EpochRecord& record);
/// Throws nlohmann::json::exception where a field is missing or of another type.
[[nodiscard]] EpochRecord epoch_from_json(const Json& json);

}  // namespace camloss::train
