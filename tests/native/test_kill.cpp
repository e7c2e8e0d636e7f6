// kill -9 at random moments, then --resume: the result must be that of a training nobody disturbed.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "native/base/rng.h"
#include "native/io/files.h"
#include "native/io/png.h"
#include "tests/native/temporary_folder.h"
#include "tests/native/toy_data.h"

namespace {

namespace fs = std::filesystem;
using namespace camloss::train;
using nlohmann::json;

/// The trainer is built beside the tests.
fs::path trainer_program() { return fs::read_symlink("/proc/self/exe").parent_path() / "trainer"; }

pid_t start(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{trainer_program().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  REQUIRE(::posix_spawn(&child, argv[0], nullptr, nullptr, argv.data(), environ) == 0);
  return child;
}

/// Wait status of a child; ends it with the signal after the time unless it is 0.
int wait_for(pid_t child, std::chrono::milliseconds until, int signal_number) {
  const auto end = std::chrono::steady_clock::now() + until;
  int status = 0;
  while (signal_number != 0 && std::chrono::steady_clock::now() < end) {
    if (::waitpid(child, &status, WNOHANG) == child) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  if (signal_number != 0) ::kill(child, signal_number);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

constexpr int kSide = 24;

/// A folder with two sub-folders of small pictures, which is read in a blink.
void write_pictures(const fs::path& folder) {
  const Dataset data = camloss::test::toy_data(kSide, 24);
  for (const Sample& sample : data.samples) {
    std::vector<std::uint8_t> pixels;
    const std::vector<float> rgb = sample.rgb();
    for (std::size_t i = 0; i < kSide * kSide; ++i) {
      for (std::size_t c = 0; c < 3; ++c) {
        pixels.push_back(static_cast<std::uint8_t>(rgb[c * kSide * kSide + i]));
      }
    }
    camloss::io::write_png(
        folder / data.classes[static_cast<std::size_t>(sample.label)] / (sample.name + ".png"),
        {pixels.data(), kSide, kSide, 3});
  }
}

std::vector<std::string> training(const fs::path& data, const fs::path& out) {
  return {"train", "--data",      data.string(), "--epochs",  "12", "--input-size",
          "24",    "--perturbed", "0",           "--threads", "1",  "--quiet",
          "--out", out.string()};
}

/// metrics.json without what may differ: times, and the command line.
json comparable(const fs::path& folder) {
  json metrics = json::parse(camloss::io::read_text(folder / "metrics.json"));
  metrics.erase("command");
  for (json& run : metrics.at("runs")) {
    for (const char* time : {"seconds", "started", "ended"}) run.erase(time);
    for (json& epoch : run.at("epochs")) epoch.erase("seconds");
  }
  return metrics;
}

/// CAMLOSS_KILLS asks for a longer run, e.g. of 50.
int wanted_kills() {
  const char* text = std::getenv("CAMLOSS_KILLS");
  return text != nullptr ? std::max(1, std::atoi(text)) : 6;
}

}  // namespace

TEST_CASE("killed at random moments and resumed, a training loses nothing") {
  const camloss::test::TemporaryFolder scratch;
  const fs::path folder = scratch.path();
  const fs::path data = folder / "pictures";
  write_pictures(data);
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(wait_for(start(training(data, folder / "whole")), {}, 0) == 0);
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);

  CounterRng rng(static_cast<std::uint64_t>(::getpid()), Purpose::order);
  int round = 0;
  for (int kills = 0; kills < wanted_kills(); ++round) {
    const fs::path out = folder / ("killed-" + std::to_string(round));
    auto arguments = training(data, out);
    for (bool done = false; !done;) {
      // SIGTERM saves first; SIGKILL saves nothing.
      const int with = rng.chance(0.75) ? SIGKILL : SIGTERM;
      const auto when = std::chrono::milliseconds(
          static_cast<long>(rng.uniform(0.05, 1.1) * static_cast<double>(whole.count())));
      const int status = wait_for(start(arguments), when, with);
      done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
      if (done) break;
      CAPTURE(with, status);
      CHECK((WIFSIGNALED(status) || WEXITSTATUS(status) == 128 + SIGTERM));
      ++kills;
      arguments.push_back("--resume");
      arguments.erase(std::unique(arguments.begin(), arguments.end()), arguments.end());
    }
    CHECK(comparable(out) == comparable(folder / "whole"));
    for (const std::string recipe : {"baseline", "camloss"}) {
      const std::string file = recipe + "-s1.safetensors";
      CHECK(camloss::io::read_file(out / file) == camloss::io::read_file(folder / "whole" / file));
    }
    int checkpoints = 0;
    for (const auto& entry : fs::directory_iterator(out))
      checkpoints += entry.path().extension() == ".checkpoint" ? 1 : 0;
    CHECK(checkpoints == 0);
    REQUIRE(round < 1000);
  }
}
