// The MLflow file store, read back against its documented layout.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "native/report/mlflow.h"
#include "native/report/word_characters.h"
#include "shared/base/utf8.h"
#include "tests/native/command_line.h"

using namespace camloss::train;
using namespace camloss::test;

namespace {

/// The flat YAML of a meta.yaml: one "key: value" a line, single quotes taken off.
std::map<std::string, std::string> yaml(const fs::path& file) {
  std::map<std::string, std::string> fields;
  std::istringstream text(camloss::io::read_text(file));
  for (std::string line; std::getline(text, line);) {
    const std::size_t colon = line.find(": ");
    REQUIRE(colon != std::string::npos);
    std::string value = line.substr(colon + 2);
    if (value.front() == '\'') {
      REQUIRE(value.back() == '\'');
      value = std::regex_replace(value.substr(1, value.size() - 2), std::regex("''"), "'");
    }
    CHECK(fields.emplace(line.substr(0, colon), value).second);
  }
  return fields;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) found.push_back(entry.path());
  }
  return found;
}

}  // namespace

TEST_CASE("a training's runs read back from the MLflow store") {
  const Folder folder;
  const fs::path out = folder / "run", store = folder / "ml runs";
  const std::vector<std::string> command{
      "train", "--recipe",     "camloss", "--seeds",     "1,2",      "--epochs",
      "2",     "--input-size", "16",      "--perturbed", "0",        "--threads",
      "2",     "--quiet",      "--out",   out.string(),  "--mlruns", store.string()};
  REQUIRE(folder.run(command).code == 0);

  const auto experiments = folders_in(store);
  REQUIRE(experiments.size() == 1);
  const auto experiment = yaml(experiments[0] / "meta.yaml");
  CHECK(experiment.at("name") == "scenes");
  CHECK(experiment.at("experiment_id") == experiments[0].filename().string());
  CHECK(std::regex_match(experiment.at("experiment_id"), std::regex("[1-9][0-9]{17}")));
  CHECK(experiment.at("lifecycle_stage") == "active");
  CHECK(experiment.at("artifact_location").rfind("file:///", 0) == 0);
  CHECK(experiment.at("artifact_location").find("ml%20runs") != std::string::npos);

  const auto metrics = nlohmann::json::parse(camloss::io::read_text(out / "metrics.json"));
  const auto runs = folders_in(experiments[0]);
  REQUIRE(runs.size() == 2);
  for (const fs::path& home : runs) {
    const auto meta = yaml(home / "meta.yaml");
    const std::string id = home.filename().string();
    CHECK(std::regex_match(id, std::regex("[0-9a-f]{32}")));
    CHECK(meta.at("run_id") == id);
    CHECK(meta.at("run_uuid") == id);
    CHECK(meta.at("experiment_id") == experiment.at("experiment_id"));
    CHECK(meta.at("status") == "3");       // finished
    CHECK(meta.at("source_type") == "4");  // local
    CHECK(meta.at("lifecycle_stage") == "active");
    CHECK(meta.at("tags") == "[]");
    CHECK(meta.at("artifact_uri") == experiment.at("artifact_location") + "/" + id + "/artifacts");
    CHECK(std::stoll(meta.at("start_time")) <= std::stoll(meta.at("end_time")));

    const std::string seed = camloss::io::read_text(home / "params/seed");
    const auto& recorded = metrics.at("runs").at(seed == "1" ? 0 : 1);
    CHECK(recorded.at("seed").dump() == seed);
    CHECK(meta.at("run_name") == "camloss-s" + seed);
    CHECK(camloss::io::read_text(home / "tags/mlflow.runName") == "camloss-s" + seed);
    CHECK(camloss::io::read_text(home / "tags/mlflow.source.type") == "LOCAL");
    CHECK(camloss::io::read_text(home / "params/loss") == "split");
    CHECK(camloss::io::read_text(home / "params/epochs") == "2");
    CHECK(camloss::io::read_text(home / "params/optimizer.learning_rate") == "0.01");

    // A curve: a line an epoch, times within the run and in order, values those of metrics.json.
    std::istringstream lines(camloss::io::read_text(home / "metrics/val_accuracy"));
    long long time = 0, before = std::stoll(meta.at("start_time"));
    double value = 0;
    int step = 0, expected = 0;
    while (lines >> time >> value >> step) {
      CHECK(step == ++expected);
      CHECK(time >= before);
      CHECK(time <= std::stoll(meta.at("end_time")) + 1);
      before = time;
      CHECK(value == recorded.at("epochs")
                         .at(static_cast<std::size_t>(step - 1))
                         .at("val_accuracy")
                         .get<double>());
    }
    CHECK(expected == 2);
    CHECK(lines.eof());
    std::istringstream figure(camloss::io::read_text(home / "metrics/shift.accuracy"));
    figure >> time >> value >> step;
    CHECK(value == recorded.at("parts").at("shift").at("accuracy").get<double>());

    const std::string weights = "camloss-s" + seed + ".safetensors";
    CHECK(camloss::io::read_file(home / "artifacts" / weights) ==
          camloss::io::read_file(out / weights));
    CHECK(fs::exists(home / "artifacts/report.html"));
    CHECK(fs::exists(home / "artifacts/recipe-camloss.json"));
    CHECK(fs::exists(home / ("artifacts/split-s" + seed + ".json")));
    // Names that every version of MLflow accepts.
    for (const char* kind : {"params", "metrics", "tags"}) {
      for (const auto& entry : fs::directory_iterator(home / kind)) {
        CHECK(std::regex_match(entry.path().filename().string(), std::regex("[A-Za-z0-9_.-]+")));
        CHECK(entry.is_regular_file());
      }
    }
  }

  // Another training on the same data joins the same experiment.
  track_runs(out, store);
  CHECK(folders_in(store).size() == 1);
  CHECK(folders_in(experiments[0]).size() == 4);
}

TEST_CASE("MLflow's own code reads the store") {
  if (std::system("python3 -c 'import mlflow' >/dev/null 2>&1") != 0) {
    WARN("skipped: python3 has no mlflow on this machine");
    return;
  }
  const Folder folder;
  const MlflowStore store(folder / "ml", "photos");
  Recipe recipe;
  recipe.name = "camloss";
  MlflowRun running =
      store.start_run({recipe, 1, "photos", {"犬", "b c"}, "trainer train", "1"}, 1000);
  EpochRecord epoch;
  epoch.epoch = 1;
  epoch.loss = 0.5;
  running.log_epoch(epoch, 1500);
  MlflowRun done =
      store.start_run({recipe, 2, "photos", {"犬", "b c"}, "trainer train", "1"}, 2000);
  done.log_epoch(epoch, 2500);
  RunRecord record;
  record.recipe = "camloss";
  record.seed = 2;
  record.weights = "none.safetensors";
  record.parts[Part::val].per_class = {0.75, 0.5};
  done.finish(record, folder / "nowhere", 3000);
  const std::string script = R"(
import sys, mlflow
client = mlflow.tracking.MlflowClient(tracking_uri=sys.argv[1])
experiment = client.get_experiment_by_name('photos')
runs = {run.data.params['seed']: run for run in client.search_runs([experiment.experiment_id])}
assert set(runs) == {'1', '2'}, runs
assert runs['1'].info.status == 'RUNNING' and runs['1'].info.end_time is None
assert runs['2'].info.status == 'FINISHED'
assert (runs['2'].info.start_time, runs['2'].info.end_time) == (2000, 3000)
history = client.get_metric_history(runs['1'].info.run_id, 'loss')
assert [(m.step, m.value, m.timestamp) for m in history] == [(1, 0.5, 1500)], history
assert runs['2'].data.metrics['val.per_class.犬'] == 0.75, runs['2'].data.metrics
)";
  camloss::io::write_file_atomically(folder / "read.py", script);
  const std::string command = "MLFLOW_ALLOW_FILE_STORE=true python3 '" +
                              (folder / "read.py").string() + "' 'file://" +
                              (folder / "ml").string() + "'";
  CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("a run can be followed: there from the start, a line an epoch, true times") {
  const Folder folder;
  const MlflowStore store(folder / "ml", "photos");
  Recipe recipe;
  recipe.name = "camloss";
  MlflowRun run = store.start_run({recipe, 7, "photos", {"a", "b"}, "trainer train", "1"}, 1000);
  auto meta = yaml(run.home() / "meta.yaml");
  CHECK(meta.at("status") == "1");  // running
  CHECK(meta.at("start_time") == "1000");
  CHECK(meta.at("end_time") == "null");
  CHECK(camloss::io::read_text(run.home() / "params/seed") == "7");
  EpochRecord epoch;
  epoch.epoch = 1;
  epoch.loss = 0.5;
  run.log_epoch(epoch, 1500);
  CHECK(camloss::io::read_text(run.home() / "metrics/loss") == "1500 0.5 1\n");
  epoch.epoch = 2;
  epoch.loss = 0.25;
  epoch.map_loss = 1.0;
  run.log_epoch(epoch, 2500);
  CHECK(camloss::io::read_text(run.home() / "metrics/loss") == "1500 0.5 1\n2500 0.25 2\n");
  CHECK(camloss::io::read_text(run.home() / "metrics/map_loss") == "2500 1 2\n");
  run.stop(2600);
  meta = yaml(run.home() / "meta.yaml");
  CHECK(meta.at("status") == "5");  // killed
  run.fail(2700);
  CHECK(yaml(run.home() / "meta.yaml").at("status") == "4");  // failed
  CHECK(meta.at("end_time") == "2600");
}

TEST_CASE("names of classes of any script stay, and none lose their figures to another") {
  const Folder folder;
  const MlflowStore store(folder / "ml", "photos");
  Recipe recipe;
  recipe.name = "camloss";
  // Two names a run, each pair such that one could take the other's file.
  const std::vector<std::vector<std::string>> pairs{
      {"犬", "猫"}, {"Bär", "Bör"},  {"big cat", "кот"},      {"a & b", "a | b"},
      {"🐋", "🐆"},   {"x/y", "x\\y"}, {"\xff\xfe", "e\u0301"}, {"तेंदुआ", "हाथी"},
      {"หมี", "หมู"}, {"நாய்", "கோழி"}, {"شيرٌ", "שׁור"}};
  std::set<std::string> names;
  for (const std::vector<std::string>& classes : pairs) {
    const MlflowRun run = store.start_run({recipe, 1, "photos", classes, "", ""}, 0);
    RunRecord record;
    record.recipe = "camloss";
    record.weights = "none.safetensors";
    record.parts[Part::val].per_class = {1.0, 2.0};
    run.finish(record, folder / "nowhere", 5);
    std::set<std::string> values;
    // MLflow's own pattern: word characters of any script, dashes, dots, spaces.
    for (const auto& entry : fs::directory_iterator(run.home() / "metrics")) {
      const std::string name = entry.path().filename().string();
      CHECK(name.find_first_of("&|\\:()'\"") == std::string::npos);
      CHECK(name.find("\xf0\x9f") == std::string::npos);
      if (name.starts_with("val.per_class.")) {
        names.insert(name);
        values.insert(camloss::io::read_text(entry.path()));
      }
    }
    CHECK(values == std::set<std::string>{"5 1 0\n", "5 2 0\n"});
  }
  CHECK(names.size() == 2 * pairs.size());
  for (const char* kept : {"犬", "Bör", "big cat", "кот"})
    CHECK(names.contains(std::string("val.per_class.") + kept));
  // Vowel signs and other marks are no word characters to Python; the letters around them stay.
  for (const std::string& name : names) {
    for (std::string_view rest = name; !rest.empty();) {
      const auto c = camloss::next_code_point(rest);
      REQUIRE(c);
      CHECK((is_word_character(*c) || *c == '-' || *c == '.' || *c == ' '));
    }
  }
  for (const std::string start : {"val.per_class.त__द_आ-", "val.per_class.หม_-"}) {
    CHECK(std::ranges::any_of(names, [&](const auto& name) { return name.starts_with(start); }));
  }
}

TEST_CASE("word characters are those of Python") {
  // Pairs of letters or numbers, and of what Python's \w does not match, of one script each.
  for (const std::uint32_t word :
       {0x41U, 0x5FU, 0xAAU, 0xB2U, 0xE9U, 0x3B1U, 0x416U, 0x5D0U, 0x628U, 0x915U, 0xB95U, 0xE01U,
        0x1100U, 0x3042U, 0x4E00U, 0xAC00U, 0xFF21U, 0x10400U, 0x20000U}) {
    INFO(word);
    CHECK(is_word_character(word));
  }
  for (const std::uint32_t other :
       {0x20U,  0x2EU,  0x7FU,   0xA0U,   0xD7U,   0x301U,  0x483U,  0x5B0U,  0x64BU,   0x93EU,
        0xBBEU, 0xE35U, 0x1039U, 0x200DU, 0x3099U, 0x3002U, 0xFE0FU, 0xFF01U, 0x1F40BU, 0xE0100U}) {
    INFO(other);
    CHECK_FALSE(is_word_character(other));
  }
}

TEST_CASE("an experiment made by MLflow is found by its name, quoted or not") {
  const Folder folder;
  const auto make = [&](const std::string& id, const std::string& name) {
    camloss::io::write_file_atomically(folder / id / "meta.yaml",
                                       "artifact_location: file:///x\nexperiment_id: '" + id +
                                           "'\nlifecycle_stage: active\nname: " + name + "\n");
  };
  make("0", "Default");
  make("12", "photos");
  make("13", "'it''s'");
  CHECK(MlflowStore(folder / "", "photos").experiment_id() == "12");
  CHECK(MlflowStore(folder / "", "it's").experiment_id() == "13");
  const std::string made = MlflowStore(folder / "", "new: 'one'").experiment_id();
  CHECK(made.size() == 18);
  CHECK(MlflowStore(folder / "", "new: 'one'").experiment_id() == made);
}
