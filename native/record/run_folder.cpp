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

/// The runs of an earlier metrics.json; an empty list where there is none or it cannot be
/// understood.
Json earlier_runs(const fs::path& file) {
  Json none = Json::array();
  std::error_code unused;
  if (!fs::exists(file, unused)) return none;
  const Json json = Json::parse(io::read_text(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("runs") || !json["runs"].is_array()) return none;
  return json["runs"];
}

}  // namespace

RunFolder::RunFolder(fs::path folder, std::string weights_ending)
    : folder_(std::move(folder)),
      ending_(std::move(weights_ending)),
      lock_(folder_),
      earlier_runs_(earlier_runs(folder_ / "metrics.json")) {}

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

std::optional<Json> RunFolder::finished_run(const std::string& recipe, std::uint64_t seed,
                                            const std::string& fingerprint) const {
  std::error_code unused;
  if (!fs::exists(folder_ / weights_name(recipe, seed), unused)) return std::nullopt;
  for (const Json& run : earlier_runs_) {
    if (run.value("recipe", "") == recipe && run.value("fingerprint", "") == fingerprint &&
        run.value("weights", "") == weights_name(recipe, seed)) {
      return run;
    }
  }
  return std::nullopt;
}

bool RunFolder::has_other_run(const std::string& recipe, std::uint64_t seed,
                              const std::string& fingerprint) const {
  return std::ranges::any_of(earlier_runs_, [&](const Json& run) {
    return run.value("recipe", "") == recipe && run.value("seed", Json()) == seed &&
           run.value("fingerprint", "") != fingerprint;
  });
}

void RunFolder::remove_finished_runs() {
  std::error_code unused;
  for (const Json& run : earlier_runs_) {
    const std::string recipe = run.value("recipe", ""), weights = run.value("weights", "");
    const std::string seed = run.value("seed", Json()).dump();
    for (const std::string& name :
         {weights, "recipe-" + recipe + ".json", "split-s" + seed + ".json"}) {
      // The file may be anybody's: only names within the folder.
      if (!name.empty() && fs::path(name).filename() == name) fs::remove(folder_ / name, unused);
    }
  }
  for (const char* name : {"metrics.json", "log.jsonl", "report.html"}) {
    fs::remove(folder_ / name, unused);
  }
  earlier_runs_ = Json::array();
}

void RunFolder::write_recipe(const Recipe& recipe) const {
  io::write_file_atomically(folder_ / fmt::format("recipe-{}.json", recipe.name),
                            recipe_json(recipe));
}

void RunFolder::write_split(std::uint64_t seed, const std::string& json) const {
  io::write_file_atomically(folder_ / fmt::format("split-s{}.json", seed), json);
}

void RunFolder::write_metrics(const Json& metrics) const {
  io::write_file_atomically(folder_ / "metrics.json",
                            metrics.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
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
