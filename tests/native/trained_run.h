// One training by the command line, made once for all tests that look at what it left.
#pragma once

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/native/command_line.h"

namespace camloss::test {

/// One training of both recipes with two seeds on the scenes, and the scenes' files; made once for
/// the tests below.
struct Trained {
  Folder folder;
  std::string out = folder / "run";
  std::string scenes = folder / "scenes";
  std::string weights = out + "/camloss-s1.safetensors";
  std::vector<std::string> arguments = small_training(out);
  Ran ran;
  nlohmann::json metrics;

  Trained() {
    arguments.insert(arguments.end(), {"--seeds", "1,2", "--json"});
    ran = folder.run(arguments);
    CAPTURE(ran.err);
    REQUIRE(ran.code == 0);
    metrics = nlohmann::json::parse(camloss::io::read_text(fs::path(out) / "metrics.json"));
    REQUIRE(folder.run({"scenes", "--out", scenes}).code == 0);
  }
};

inline const Trained& trained() {
  static const Trained once;
  return once;
}

}  // namespace camloss::test
