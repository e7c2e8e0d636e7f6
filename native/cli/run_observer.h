// What follows a training of `trainer train` while it runs: table, log, progress bar, MLflow.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "native/cli/progress.h"
#include "native/record/run_folder.h"
#include "native/report/mlflow.h"
#include "native/train/trainer.h"

namespace camloss::train {

/// The time that the whole job still takes: all recipes and seeds, judged by what is done.
class JobClock {
 public:
  /// @param work  epochs of all trainings, each times its cost
  explicit JobClock(double work) : work_(work) {}

  /// Work of an epoch: its pixels. Recipes of one input size count alike.
  [[nodiscard]] static double cost(const Recipe& recipe) {
    return static_cast<double>(recipe.input_size) * recipe.input_size;
  }
  /// Work that was done before the job began, so that it says nothing about the speed.
  void skip(double work) { skipped_ += work; }
  void run_done(const Recipe& recipe) { before_ += recipe.epochs * cost(recipe); }

  /// "1:22 left", or nothing yet.
  /// @param epochs  done of the present training
  [[nodiscard]] std::string left_text(const Recipe& recipe, double epochs) const;
  /// The same, told how many seconds have passed.
  [[nodiscard]] std::string left_text(const Recipe& recipe, double epochs, double seconds) const;

 private:
  double work_;
  double before_ = 0, skipped_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Prints and logs the epochs of one training.
class RunObserver : public TrainingObserver {
 public:
  /// @param out  of tables
  /// @param job  tells the time that is left
  /// @param tracked  null: not tracked
  RunObserver(const Recipe& recipe, std::uint64_t seed, RunFolder& folder, std::FILE* out,
              bool quiet, JobClock& job, MlflowRun* tracked)
      : recipe_(recipe),
        seed_(seed),
        folder_(folder),
        out_(out),
        quiet_(quiet),
        job_(job),
        tracked_(tracked),
        bar_(stderr) {}

  void resumed(const std::vector<EpochRecord>& records, std::size_t batches) override;
  void batch_done(int epoch, std::size_t done, std::size_t total, double loss) override;
  void epoch_done(const EpochRecord& record) override;
  [[nodiscard]] bool stop_requested() const override;

 private:
  const Recipe& recipe_;
  std::uint64_t seed_;
  RunFolder& folder_;
  std::FILE* out_;
  bool quiet_;
  JobClock& job_;
  MlflowRun* tracked_;
  ProgressBar bar_;
};

}  // namespace camloss::train
