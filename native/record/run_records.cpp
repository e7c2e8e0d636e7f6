// Reads metrics.json and the recipes beside it.
#include "native/record/run_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "native/base/error.h"
#include "native/base/strict_json.h"
#include "native/base/text.h"
#include "native/data/classes.h"
#include "native/io/files.h"
#include "native/record/metrics_json.h"
#include "native/record/verdict.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxMetricsBytes = std::size_t{256} << 20;

std::vector<fs::path> training_folders(const fs::path& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed))
    throw UserError(folder.string() + " is no folder", "name one that train wrote");
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

void add_once(std::vector<std::string>& list, const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_string()) return;
  auto text = found->get<std::string>();
  if (std::ranges::find(list, text) == list.end()) list.push_back(std::move(text));
}

/// Throws nlohmann::json::exception where a field that the report needs is missing.
void check_run(const Json& run, const std::vector<std::string>& classes) {
  static_cast<void>(run.at("recipe").get<std::string>());
  static_cast<void>(run.at("seed").get<std::uint64_t>());
  static_cast<void>(run.at("weights").get<std::string>());
  static_cast<void>(run.at("worst_group_accuracy"));
  for (const auto& [part, figures] : run.at("parts").items()) {
    static_cast<void>(figures.at("n").get<std::size_t>());
    static_cast<void>(figures.at("accuracy").get<double>());
    for (std::size_t truth = 0; truth < 2; ++truth) {
      for (std::size_t said = 0; said < 2; ++said) {
        static_cast<void>(figures.at("confusion").at(truth).at(said).get<std::size_t>());
      }
    }
    for (const std::string& name : classes) static_cast<void>(figures.at("per_class").at(name));
  }
  for (const Json& epoch : run.at("epochs")) static_cast<void>(epoch_from_json(epoch));
}

void add_folder(Records& records, const fs::path& folder, const Json& json) {
  const auto data = json.at("data").get<std::string>();
  const auto classes = json.at("classes").get<std::vector<std::string>>();
  if (classes.size() != 2)
    throw UserError((folder / "metrics.json").string() + " does not have two classes");
  if (records.runs.empty()) {
    records.data = data;
    records.classes = classes;
    records.description = json.value("description", "");
    records.shift = json.contains("shift") ? json.at("shift") : Json();
    records.marks = json.contains("marks") ? json.at("marks") : Json();
    records.source = json.contains("source") ? json.at("source") : Json();
    records.device = json.value("device", "");
    records.threads = json.value("threads", std::int64_t{0});
    records.unreadable = json.value("unreadable", std::int64_t{0});
  } else if (data != records.data || classes != records.classes) {
    const bool same_name = data == records.data;
    throw UserError(fmt::format("{} was trained on other {} ({}) than {} ({})", folder.string(),
                                same_name ? "classes" : "data", same_name ? listed(classes) : data,
                                records.runs.front().folder.string(),
                                same_name ? listed(records.classes) : records.data),
                    "name one folder of them");
  }
  add_once(records.commands, json, "command");
  add_once(records.versions, json, "version");
  add_once(records.libraries, json, "libraries");
  for (const Json& run : json.at("runs")) {
    check_run(run, classes);
    records.runs.push_back({folder, run});
  }
}

void add_recipes(Records& records) {
  std::set<std::pair<std::string, std::uint64_t>> seen;
  for (const RunRecord& run : records.runs) {
    if (!seen.insert({run.recipe(), run.seed()}).second) {
      throw UserError(fmt::format("{} with seed {} was trained twice", run.recipe(), run.seed()),
                      "the folders hold the same recipe and seed; name one of them");
    }
    if (std::ranges::find(records.recipe_names, run.recipe()) != records.recipe_names.end())
      continue;
    records.recipe_names.push_back(run.recipe());
    const fs::path file = run.folder / fmt::format("recipe-{}.json", run.recipe());
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

std::vector<std::string> Records::parts() const {
  std::vector<std::string> names;
  for (const Part part : kAllParts) {
    const std::string known(to_string(part));
    if (std::ranges::any_of(
            runs, [&](const RunRecord& run) { return run.json.at("parts").contains(known); })) {
      names.push_back(known);
    }
  }
  return names;
}

bool Records::is_shift_chosen() const {
  const Json* chosen_by = value_at(shift, {"chosen_by"});
  return chosen_by != nullptr && *chosen_by == "border colour";
}

std::string Records::telling_part() const {
  const std::vector<std::string> all = parts();
  const auto has = [&](const char* name) { return std::ranges::find(all, name) != all.end(); };
  if (has("shift") && !is_shift_chosen()) return "shift";
  for (const char* name : {"swapped", "shift", "val", "train"}) {
    if (has(name)) return name;
  }
  return {};
}

Json Records::verdict() const {
  Json all = Json::array();
  for (const RunRecord& run : runs) all.push_back(run.json);
  return verdict_json(all, summary, classes, shift, marks);
}

Records load_records(const fs::path& folder) {
  Records records;
  for (const fs::path& training : training_folders(folder)) {
    const fs::path file = training / "metrics.json";
    try {
      add_folder(records, training,
                 parse_strict_json(io::read_text(file, kMaxMetricsBytes), file.string()));
    } catch (const nlohmann::json::exception& wrong) {
      throw UserError(fmt::format("{} is not as train writes it: {}", file.string(), wrong.what()),
                      "train anew, or take the file out of the folder");
    }
  }
  if (records.runs.empty())
    throw UserError("no finished training in " + folder.string(), "go on with train --resume");
  add_recipes(records);
  Json runs = Json::array();
  for (const RunRecord& run : records.runs) runs.push_back(run.json);
  records.summary = summary_json(runs);
  return records;
}

const Json* value_at(const Json& tree, std::initializer_list<std::string_view> path) {
  const Json* at = &tree;
  for (const std::string_view key : path) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(std::string(key));
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

std::optional<double> number_at(const Json& tree, std::initializer_list<std::string_view> path) {
  const Json* found = value_at(tree, path);
  if (found == nullptr || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

}  // namespace camloss::train
