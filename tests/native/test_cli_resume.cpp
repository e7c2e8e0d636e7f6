// A folder that a training has used before: going on, replacing, adding, and being kept out.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "native/io/folder_lock.h"
#include "tests/native/command_line.h"
#include "tests/native/drawn_folder.h"
#include "tests/native/trained_run.h"

using namespace camloss::train;
using namespace camloss::test;
using nlohmann::json;

TEST_CASE("a finished training is replaced only when asked, and results never lie in the data") {
  const Trained& t = trained();
  const auto before = camloss::io::read_file(t.weights);
  const Ran refused = t.folder.run(t.arguments);
  CHECK(refused.code == 1);
  CHECK(contains(refused.err, "a finished training lies in"));
  CHECK(contains(refused.err, "--overwrite"));
  CHECK(camloss::io::read_file(t.weights) == before);

  const Folder other;
  auto arguments = small_training(other / "run");
  arguments.insert(arguments.end(), {"--recipe", "baseline", "--quiet"});
  REQUIRE(other.run(arguments).code == 0);
  CHECK(other.run(arguments).code == 1);
  auto longer = arguments;
  longer[2] = "2";  // epochs
  longer.push_back("--resume");
  const Ran other_options = other.run(longer);
  CHECK(other_options.code == 1);
  CHECK(contains(other_options.err, "is of other data or options"));
  // Nothing of the earlier training stays beside the new one.
  arguments.insert(arguments.end(), {"--overwrite", "--seeds", "5"});
  CHECK(other.run(arguments).code == 0);
  CHECK(names_in(other / "run") == std::set<std::string>{"baseline-s5.safetensors", "log.jsonl",
                                                         "metrics.json", "recipe-baseline.json",
                                                         "report.html", "split-s5.json"});

  for (const std::string& out : {t.scenes + "/out", t.scenes, t.scenes + "/../scenes/x/y"}) {
    CAPTURE(out);
    auto inside = small_training(out);
    inside.insert(inside.end(), {"--data", t.scenes});
    const Ran ran = t.folder.run(inside);
    CHECK(ran.code == 2);
    CHECK(contains(ran.err, "the results would lie in the data"));
    const Ran made = t.folder.run({"composites", "--data", t.scenes, "--out", out + "/made"});
    CHECK(made.code == 2);
    CHECK(contains(made.err, "the results would lie in the data"));
  }
}

TEST_CASE(
    "--engine core trains on the threads that are asked for and says so, and refuses before it "
    "removes") {
  const Folder folder;
  const fs::path out = folder / "run";
  auto arguments = small_training(out);
  arguments.insert(arguments.end(), {"--recipe", "baseline"});
  const auto with = [&](std::vector<std::string> more) {
    auto all = arguments;
    all.insert(all.end(), more.begin(), more.end());
    return folder.run(all);
  };
  const Ran ran = with({"--engine", "core"});  // small_training asks for two threads
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(contains(ran.out, "engine core, 2 threads\n"));
  const auto metrics = [&] { return json::parse(camloss::io::read_text(out / "metrics.json")); };
  CHECK(metrics().at("engine") == "core");
  CHECK(metrics().at("threads") == 2);
  const std::string report = camloss::io::read_text(out / "report.html");
  CHECK(contains(report, "cpu, 2 threads<"));
  CHECK(contains(report, "core: what trains in a page, without LibTorch"));

  const auto names = names_in(out);
  const auto weights = camloss::io::read_file(out / "baseline-s1.safetensors");
  const auto refused = [&](std::vector<std::string> more, const char* reason) {
    const Ran other = with(std::move(more));
    CAPTURE(other.err);
    CHECK(other.code != 0);
    CHECK(contains(other.err, reason));
    CHECK(names_in(out) == names);
    CHECK(camloss::io::read_file(out / "baseline-s1.safetensors") == weights);
  };
  refused({"--resume"}, "is of other data or options");
  refused({"--overwrite", "--engine", "core", "--head", "dense"}, "the fcn head alone");
  refused({"--overwrite", "--engine", "core", "--device", "cuda"}, "on the CPU alone");
  refused({"--overwrite", "--engine", "core", "--recipe", "talk-baseline"}, "--engine core has");
  refused({"--overwrite", "--recipe", "absent"}, "no recipe and no file");
}

TEST_CASE("--overwrite removes the files of a training whose metrics.json is damaged") {
  const Folder folder;
  const fs::path out = folder / "run";
  auto arguments = small_training(out);
  arguments.insert(arguments.end(), {"--recipe", "baseline", "--quiet"});
  REQUIRE(folder.run(arguments).code == 0);
  json metrics = json::parse(camloss::io::read_text(out / "metrics.json"));
  metrics["runs"][0]["epochs"] = "none";
  metrics["runs"].push_back({{"recipe", "../beside"}, {"seed", 1}, {"weights", 3}});
  metrics["runs"].push_back(7);
  camloss::io::write_file_atomically(out / "metrics.json", metrics.dump());
  camloss::io::write_file_atomically(folder / "beside-s1.json", std::string_view("mine"));
  arguments.insert(arguments.end(), {"--overwrite", "--seeds", "5"});
  const Ran ran = folder.run(arguments);
  CAPTURE(ran.err);
  REQUIRE(ran.code == 0);
  CHECK(names_in(out) == std::set<std::string>{"baseline-s5.safetensors", "log.jsonl",
                                               "metrics.json", "recipe-baseline.json",
                                               "report.html", "split-s5.json"});
  CHECK(fs::exists(folder / "beside-s1.json"));
}

TEST_CASE("resume finds everything finished and leaves it as it is") {
  const Trained& t = trained();
  const auto before = camloss::io::read_file(t.weights);
  const std::string log = camloss::io::read_text(fs::path(t.out) / "log.jsonl");
  auto arguments = t.arguments;
  arguments.push_back("--resume");
  const Ran again = t.folder.run(arguments);
  REQUIRE(again.code == 0);
  CHECK(contains(again.err, "finished before"));
  CHECK(camloss::io::read_file(t.weights) == before);
  CHECK(json::parse(again.out).at("summary") == t.metrics.at("summary"));
  CHECK(camloss::io::read_text(fs::path(t.out) / "log.jsonl") == log);
}

TEST_CASE("resume with other seeds or recipes keeps what was finished before") {
  const Folder folder;
  const std::string out = folder / "run";
  draw_folder(folder / "data", {.per_class = 12, .side = 24});
  draw_folder(folder / "other", {.per_class = 13, .side = 24});
  const auto resumed = [&](const std::vector<std::string>& more, const std::string& data = "data",
                           const std::string& epochs = "1") {
    auto arguments = small_training(out);
    arguments[2] = epochs;
    arguments.insert(arguments.end(), {"--quiet", "--resume", "--data", folder / data});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return folder.run(arguments);
  };
  const auto runs = [&] {
    std::vector<std::string> names;
    const json metrics = json::parse(camloss::io::read_text(fs::path(out) / "metrics.json"));
    for (const json& run : metrics.at("runs"))
      names.push_back(run.at("recipe").get<std::string>() + run.at("seed").dump());
    return names;
  };
  REQUIRE(resumed({"--recipe", "baseline"}).code == 0);
  REQUIRE(resumed({"--recipe", "camloss"}).code == 0);
  CHECK(runs() == std::vector<std::string>{"baseline1", "camloss1"});
  REQUIRE(resumed({"--recipe", "camloss", "--seeds", "2"}).code == 0);
  CHECK(runs() == std::vector<std::string>{"baseline1", "camloss1", "camloss2"});
  const std::string log = camloss::io::read_text(fs::path(out) / "log.jsonl");
  CHECK(std::count(log.begin(), log.end(), '\n') == 3);
  CHECK(contains(camloss::io::read_text(fs::path(out) / "report.html"), "baseline"));

  // What is refused changes nothing.
  const auto before = camloss::io::read_text(fs::path(out) / "recipe-camloss.json");
  for (const Ran& ran :
       {resumed({"--seeds", "3", "--recipe", "camloss"}, "data", "2"),
        resumed({"--seeds", "3", "--recipe", "camloss"}, "other"), resumed({}, "data", "2")}) {
    CAPTURE(ran.err);
    CHECK(ran.code == 1);
    CHECK(contains(ran.err, "is of other data or options"));
  }
  CHECK(camloss::io::read_text(fs::path(out) / "recipe-camloss.json") == before);
  CHECK_FALSE(fs::exists(fs::path(out) / "split-s3.json"));
  CHECK(runs().size() == 3);
}

TEST_CASE("a second trainer is kept out of a folder, a dead one is not") {
  const Folder folder;
  fs::create_directories(folder.path() / "run");
  camloss::io::write_file_atomically(folder.path() / "run" / ".lock",
                                     std::string_view("999999\n"));  // of a process that died
  {
    const camloss::io::FolderLock lock(folder.path() / "run");
    const Ran ran = folder.run(small_training(folder / "run"));
    CHECK(ran.code == 1);
    CHECK(contains(ran.err, std::to_string(::getpid())));
  }
  CHECK(names_in(folder.path() / "run").empty());
}
