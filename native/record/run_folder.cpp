// Files of a training's output folder.
#include "native/record/run_folder.h"

#include <fmt/format.h>

#include <algorithm>

#include "native/base/error.h"
#include "native/io/files.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCheckpointEnding = ".checkpoint";

/// An earlier metrics.json; null where there is none, or text that is no training's at all.
Json earlier_metrics(const fs::path& file) {
  std::error_code unused;
  if (!fs::exists(file, unused)) return {};
  Json json = Json::parse(io::read_text(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("runs") || !json["runs"].is_array() ||
      json["runs"].empty())
    return {};
  return json;
}

/// Files of the runs, from whatever of their names can be read.
std::vector<std::string> files_of(const Json& metrics) {
  std::vector<std::string> files;
  for (const Json& run : metrics["runs"]) {
    if (!run.is_object()) continue;
    const auto text = [&](const char* field) {
      return run.contains(field) && run[field].is_string() ? run[field].get<std::string>()
                                                           : std::string();
    };
    const std::string recipe = text("recipe");
    files.push_back(text("weights"));
    if (!recipe.empty()) files.push_back(fmt::format("recipe-{}.json", recipe));
    if (!run.contains("seed") || !run["seed"].is_number_integer()) continue;
    const std::string seed = run["seed"].dump();
    files.push_back(fmt::format("split-s{}.json", seed));
    for (const char* ending : {"safetensors", "json"}) {
      if (!recipe.empty()) files.push_back(fmt::format("{}-s{}.{}", recipe, seed, ending));
    }
  }
  return files;
}

}  // namespace

RunFolder::RunFolder(fs::path folder, std::string weights_ending)
    : folder_(std::move(folder)), ending_(std::move(weights_ending)), lock_(folder_) {
  try {
    const fs::path file = folder_ / "metrics.json";
    const Json json = earlier_metrics(file);
    if (json.is_null()) return;
    earlier_files_ = files_of(json);
    earlier_ = training_from_json(metrics_reader(json, file.string()));
  } catch (const UserError& error) {
    unreadable_ = error;  // --overwrite replaces it all the same
  }
}

std::string RunFolder::weights_name(const std::string& recipe, std::uint64_t seed) const {
  return fmt::format("{}-s{}.{}", recipe, seed, ending_);
}

fs::path RunFolder::checkpoint(const std::string& recipe, std::uint64_t seed) const {
  return folder_ / fmt::format("{}-s{}{}", recipe, seed, kCheckpointEnding);
}

bool RunFolder::has_checkpoints() const {
  std::error_code unused;
  for (const auto& entry : fs::directory_iterator(folder_, unused)) {
    if (entry.path().extension() == kCheckpointEnding) return true;
  }
  return false;
}

const TrainingRecord& RunFolder::earlier() const {
  if (unreadable_) throw *unreadable_;
  return earlier_;
}

bool RunFolder::has_other_recipe(const Recipe& recipe) const {
  if (std::ranges::find(earlier_.runs, recipe.name, &RunRecord::recipe) == earlier_.runs.end())
    return false;
  const fs::path file = recipe_file(recipe.name);
  std::error_code unused;
  return fs::exists(file, unused) && io::read_text(file) != recipe_json(recipe);
}

std::optional<RunRecord> RunFolder::finished_run(const std::string& recipe, std::uint64_t seed,
                                                 const std::string& fingerprint) const {
  const std::vector<RunRecord>& runs = earlier().runs;
  std::error_code unused;
  if (!fs::exists(folder_ / weights_name(recipe, seed), unused)) return std::nullopt;
  const auto found = std::ranges::find_if(runs, [&](const RunRecord& run) {
    return run.recipe == recipe && run.fingerprint == fingerprint &&
           run.weights == weights_name(recipe, seed);
  });
  if (found == runs.end()) return std::nullopt;
  return *found;
}

bool RunFolder::has_other_run(const std::string& recipe, std::uint64_t seed,
                              const std::string& fingerprint) const {
  return std::ranges::any_of(earlier_.runs, [&](const RunRecord& run) {
    return run.recipe == recipe && run.seed == seed && run.fingerprint != fingerprint;
  });
}

void RunFolder::remove_finished_runs() {
  std::error_code unused;
  for (const std::string& name : earlier_files_) {
    // The file may be anybody's: only names within the folder.
    if (!name.empty() && fs::path(name).filename() == name) fs::remove(folder_ / name, unused);
  }
  for (const char* name : {"metrics.json", "log.jsonl", "report.html"}) {
    fs::remove(folder_ / name, unused);
  }
  earlier_ = {};
  earlier_files_.clear();
  unreadable_.reset();
}

fs::path RunFolder::recipe_file(const std::string& recipe) const {
  return folder_ / fmt::format("recipe-{}.json", recipe);
}

void RunFolder::write_recipe(const Recipe& recipe) const {
  io::write_file_atomically(recipe_file(recipe.name), recipe_json(recipe));
}

void RunFolder::write_split(std::uint64_t seed, const std::string& json) const {
  io::write_file_atomically(folder_ / fmt::format("split-s{}.json", seed), json);
}

void RunFolder::write_metrics(const TrainingRecord& metrics) const {
  io::write_file_atomically(
      folder_ / "metrics.json",
      to_json(metrics).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void RunFolder::log_without_writing(const std::string& recipe, std::uint64_t seed,
                                    const EpochRecord& record) {
  Json line{{"recipe", recipe}, {"seed", seed}};
  line.update(to_json(record));
  log_ += line.dump() + "\n";
}

void RunFolder::write_log() const { io::write_file_atomically(folder_ / "log.jsonl", log_); }

void RunFolder::log_epoch(const std::string& recipe, std::uint64_t seed,
                          const EpochRecord& record) {
  log_without_writing(recipe, seed, record);
  write_log();
}

}  // namespace camloss::train
