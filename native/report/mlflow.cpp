// Writes MLflow's file store.
#include "native/report/mlflow.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/io/files.h"
#include "native/report/word_characters.h"
#include "shared/base/utf8.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

// MLflow's numbers for the states of a run, and for one started by hand on this machine.
constexpr int kRunning = 1, kFinished = 3, kFailed = 4, kKilled = 5, kLocal = 4;
// Longest value of a param and of a tag that every version of MLflow reads.
constexpr std::size_t kMaxParam = 500, kMaxTag = 5000;

}  // namespace

std::int64_t milliseconds_now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

namespace {

/// A YAML scalar in single quotes, within which only the quote itself needs doubling. Line breaks
/// become spaces.
std::string yaml_text(std::string_view text) {
  std::string yaml = "'";
  for (const char c : text) {
    if (c == '\'') yaml += '\'';
    yaml += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return yaml + "'";
}

/// Percent-encodes what a file's URI may not hold as it is.
std::string file_uri(const fs::path& path) {
  std::string uri = "file://";
  for (const char c : fs::absolute(path).lexically_normal().string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-_.~").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c)
                 : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return uri;
}

std::string random_digits(int count, std::string_view alphabet) {
  std::random_device source;
  std::string text;
  for (int i = 0; i < count; ++i) text += alphabet[source() % alphabet.size()];
  return text;
}

/// A name as MLflow takes it: \w of any script, '-', '.' and spaces stay, anything else, vowel signs
/// too, becomes '_'. A name that had to be changed ends in the hash of what it was, so that two never share a
/// file.
std::string key_of(std::string_view name) {
  std::string key;
  bool is_changed = false;
  for (std::string_view rest = name; !rest.empty();) {
    const std::string_view before = rest;
    const auto c = next_code_point(rest);
    if (!c) rest = before.substr(1);
    if (c && (is_word_character(*c) || *c == '-' || *c == '.' || *c == ' ')) {
      key += before.substr(0, before.size() - rest.size());
    } else {
      key += '_';
      is_changed = true;
    }
  }
  return is_changed ? fmt::format("{}-{}", key, hex(fnv1a(name)).substr(0, 6)) : key;
}

std::string shortened(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  text.resize(bytes);
  return text;
}

/// The value after "name:" in an experiment's meta.yaml, as this file and MLflow write it; "" where
/// it is not there.
std::string name_in(const std::string& yaml) {
  std::size_t at = yaml.rfind("name:", 0) == 0 ? 0 : yaml.find("\nname:");
  if (at == std::string::npos) return {};
  at = yaml.find(':', at) + 1;
  std::string value = yaml.substr(at, yaml.find('\n', at) - at);
  value.erase(0, value.find_first_not_of(' '));
  if (value.size() >= 2 && value.front() == value.back() &&
      (value.front() == '\'' || value.front() == '"')) {
    std::string plain;
    for (std::size_t i = 1; i + 1 < value.size(); ++i) {
      if (value[i] == '\'' && value[i + 1] == '\'' && value.front() == '\'') ++i;
      plain += value[i];
    }
    return plain;
  }
  return value;
}

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Nested objects as "outer.inner".
void add_params(std::vector<std::pair<std::string, std::string>>& params, const std::string& prefix,
                const Json& json) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = prefix + key_of(key);
    if (value.is_object()) {
      add_params(params, name + ".", value);
    } else {
      params.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
}

/// Every number of a tree as a metric of its own: "shift.per_class.orca".
void add_figures(std::vector<std::pair<std::string, double>>& figures, const std::string& prefix,
                 const Json& json) {
  for (const auto& [key, value] : json.items()) {
    const std::string name = prefix + key_of(key);
    if (value.is_object()) add_figures(figures, name + ".", value);
    if (value.is_number() && key != "n" && key != "perturbed")
      figures.emplace_back(name, value.get<double>());
  }
}

std::string user_name() {
  for (const char* variable : {"USER", "LOGNAME"}) {
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return name;
  }
  return fmt::format("{}", ::getuid());
}

}  // namespace

MlflowStore::MlflowStore(fs::path folder, const std::string& experiment)
    : folder_(std::move(folder)) {
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder_, failed)) {
    const std::string id = entry.path().filename().string();
    const fs::path meta = entry.path() / "meta.yaml";
    if (is_number(id) && fs::exists(meta, failed) && name_in(io::read_text(meta)) == experiment)
      experiment_id_ = id;
  }
  if (!experiment_id_.empty()) return;
  // Eighteen digits, as MLflow's own; the first one is not 0.
  experiment_id_ = random_digits(1, "123456789") + random_digits(17, "0123456789");
  const fs::path home = folder_ / experiment_id_;
  const std::int64_t time = milliseconds_now();
  io::write_file_atomically(
      home / "meta.yaml",
      fmt::format(
          "artifact_location: {}\ncreation_time: {}\nexperiment_id: '{}'\nlast_update_time: {}\n"
          "lifecycle_stage: active\nname: {}\n",
          yaml_text(file_uri(home)), time, experiment_id_, time, yaml_text(experiment)));
}

MlflowRun MlflowStore::start_run(const RunHeader& header, std::int64_t started) const {
  const std::string id = random_digits(32, "0123456789abcdef");
  return {folder_ / experiment_id_ / id, experiment_id_, header, started};
}

MlflowRun::MlflowRun(fs::path home, std::string experiment, const RunHeader& header,
                     std::int64_t started)
    : home_(std::move(home)),
      experiment_(std::move(experiment)),
      name_(fmt::format("{}-s{}", header.recipe.name, header.seed)),
      classes_(header.classes),
      started_(started) {
  const auto write = [&](const std::string& kind, const std::string& key, std::string_view text) {
    io::write_file_atomically(home_ / kind / key, text);
  };
  std::vector<std::pair<std::string, std::string>> params{{"data", header.data},
                                                          {"seed", fmt::format("{}", header.seed)}};
  add_params(params, "", Json::parse(recipe_json(header.recipe)));
  for (const auto& [key, value] : params) write("params", key, shortened(value, kMaxParam));
  std::vector<std::pair<std::string, std::string>> tags{
      {"mlflow.runName", name_},
      {"mlflow.user", user_name()},
      {"mlflow.source.name", header.command.empty() ? "trainer train" : header.command},
      {"mlflow.source.type", "LOCAL"},
      {"mlflow.note.content", header.recipe.description},
      {"camloss.recipe", header.recipe.name},
      {"camloss.classes", header.classes[0] + "," + header.classes[1]},
  };
  if (!header.version.empty()) tags.emplace_back("camloss.version", header.version);
  for (const auto& [key, value] : tags) write("tags", key, shortened(value, kMaxTag));
  std::error_code failed;
  fs::create_directories(home_ / "artifacts", failed);
  fs::create_directories(home_ / "metrics", failed);
  write_meta(kRunning, std::nullopt);
}

void MlflowRun::write_meta(int status, std::optional<std::int64_t> ended) const {
  io::write_file_atomically(home_ / "meta.yaml",
                            fmt::format("artifact_uri: {}\nend_time: {}\nentry_point_name: "
                                        "''\nexperiment_id: '{}'\nlifecycle_stage: active\n"
                                        "run_id: {}\nrun_name: {}\nrun_uuid: {}\nsource_name: "
                                        "''\nsource_type: {}\nsource_version: ''\n"
                                        "start_time: {}\nstatus: {}\ntags: []\nuser_id: {}\n",
                                        yaml_text(file_uri(home_ / "artifacts")),
                                        ended ? fmt::format("{}", *ended) : std::string("null"),
                                        experiment_, yaml_text(home_.filename().string()),
                                        yaml_text(name_), yaml_text(home_.filename().string()),
                                        kLocal, started_, status, yaml_text(user_name())));
}

void MlflowRun::log_epoch(const EpochRecord& epoch, std::int64_t time) {
  ++epochs_;
  for (const EpochFigure& figure : kEpochFigures) {
    const auto value = value_of(figure, epoch);
    if (!value || !std::isfinite(*value)) continue;
    // One short write at the end of the file: a reader never sees half a line.
    const fs::path path = home_ / "metrics" / figure.key;
    std::ofstream file(path, std::ios::app);
    file << fmt::format("{} {} {}\n", time, *value, epoch.epoch);
    if (!file.flush()) throw UserError("cannot write to " + path.string(), "is the disk full?");
  }
}

void MlflowRun::finish(const RunRecord& run, const fs::path& folder, std::int64_t ended) const {
  std::vector<std::pair<std::string, double>> figures;
  add_figures(figures, "", parts_json(run.parts, classes_));
  for (const RunFigure& figure : {kWorstGroup, kTemperature}) {
    if (const auto value = run.*figure.where) figures.emplace_back(figure.key, *value);
  }
  for (const auto& [key, value] : figures) {
    io::write_file_atomically(home_ / "metrics" / key,
                              fmt::format("{} {} {}\n", ended, value, epochs_));
  }
  for (const std::string& file :
       {run.weights, fmt::format("recipe-{}.json", run.recipe),
        fmt::format("split-s{}.json", run.seed), std::string("report.html")}) {
    add_artifact(folder / file);
  }
  write_meta(kFinished, ended);
}

void MlflowRun::add_artifact(const fs::path& file) const {
  // The report is written when all runs are done; a run that ends before goes without it.
  std::error_code failed;
  if (!fs::exists(file, failed)) return;
  io::write_file_atomically(home_ / "artifacts" / file.filename(), io::read_file(file));
}

void MlflowRun::stop(std::int64_t ended) const { write_meta(kKilled, ended); }

void MlflowRun::fail(std::int64_t ended) const { write_meta(kFailed, ended); }

void track_runs(const fs::path& runs, const fs::path& store) {
  const Records records = load_records(runs);
  const MlflowStore mlflow(store, records.data);
  const std::int64_t now = milliseconds_now();
  for (const RunRecord& run : records.runs) {
    const auto recipe = std::ranges::find(records.recipes, run.recipe, &Recipe::name);
    if (recipe == records.recipes.end())
      throw UserError("the recipe of " + run.recipe + " is gone from " + run.folder.string());
    // Trainings of earlier versions do not say when they ran: they end now.
    const std::int64_t ended = run.ended.value_or(now);
    const std::int64_t started =
        run.started.value_or(ended - static_cast<std::int64_t>(1000 * run.seconds.value_or(0)));
    MlflowRun tracked = mlflow.start_run({*recipe, run.seed, records.data, records.classes,
                                          records.commands.empty() ? "" : records.commands.front(),
                                          records.versions.empty() ? "" : records.versions.front()},
                                         started);
    double seconds = 0;
    for (const EpochRecord& epoch : run.epochs) {
      seconds += epoch.seconds;
      tracked.log_epoch(epoch,
                        std::min(ended, started + static_cast<std::int64_t>(1000 * seconds)));
    }
    tracked.finish(run, run.folder, ended);
  }
}

}  // namespace camloss::train
