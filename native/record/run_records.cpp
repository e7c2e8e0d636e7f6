// Reads metrics.json and the recipes beside it.
#include "native/record/run_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "native/base/error.h"
#include "native/base/strict_json.h"
#include "native/base/text.h"
#include "native/io/files.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxMetricsBytes = std::size_t{256} << 20;

std::vector<fs::path> training_folders(const fs::path& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed))
    throw UserError(folder.string() + " is not a folder", "name one that train wrote");
  if (fs::exists(folder / "metrics.json", failed)) return {folder};
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (fs::exists(entry.path() / "metrics.json", failed)) folders.push_back(entry.path());
  }
  if (folders.empty()) {
    throw UserError("no finished training in " + folder.string(),
                    "a folder that train wrote holds metrics.json; an unfinished one goes on with "
                    "train --resume");
  }
  std::ranges::sort(folders);
  return folders;
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::ranges::find(list, text) == list.end()) list.push_back(text);
}

void add_folder(Records& records, const fs::path& folder, TrainingRecord training) {
  if (records.runs.empty()) {
    records.data = training.data;
    records.classes = training.classes;
    records.description = training.description;
    records.shift = training.shift;
    records.marks = training.marks;
    records.source = training.source;
    records.device = training.device;
    records.threads = training.threads;
    records.unreadable = training.unreadable;
  } else if (training.data != records.data || training.classes != records.classes) {
    const bool same_name = training.data == records.data;
    throw UserError(fmt::format("{} was trained on other {} ({}) than {} ({})", folder.string(),
                                same_name ? "classes" : "data",
                                same_name ? listed(training.classes) : training.data,
                                records.runs.front().folder.string(),
                                same_name ? listed(records.classes) : records.data),
                    "name one folder of them");
  }
  add_once(records.commands, training.command);
  add_once(records.versions, training.version);
  add_once(records.libraries, training.libraries);
  add_once(records.engines, training.engine);
  for (RunRecord& run : training.runs) {
    run.folder = folder;
    records.runs.push_back(std::move(run));
  }
}

void add_recipes(Records& records) {
  std::set<std::pair<std::string, std::uint64_t>> seen;
  for (const RunRecord& run : records.runs) {
    if (!seen.insert({run.recipe, run.seed}).second) {
      throw UserError(fmt::format("{} with seed {} was trained twice", run.recipe, run.seed),
                      "the folders hold the same recipe and seed; name one of them");
    }
    if (std::ranges::find(records.recipe_names, run.recipe) != records.recipe_names.end()) continue;
    records.recipe_names.push_back(run.recipe);
    const fs::path file = run.folder / fmt::format("recipe-{}.json", run.recipe);
    std::error_code unused;
    if (fs::exists(file, unused))
      records.recipes.push_back(parse_recipe(io::read_text(file, kMaxRecipeBytes), file.string()));
  }
}

}  // namespace

std::size_t Records::index_of(std::string_view recipe) const {
  return static_cast<std::size_t>(std::ranges::find(recipe_names, recipe) - recipe_names.begin());
}

std::size_t Records::baseline() const {
  const std::size_t named = index_of("baseline");
  return named < recipe_names.size() ? named : 0;
}

std::size_t Records::candidate() const {
  const std::size_t named = index_of("camloss");
  return named < recipe_names.size() ? named : recipe_names.size() - 1;
}

std::vector<Part> Records::parts() const {
  std::vector<Part> measured;
  for (const Part part : kAllParts) {
    if (std::ranges::any_of(runs, [&](const RunRecord& run) { return run.parts.contains(part); }))
      measured.push_back(part);
  }
  return measured;
}

bool Records::is_shift_chosen() const { return shift && shift->is_chosen; }

std::optional<Part> Records::telling_part() const {
  const std::vector<Part> all = parts();
  const auto has = [&](Part part) { return std::ranges::find(all, part) != all.end(); };
  if (has(Part::shift) && !is_shift_chosen()) return Part::shift;
  for (const Part part : {Part::swapped, Part::shift, Part::val, Part::train}) {
    if (has(part)) return part;
  }
  return std::nullopt;
}

Records load_records(const fs::path& folder) {
  Records records;
  for (const fs::path& training : training_folders(folder)) {
    const std::string file = (training / "metrics.json").string();
    const Json json = parse_strict_json(io::read_text(file, kMaxMetricsBytes), file);
    add_folder(records, training, training_from_json(metrics_reader(json, file)));
  }
  if (records.runs.empty())
    throw UserError("no finished training in " + folder.string(), "go on with train --resume");
  add_recipes(records);
  return records;
}

}  // namespace camloss::train
