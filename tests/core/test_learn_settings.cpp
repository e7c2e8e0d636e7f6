// Settings of a training: each number within its range, and what must hold between them.
#include <catch2/catch.hpp>
#include <limits>
#include <string>

#include "shared/learn/net.h"
#include "shared/learn/settings.h"

using namespace camloss;
using learn::Settings;

namespace {

std::string refusal(const Settings& settings) {
  const Status status = learn::check(settings);
  if (status) return "accepted";
  CHECK_FALSE(status.error().hint.empty());
  return status.error().message();
}

std::string set(Settings& settings, std::string_view name, double value) {
  for (const learn::Setting& setting : learn::settings_of(settings)) {
    if (setting.name != name) continue;
    const Status status = learn::set(setting, value);
    return status ? "set" : status.error().message();
  }
  return "there is none";
}

}  // namespace

TEST_CASE("a number of the settings is set within its range alone", "[learn]") {
  Settings settings;
  CHECK(set(settings, "batch", 7) == "set");
  CHECK(settings.batch == 7);
  CHECK(set(settings, "batch", 0) ==
        "the setting batch is 0 — take a whole number from 1 to 65536");
  CHECK(set(settings, "batch", 2.5) ==
        "the setting batch is 2.5 — take a whole number from 1 to 65536");
  CHECK(set(settings, "batch", 1e300) != "set");
  CHECK(set(settings, "epochs", std::numeric_limits<double>::quiet_NaN()) ==
        "the setting epochs is not a number — take a whole number from 1 to 100000");
  CHECK(settings.batch == 7);
  CHECK(set(settings, "jitter.hue", 0.25) == "set");
  CHECK(settings.jitter.hue == 0.25);
  CHECK(set(settings, "jitter.hue", 0.75) ==
        "the setting jitter.hue is 0.75 — take a number from 0 to 0.5");
  CHECK(set(settings, "flip", 0) == "set");
  CHECK_FALSE(settings.flip);
  CHECK(set(settings, "flip", 2) != "set");
}

TEST_CASE("settings that no network can be made of are refused", "[learn]") {
  using Catch::Matchers::Contains;
  CHECK(refusal({}) == "accepted");
  const auto with = [](auto change) {
    Settings settings;
    change(settings);
    return refusal(settings);
  };
  CHECK_THAT(with([](Settings& s) { s.input_size = 20; }), Contains("multiple of 8"));
  CHECK_THAT(with([](Settings& s) { s.input_size = 0; }), Contains("from 8 to 1024"));
  CHECK_THAT(with([](Settings& s) { s.context = 9; }), Contains("from 1 to 7"));
  CHECK_THAT(with([](Settings& s) { s.context = 4; }), Contains("needs a middle"));
  CHECK_THAT(with([](Settings& s) { s.context_dilation = 2; }), Contains("one cell"));
  CHECK_THAT(with([](Settings& s) { s.batch = 0; }), Contains("from 1"));
  CHECK_THAT(with([](Settings& s) { s.epochs = -1; }), Contains("epochs is -1"));
  CHECK_THAT(with([](Settings& s) { s.lambda = std::numeric_limits<double>::quiet_NaN(); }),
             Contains("lambda is not a number"));
  // 32 bits would not hold the places in such a batch.
  CHECK_THAT(with([](Settings& s) {
               s.batch = 65536;
               s.input_size = 1024;
             }),
             Contains("too large") && Contains("lower batch to 15"));
  CHECK_THAT(with([](Settings& s) {
               s.batch = 65536;
               s.input_size = 8;
               s.context = 7;
               s.context_dilation = 16;
             }),
             Contains("too large"));
  CHECK(with([](Settings& s) {
          s.input_size = 8;
          s.context = 7;
          s.context_dilation = 16;
        }) == "accepted");
}
