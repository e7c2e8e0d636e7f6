// Weights files of networks with a context: what is read, what is written, what is refused.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "shared/weights/weights.h"
#include "tests/core/random_weights.h"

using namespace camloss;
using test::checked;
using test::random_weights;

namespace {

Result<CheckedWeights> read(const std::string& text) {
  return read_weights({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "file");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// The context in a JSON file, and its dilation as text.
const std::string kDilation = R"("camloss.context_dilation":"2")";

}  // namespace

TEST_CASE("a context is written where there is one, and read back", "[weights][context]") {
  for (const auto& [k, largest] : {std::pair{3, 63}, std::pair{5, 31}, std::pair{7, 21}}) {
    for (const int d : {1, 2, largest}) {
      const Weights weights = random_weights(Head::fcn, 24, 3, {k, d});
      CHECK(receptive_field(weights.info) <= kMaxReceptiveField);
      const auto text = write_weights_json(checked(weights));
      REQUIRE(text);
      CHECK_THAT(*text,
                 Catch::Contains("\"camloss.context_dilation\":\"" + std::to_string(d) + "\""));
      const auto back = read(*text);
      REQUIRE(back);
      CHECK(back->info().context_size == k);
      CHECK(back->info().context_dilation == d);
      CHECK(back->tensors().at("fc0.weight").shape == std::vector<std::int64_t>{128, 32, k, k});
    }
    Weights wide = random_weights(Head::fcn, 24, 3, {k, largest + 1});
    const auto refused = check(wide);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message(),
               Catch::Contains("camloss.context_dilation is " + std::to_string(largest + 1)) &&
                   Catch::Contains("1 to " + std::to_string(largest)));
  }
  for (const Head head : {Head::fcn, Head::dense}) {
    const auto text = write_weights_json(checked(random_weights(head, 24, 3)));
    REQUIRE(text);
    CHECK_THAT(*text, !Catch::Contains("context"));
  }
}

TEST_CASE("a dilation that is not written is 1, and means nothing to a single cell",
          "[weights][context]") {
  const std::string text = *write_weights_json(checked(random_weights(Head::fcn, 24, 3, {3, 2})));
  const auto plain = read(replaced(text, kDilation + ",", ""));
  REQUIRE(plain);
  CHECK(plain->info().context_dilation == 1);
  const std::string single = *write_weights_json(checked(random_weights(Head::fcn, 24, 3)));
  const auto with =
      read(replaced(single, "{\"__metadata__\":{", "{\"__metadata__\":{" + kDilation + ","));
  REQUIRE(with);
  CHECK(with->info().context_dilation == 1);
  CHECK(*write_weights_json(*with) == single);
}

TEST_CASE("a context that is none is refused by name", "[weights][context]") {
  const std::string text = *write_weights_json(checked(random_weights(Head::fcn, 24, 3, {3, 2})));
  for (const std::string value :
       {"x", "", " ", "0", "-1", "1.5", "+2", "2,2", "0x2", "64", "2147483648"}) {
    const auto refused =
        read(replaced(text, kDilation, "\"camloss.context_dilation\":\"" + value + "\""));
    INFO(value);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().what, Catch::Contains("camloss.context_dilation is "));
    CHECK_THAT(refused.error().what, Catch::Contains(value));
    CHECK_FALSE(refused.error().hint.empty());
  }
  const std::string dense = *write_weights_json(checked(random_weights(Head::dense, 24, 3)));
  const auto refused =
      read(replaced(dense, "{\"__metadata__\":{", "{\"__metadata__\":{" + kDilation + ","));
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().what, Catch::Contains("dense") && Catch::Contains("dilation is 2"));

  Weights other = random_weights(Head::fcn, 24, 3, {3, 2});
  other.info.context_size = 5;  // not what the tensor has
  CHECK_THAT(validate(other).error().what,
             Catch::Contains("[128, 32, 3, 3]") && Catch::Contains("[128, 32, 5, 5]"));
  for (const int k : {-1, 0, 2, 4, 9}) {
    other.info.context_size = k;
    CHECK_THAT(validate(other).error().what,
               Catch::Contains("context is " + std::to_string(k) + " cells wide"));
  }
  Weights fc1 = random_weights(Head::fcn, 24, 3);
  fc1.tensors.at("fc1.weight").shape = {128, 128, 3, 3};
  CHECK_THAT(validate(fc1).error().what, Catch::Contains("fc1.weight has the shape"));
  Weights channels = random_weights(Head::fcn, 24, 3, {3, 1});
  channels.tensors.at("fc0.weight").shape = {128, 16, 3, 3};
  CHECK_THAT(validate(channels).error().what, Catch::Contains("fc0.weight has the shape [128, 16"));
}

TEST_CASE("a context with tensors of its own is a form that is not read", "[weights][context]") {
  Weights weights = random_weights(Head::fcn, 24, 3);
  weights.tensors["context.weight"] = {{32, 1, 7, 7}, std::vector<float>(32 * 49)};
  weights.tensors["context.bias"] = {{32}, std::vector<float>(32)};
  const auto refused = validate(weights);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().message(),
             Catch::Contains("\"context.bias\"") && Catch::Contains("[128, 32, K, K]"));
}
