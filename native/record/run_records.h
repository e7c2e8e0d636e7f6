// What finished trainings left on the disk, read back for a report.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "native/recipes/recipe.h"
#include "native/record/epoch.h"

namespace camloss::train {

/// One trained model.
struct RunRecord {
  std::filesystem::path folder;
  Json json;  // its entry of metrics.json
  [[nodiscard]] std::string recipe() const { return json.at("recipe").get<std::string>(); }
  [[nodiscard]] std::uint64_t seed() const { return json.at("seed").get<std::uint64_t>(); }
};

/// Trainings on the same data.
// NOLINTNEXTLINE(bugprone-exception-escape): JSON's own move, which does not throw
struct Records {
  std::string data, description;
  std::vector<std::string> classes;       // two, index order
  std::vector<RunRecord> runs;            // not empty
  std::vector<std::string> recipe_names;  // in the order of their first run
  std::vector<Recipe> recipes;            // the same order; those whose recipe-<name>.json is there
  Json summary;                           // as summary_json of the runs
  Json shift;   // who chose the shift part and what it holds; null in old files
  Json marks;   // in the middle of the pictures; null in old files
  Json source;  // where the data lay: "path", "classes", "scene_seed"; null in old files
  std::vector<std::string> commands, versions, libraries;  // each different one once
  std::string device;
  std::int64_t threads = 0, unreadable = 0;

  /// Position of a recipe in recipe_names.
  [[nodiscard]] std::size_t index_of(std::string_view recipe) const;
  /// The recipe that others are compared with: "baseline" where it is there, else the first.
  [[nodiscard]] std::size_t baseline() const;
  /// The recipe that is held against it: "camloss" where it is there, else the last.
  [[nodiscard]] std::size_t candidate() const;
  /// Names of the parts that were measured, in the order of the files.
  [[nodiscard]] std::vector<std::string> parts() const;
  /// Whether the shift part was taken by border colour, nobody gave it.
  [[nodiscard]] bool is_shift_chosen() const;
  /// The part whose figures say most: a shift part that was given, else swapped, else the last one
  /// of the data; "" for none.
  [[nodiscard]] std::string telling_part() const;
  /// {"word", "why", "figures"}; see verdict.h.
  [[nodiscard]] Json verdict() const;
};

/// Reads a training's output folder, or all those directly within a folder.
/// Throws UserError: no metrics.json, one that is damaged or has no finished run, trainings on
/// different data, the same recipe and seed twice.
[[nodiscard]] Records load_records(const std::filesystem::path& folder);

/// The value at a path of keys, or null.
[[nodiscard]] const Json* value_at(const Json& tree, std::initializer_list<std::string_view> path);

/// A number at a path, or nothing.
[[nodiscard]] std::optional<double> number_at(const Json& tree,
                                              std::initializer_list<std::string_view> path);

}  // namespace camloss::train
