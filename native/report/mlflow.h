// Tracking for other tools: runs as an MLflow file store.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/recipes/recipe.h"
#include "native/record/run_records.h"

namespace camloss::train {

/// Milliseconds since 1970, now.
[[nodiscard]] std::int64_t milliseconds_now();

/// What a run is, known before it begins.
struct RunHeader {
  Recipe recipe;  // its fields become params
  std::uint64_t seed = 0;
  std::string data;                  // name of the data
  std::vector<std::string> classes;  // two
  std::string command, version;      // may be empty
};

/// A run in an MLflow file store, there to be followed from its first moment on. Times are
/// milliseconds since 1970. Every member throws UserError where the store cannot be written.
class MlflowRun {
 public:
  /// Use MlflowStore::start_run.
  MlflowRun(std::filesystem::path home, std::string experiment, const RunHeader& header,
            std::int64_t started);

  /// One line in the file of every figure of an epoch.
  void log_epoch(const EpochRecord& epoch, std::int64_t time);
  /// The finished model's figures and files; the run's state becomes FINISHED.
  /// @param folder  where its files lie
  void finish(const RunRecord& run, const std::filesystem::path& folder, std::int64_t ended) const;
  /// The run ends unfinished, as somebody wished: KILLED.
  void stop(std::int64_t ended) const;
  /// The run ends by an error: FAILED.
  void fail(std::int64_t ended) const;
  /// Copies a file into the run's artifacts; one that is not there is left out.
  void add_artifact(const std::filesystem::path& file) const;

  [[nodiscard]] const std::filesystem::path& home() const { return home_; }

 private:
  void write_meta(int status, std::optional<std::int64_t> ended) const;

  std::filesystem::path home_;
  std::string experiment_, name_;
  std::vector<std::string> classes_;
  std::int64_t started_;
  std::size_t epochs_ = 0;
};

/// An MLflow file store (https://mlflow.org/docs/latest/tracking.html, "backend stores"), which
/// `mlflow ui --backend-store-uri DIR` shows:
///
///   DIR/<experiment id>/meta.yaml           one experiment a data set, found again by its name
///   DIR/<experiment id>/<run id>/meta.yaml
///       params/<name>                       the value
///       metrics/<name>                      a line an epoch: "<ms since 1970> <value> <epoch>"
///       tags/<name>                         the value
///       artifacts/…                         weights, recipe, split and report
///
/// Figures of the finished model (accuracy and maps of each part) are metrics with one line.
class MlflowStore {
 public:
  /// Makes the folder, and the experiment where it has none of that name.
  /// Throws UserError: the folder cannot be written.
  MlflowStore(std::filesystem::path folder, const std::string& experiment);

  /// Throws UserError: a failed write.
  [[nodiscard]] MlflowRun start_run(const RunHeader& header, std::int64_t started) const;

  [[nodiscard]] const std::string& experiment_id() const { return experiment_id_; }

 private:
  std::filesystem::path folder_;
  std::string experiment_id_;
};

/// Adds every run of a training's output folder to a store, with the times it has on record.
void track_runs(const std::filesystem::path& runs, const std::filesystem::path& store);

}  // namespace camloss::train
