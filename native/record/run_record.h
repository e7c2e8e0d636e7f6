// What a training leaves in metrics.json, as structs: its runs, and the training that they belong to.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "native/data/marks.h"
#include "native/evaluate/counterfactual.h"
#include "native/record/epoch.h"
#include "native/record/figures.h"

namespace camloss::train {

/// One trained model. What older files do not have is missing.
struct RunRecord {
  std::filesystem::path folder;  // where its files lie; not in the file
  std::string recipe;
  std::uint64_t seed = 0;
  std::string weights;  // name of the file, in the training's folder
  std::optional<std::string> fingerprint, head;
  std::optional<int> input_size;
  std::optional<double> temperature, offset;
  std::optional<bool> calibrated;
  std::optional<double> seconds;  // of all epochs
  std::optional<std::int64_t> pictures;
  std::optional<std::array<CutOutCount, 2>> cut_outs;  // (class)
  std::optional<double> worst_group_accuracy;          // null without pictures
  PartsFigures parts;
  std::vector<EpochRecord> epochs;
  std::optional<std::int64_t> started, ended;  // milliseconds since 1970
};

/// A figure of a whole run.
struct RunFigure {
  std::string_view key;         // in files
  std::string_view title;       // in the table that a training prints
  std::string_view long_title;  // in reports
  std::optional<double> RunRecord::*where;
};
inline constexpr RunFigure kWorstGroup{"worst_group_accuracy", "worst group",
                                       "worst accuracy of a class in a part",
                                       &RunRecord::worst_group_accuracy};  // higher is better
inline constexpr RunFigure kTemperature{"temperature", "temperature", "temperature",
                                        &RunRecord::temperature};

/// Where the data of a training lay.
struct SourceRecord {
  std::string path;     // empty: the embedded scenes
  std::string classes;  // text of --classes
  std::uint64_t scene_seed = 1;
};

/// Who chose the shift part, and whether its pictures can contradict their class.
struct ShiftRecord {
  bool is_chosen = false;                // by the program, by border colour
  std::optional<double> border_overlap;  // of the classes' colours, 0…1
  std::optional<std::size_t> contradicting, of;
};
[[nodiscard]] ShiftRecord shift_record(const Dataset& data);

/// A whole metrics.json. Its summary and verdict are made from the runs.
struct TrainingRecord {
  std::string version, libraries, command;
  std::string data, description;
  std::optional<SourceRecord> source;
  std::vector<std::string> classes;  // two, index order
  std::int64_t threads = 0;
  std::string engine = "torch";  // or "core", which older files do not name
  std::string device;
  std::size_t unreadable = 0, look_alikes = 0;
  std::optional<ShiftRecord> shift;
  std::optional<CentralMarks> marks;  // in the middle of the pictures
  std::vector<RunRecord> runs;
};

/// {"leopard": {"found": 12, "of": 20, "centre": 0.6}, …}
[[nodiscard]] Json cut_outs_json(const std::array<CutOutCount, 2>& cut_outs,
                                 const std::vector<std::string>& classes);

/// Fields in a fixed order; those that are missing are left out.
[[nodiscard]] Json to_json(const RunRecord& run, const std::vector<std::string>& classes);
/// Throws UserError that names the field and the file: one that a report needs is missing, or one is of another type.
[[nodiscard]] RunRecord run_from_json(const JsonReader& json,
                                      const std::vector<std::string>& classes);

/// With "summary" and "verdict".
[[nodiscard]] Json to_json(const TrainingRecord& training);
/// Throws UserError as run_from_json, and where there are not two classes.
[[nodiscard]] TrainingRecord training_from_json(const JsonReader& json);

/// A reader of a metrics.json.
/// @param file  for messages
[[nodiscard]] JsonReader metrics_reader(const Json& json, const std::string& file);

/// What one recipe came to: its runs, one a seed, in the order of the file.
struct RecipeRuns {
  std::string recipe;
  std::vector<const RunRecord*> runs;  // not empty; of the list that it was made from

  /// A figure of a part over the seeds; nothing where no run has it.
  [[nodiscard]] std::optional<Statistics> figure(Part part, const Figure& figure,
                                                 Of of = Of::all) const;
  [[nodiscard]] std::optional<Statistics> figure(const RunFigure& figure) const;
  [[nodiscard]] bool has(Part part) const;
};

/// The recipes in the order of their first run. `runs` must outlive them.
[[nodiscard]] std::vector<RecipeRuns> by_recipe(std::span<const RunRecord> runs);

/// For each recipe: every figure's mean over the seeds, standard deviation and number of seeds.
[[nodiscard]] Json summary_json(std::span<const RunRecord> runs,
                                const std::vector<std::string>& classes);

/// The summary as a table for people: a column a recipe, a row a figure, with the direction that is better.
[[nodiscard]] std::string comparison_table(std::span<const RunRecord> runs,
                                           const std::vector<std::string>& classes);

}  // namespace camloss::train
