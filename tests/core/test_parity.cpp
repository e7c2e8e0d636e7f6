// The core against LibTorch: golden files that the module wrote (tests/native/test_net.cpp),
// natively and in Node.
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "shared/model.h"

using namespace camloss;

namespace {

std::vector<std::uint8_t> file_bytes(const std::string& name) {
  std::ifstream file(std::string(CAMLOSS_TEST_DIR) + "/golden/" + name, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

float largest_difference(std::span<const float> a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  float largest = 0;
  for (std::size_t i = 0; i < b.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

}  // namespace

TEST_CASE("features, logit and map agree with LibTorch to 1e-4") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const std::string stem = "parity-" + std::string(to_string(head));
  const auto weights = read_weights(file_bytes(stem + ".safetensors"), stem);
  REQUIRE(weights);
  const auto text = file_bytes(stem + ".json");
  const nlohmann::json expected = nlohmann::json::parse(text.begin(), text.end());
  Model model(*weights);
  const auto input = expected.at("input").get<std::vector<float>>();
  const auto said = model.explain_tensor(input, default_method(head));
  REQUIRE(said);
  CHECK(largest_difference(said->features, expected.at("features").get<std::vector<float>>()) <
        1e-4F);
  CHECK(std::abs(said->logit - expected.at("logit").get<float>()) < 1e-4F);
  CHECK(largest_difference(said->map, expected.at("map").get<std::vector<float>>()) < 1e-4F);
}
