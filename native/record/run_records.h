// What finished trainings left on the disk, read back for a report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "native/recipes/recipe.h"
#include "native/record/run_record.h"

namespace camloss::train {

/// Trainings on the same data.
struct Records {
  std::string data, description;
  std::vector<std::string> classes;       // two, index order
  std::vector<RunRecord> runs;            // not empty
  std::vector<std::string> recipe_names;  // in the order of their first run
  std::vector<Recipe> recipes;            // the same order; those whose recipe-<name>.json is there
  std::optional<ShiftRecord> shift;       // nothing in old files
  std::optional<CentralMarks> marks;      // nothing in old files
  std::optional<SourceRecord> source;     // where the data lay; nothing in old files
  std::vector<std::string> commands, versions, libraries, engines;  // each different one once
  std::string device;
  std::int64_t threads = 0, unreadable = 0;

  /// Position of a recipe in recipe_names.
  [[nodiscard]] std::size_t index_of(std::string_view recipe) const;
  /// The recipe that others are compared with: "baseline" where it is there, else the first.
  [[nodiscard]] std::size_t baseline() const;
  /// The recipe that is held against it: "camloss" where it is there, else the last.
  [[nodiscard]] std::size_t candidate() const;
  /// The runs of each recipe, in the order of recipe_names. The records must outlive them.
  [[nodiscard]] std::vector<RecipeRuns> by_recipe() const { return train::by_recipe(runs); }
  /// The parts that were measured.
  [[nodiscard]] std::vector<Part> parts() const;
  /// Whether the shift part was taken by border colour, nobody gave it.
  [[nodiscard]] bool is_shift_chosen() const;
  /// The part whose figures say most: a shift part that was given, else swapped, else the last one
  /// of the data; nothing where none was measured.
  [[nodiscard]] std::optional<Part> telling_part() const;
};

/// Reads a training's output folder, or all those directly within a folder.
/// Throws UserError: no metrics.json, one that is damaged (names the field) or has no finished run, trainings on
/// different data, the same recipe and seed twice.
[[nodiscard]] Records load_records(const std::filesystem::path& folder);

}  // namespace camloss::train
