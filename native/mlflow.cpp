// Writes MLflow's file store.
#include "native/mlflow.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <random>

#include "native/error.h"
#include "native/files.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

// MLflow's numbers for a finished run, and for a run started by hand on this machine.
constexpr int kFinished = 3, kLocal = 4;
// Longest value of a param and of a tag that every version of MLflow reads.
constexpr std::size_t kMaxParam = 500, kMaxTag = 5000;

std::int64_t now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

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

/// MLflow allows letters, digits and _-. in names; anything else becomes '_'.
std::string key_of(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    if (!plain) c = '_';
  }
  return key;
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
                const OrderedJson& json) {
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
                 const OrderedJson& json) {
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
    if (is_number(id) && fs::exists(meta, failed) && name_in(read_text(meta)) == experiment)
      experiment_id_ = id;
  }
  if (!experiment_id_.empty()) return;
  // Eighteen digits, as MLflow's own; the first one is not 0.
  experiment_id_ = random_digits(1, "123456789") + random_digits(17, "0123456789");
  const fs::path home = folder_ / experiment_id_;
  const std::int64_t time = now();
  write_file_atomically(
      home / "meta.yaml",
      fmt::format(
          "artifact_location: {}\ncreation_time: {}\nexperiment_id: '{}'\nlast_update_time: {}\n"
          "lifecycle_stage: active\nname: {}\n",
          yaml_text(file_uri(home)), time, experiment_id_, time, yaml_text(experiment)));
}

fs::path MlflowStore::add_run(const RunRecord& run, const Recipe& recipe, const Records& records,
                              std::int64_t ended) const {
  const std::string id = random_digits(32, "0123456789abcdef");
  fs::path home = folder_ / experiment_id_ / id;
  const std::string name = fmt::format("{}-s{}", run.recipe(), run.seed());
  const auto write = [&](const std::string& kind, const std::string& key, std::string_view text) {
    write_file_atomically(home / kind / key, text);
  };

  std::vector<std::pair<std::string, std::string>> params{{"data", records.data},
                                                          {"seed", fmt::format("{}", run.seed())}};
  add_params(params, "", OrderedJson::parse(recipe_json(recipe)));
  for (const auto& [key, value] : params) write("params", key, shortened(value, kMaxParam));

  double seconds = 0;
  std::vector<std::pair<std::string, std::string>> curves;  // name, lines
  const double total = number_at(run.json, {"seconds"}).value_or(0);
  const auto started = ended - static_cast<std::int64_t>(1000 * total);
  for (const OrderedJson& epoch : run.json.at("epochs")) {
    seconds += number_at(epoch, {"seconds"}).value_or(0);
    for (const auto& [key, value] : epoch.items()) {
      if (!value.is_number() || key == "epoch") continue;
      auto found = std::ranges::find(curves, key, &std::pair<std::string, std::string>::first);
      if (found == curves.end()) found = curves.insert(curves.end(), {key, ""});
      found->second +=
          fmt::format("{} {} {}\n", started + static_cast<std::int64_t>(1000 * seconds),
                      value.get<double>(), epoch.at("epoch").get<int>());
    }
  }
  for (const auto& [key, lines] : curves) write("metrics", key, lines);
  std::vector<std::pair<std::string, double>> figures;
  add_figures(figures, "", run.json.at("parts"));
  for (const char* key : {"worst_group_accuracy", "temperature"}) {
    if (const auto value = number_at(run.json, {key})) figures.emplace_back(key, *value);
  }
  for (const auto& [key, value] : figures)
    write("metrics", key, fmt::format("{} {} {}\n", ended, value, run.json.at("epochs").size()));

  std::vector<std::pair<std::string, std::string>> tags{
      {"mlflow.runName", name},
      {"mlflow.user", user_name()},
      {"mlflow.source.name", records.commands.empty() ? "trainer train" : records.commands.front()},
      {"mlflow.source.type", "LOCAL"},
      {"mlflow.note.content", recipe.description},
      {"camloss.recipe", run.recipe()},
      {"camloss.classes", records.classes[0] + "," + records.classes[1]},
  };
  if (!records.versions.empty()) tags.emplace_back("camloss.version", records.versions.front());
  for (const auto& [key, value] : tags) write("tags", key, shortened(value, kMaxTag));

  std::error_code failed;
  fs::create_directories(home / "artifacts", failed);
  for (const std::string& file :
       {run.json.at("weights").get<std::string>(), fmt::format("recipe-{}.json", run.recipe()),
        fmt::format("split-s{}.json", run.seed()), std::string("report.html")}) {
    // The report is written when all runs are done; a store that is filled before goes without it.
    if (!fs::exists(run.folder / file, failed)) continue;
    write_file_atomically(home / "artifacts" / fs::path(file).filename(),
                          read_file(run.folder / file));
  }
  // Last, because MLflow takes a folder with this file for a complete run.
  write_file_atomically(home / "meta.yaml",
                        fmt::format("artifact_uri: {}\nend_time: {}\nentry_point_name: "
                                    "''\nexperiment_id: '{}'\nlifecycle_stage: active\n"
                                    "run_id: {}\nrun_name: {}\nrun_uuid: {}\nsource_name: "
                                    "''\nsource_type: {}\nsource_version: ''\n"
                                    "start_time: {}\nstatus: {}\ntags: []\nuser_id: {}\n",
                                    yaml_text(file_uri(home / "artifacts")), ended, experiment_id_,
                                    yaml_text(id), yaml_text(name), yaml_text(id), kLocal, started,
                                    kFinished, yaml_text(user_name())));
  return home;
}

void track_runs(const fs::path& runs, const fs::path& store) {
  const Records records = load_records(runs);
  const MlflowStore mlflow(store, records.data);
  const std::int64_t ended = now();
  for (const RunRecord& run : records.runs) {
    const auto recipe = std::ranges::find(records.recipes, run.recipe(), &Recipe::name);
    if (recipe == records.recipes.end())
      throw UserError("the recipe of " + run.recipe() + " is gone from " + run.folder.string());
    static_cast<void>(mlflow.add_run(run, *recipe, records, ended));
  }
}

}  // namespace camloss::train
