// The output folder of a training: what it holds, and what an interrupted one has left in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "native/base/error.h"
#include "native/io/folder_lock.h"
#include "native/recipes/recipe.h"
#include "native/record/run_record.h"

namespace camloss::train {

/// Names and files of a folder; holds its lock. Every file is written whole or not at all.
class RunFolder {
 public:
  /// @param weights_ending  "safetensors" or "json"
  RunFolder(std::filesystem::path folder, std::string weights_ending);

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }
  /// "<recipe>-s<seed>.<ending>"
  [[nodiscard]] std::string weights_name(const std::string& recipe, std::uint64_t seed) const;
  /// Where the state of an unfinished training lies; gone when it is finished.
  [[nodiscard]] std::filesystem::path checkpoint(const std::string& recipe,
                                                 std::uint64_t seed) const;
  /// Whether any training was left unfinished here.
  [[nodiscard]] bool has_checkpoints() const;

  /// Whether an earlier training was finished here, all of it or in part.
  [[nodiscard]] bool has_finished_runs() const { return !earlier_.runs.empty() || unreadable_; }
  /// What an earlier training left on record; without runs where there is none.
  /// Throws UserError: metrics.json has runs that are not as train writes them.
  [[nodiscard]] const TrainingRecord& earlier() const;
  /// Whether finished runs of a recipe were trained with another recipe of that name.
  [[nodiscard]] bool has_other_recipe(const Recipe& recipe) const;

  /// The finished run of an earlier metrics.json, if its fingerprint is the same and its weights
  /// are still there.
  /// Throws UserError: metrics.json has runs that are not as train writes them.
  [[nodiscard]] std::optional<RunRecord> finished_run(const std::string& recipe, std::uint64_t seed,
                                                      const std::string& fingerprint) const;

  /// Whether metrics.json has a finished run of the recipe and seed with another fingerprint: other
  /// data or options.
  [[nodiscard]] bool has_other_run(const std::string& recipe, std::uint64_t seed,
                                   const std::string& fingerprint) const;
  /// Removes what the earlier trainings left, so that nothing of them lies beside the new figures.
  void remove_finished_runs();

  void write_recipe(const Recipe& recipe) const;
  void write_split(std::uint64_t seed, const std::string& json) const;
  void write_metrics(const TrainingRecord& metrics) const;

  /// log.jsonl: one line an epoch. Rewritten whole, so that it never holds half a line nor one
  /// twice.
  void log_epoch(const std::string& recipe, std::uint64_t seed, const EpochRecord& record);
  void write_log() const;
  void log_without_writing(const std::string& recipe, std::uint64_t seed,
                           const EpochRecord& record);

 private:
  [[nodiscard]] std::filesystem::path recipe_file(const std::string& recipe) const;

  std::filesystem::path folder_;
  std::string ending_;
  io::FolderLock lock_;
  TrainingRecord earlier_;                  // of metrics.json; empty where there is none
  std::vector<std::string> earlier_files_;  // of its runs, also where it cannot be read as a whole
  std::optional<UserError> unreadable_;     // why it cannot be read
  std::string log_;
};

}  // namespace camloss::train
