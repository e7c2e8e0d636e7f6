// What each epoch of a training came to, and its form in log.jsonl, metrics.json and checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "native/base/json_reader.h"

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

/// A figure of the epochs: its row here is all that files, the table of epochs, charts and MLflow know of it.
struct EpochFigure {
  std::string_view key;  // in files
  std::variant<double EpochRecord::*, std::optional<double> EpochRecord::*,
               std::int64_t EpochRecord::*>
      where;
  // Its column in the table of epochs; width 0: it has none.
  std::string_view column = "";
  int width = 0, decimals = 0;
  // Its chart in a report; without a title it has none.
  std::string_view title = "", subtitle = "";
  bool is_share = false;            // values in [0, 1]
  bool is_off_centre_mass = false;  // a uniform map is drawn for reference
};

/// In the order of the files. The number of the epoch stands before them.
inline constexpr EpochFigure kEpochFigures[] = {
    {"loss", &EpochRecord::loss, "loss", 8, 4},
    {"classify_loss", &EpochRecord::classify_loss, "classify", 8, 4, "Cross-entropy on train",
     "↓ of the pictures as changed for training"},
    {"map_loss", &EpochRecord::map_loss, "map", 8, 4, "Map loss on train", "↓ before its factor λ"},
    {"learning_rate", &EpochRecord::learning_rate},
    {"train_accuracy", &EpochRecord::train_accuracy, "train", 7, 3, "Accuracy on train",
     "↑ of the pictures as changed for training", true},
    {"val_accuracy", &EpochRecord::val_accuracy, "val", 7, 3, "Accuracy on val",
     "↑ unseen pictures with the usual background", true},
    {"val_loss", &EpochRecord::val_loss, "", 0, 0, "Cross-entropy on val", "↓ of the plain logit"},
    {"val_off_centre_mass", &EpochRecord::val_off_centre_mass, "off-centre", 10, 3,
     "Off-centre mass on val", "↓ share of the evidence away from the centre", true, true},
    {"seconds", &EpochRecord::seconds, "seconds", 7, 2},
    {"pictures", &EpochRecord::pictures},
};

/// The value of a figure; nothing where the epoch does not have it.
[[nodiscard]] std::optional<double> value_of(const EpochFigure& figure, const EpochRecord& record);

/// Fields in a fixed order; what is not finite is null.
[[nodiscard]] Json to_json(const EpochRecord& record);
/// Throws UserError where a field is missing or of another type.
[[nodiscard]] EpochRecord epoch_from_json(const JsonReader& json);

}  // namespace camloss::train
