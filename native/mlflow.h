// Tracking for other tools: runs as an MLflow file store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "native/recipe.h"
#include "native/report_records.h"

namespace camloss::train {

/// Writes finished runs into an MLflow file store (https://mlflow.org/docs/latest/tracking.html,
/// "backend stores"), so that `mlflow ui --backend-store-uri DIR` shows them:
///
///   DIR/<experiment id>/meta.yaml                         one experiment a data set; found again
///   by its name DIR/<experiment id>/<run id>/meta.yaml
///                                params/<name>            the value
///                                metrics/<name>           a line an epoch: "<ms since 1970>
///                                <value> <epoch>" tags/<name>              the value artifacts/…
///                                weights, recipe, split and report
///
/// Figures of the finished model (accuracy and maps of each part) are metrics with one line.
class MlflowStore {
 public:
  /// Makes the folder, and the experiment where it has none of that name.
  /// Throws UserError: the folder cannot be written.
  MlflowStore(std::filesystem::path folder, const std::string& experiment);

  /// @param recipe  its fields become params
  /// @param ended  milliseconds since 1970; the epochs' times are counted back from it
  /// @return the run's folder. Throws UserError: a failed write, an artifact that is gone.
  std::filesystem::path add_run(const RunRecord& run, const Recipe& recipe, const Records& records,
                                std::int64_t ended) const;

  [[nodiscard]] const std::string& experiment_id() const { return experiment_id_; }

 private:
  std::filesystem::path folder_;
  std::string experiment_id_;
};

/// Adds every run of a training's output folder to a store.
void track_runs(const std::filesystem::path& runs, const std::filesystem::path& store);

}  // namespace camloss::train
