// Map methods and Model: names, formulas against finite differences and plain sums, errors.
#include <catch2/catch.hpp>
#include <cmath>

#include "shared/maps/map_methods.h"
#include "shared/model.h"
#include "shared/network/reference.h"
#include "tests/core/random_weights.h"

using namespace camloss;
using test::random_values;
using test::random_weights;

namespace {

Image stripes(int width, int height) {
  Image image{width, height, 3, {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      image.pixels.push_back(static_cast<std::uint8_t>((x * 7 + y) % 256));
      image.pixels.push_back(static_cast<std::uint8_t>((x * y) % 256));
      image.pixels.push_back(static_cast<std::uint8_t>((x / 3 * 40 + y * 5) % 256));
    }
  }
  return image;
}

Model make_model(Head head, int size, std::uint64_t seed = 3) {
  Model model(test::checked(random_weights(head, size, seed)));
  return model;
}

}  // namespace

TEST_CASE("method names go both ways and heads know theirs", "[maps]") {
  for (const Head head : {Head::fcn, Head::dense}) {
    CHECK(has_method(head, default_method(head)));
    for (const Method method : methods_of(head)) {
      const Result<Method> again = method_from_name(to_string(method));
      REQUIRE(again);
      CHECK(*again == method);
    }
  }
  CHECK(methods_of(Head::fcn).size() == 6);
  CHECK(methods_of(Head::dense).size() == 6);
  CHECK_FALSE(has_method(Head::dense, Method::cam));
  CHECK_FALSE(has_method(Head::fcn, Method::talk));
  const Result<Method> unknown = method_from_name("gradcam+");
  REQUIRE_FALSE(unknown);
  CHECK_THAT(unknown.error().message(), Catch::Contains("gradcam+") && Catch::Contains("hirescam"));
}

TEST_CASE("the head's gradient is the slope of the logit in the features", "[maps]") {
  // A single linear stretch: the logit of scaled features, z(tA) for t near 1, grows by Σ A·∂z/∂A.
  const Head head = GENERATE(Head::fcn, Head::dense);
  const Weights weights = random_weights(head, 24, 8);
  reference::Network network(weights);
  const float logit = network.forward(random_values(3 * 24 * 24, 5, -2, 2));
  std::vector<float> gradient(network.features().size());
  const float beta = network.gradient(gradient);
  double sum = beta;
  for (std::size_t i = 0; i < gradient.size(); ++i)
    sum += static_cast<double>(gradient[i]) * network.features()[i];
  CHECK(sum == Approx(logit).margin(1e-5));
}

TEST_CASE("cam and HiResCAM decompose the logit, the others claim nothing", "[maps]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const int size = GENERATE(8, 40, 96);
  Model model = make_model(head, size);
  const Image image = stripes(131, 77);
  for (const Method method : methods_of(head)) {
    INFO(to_string(method) << " " << to_string(head) << " " << size);
    const Result<Explanation> result = model.explain(image.view(), method);
    REQUIRE(result);
    CHECK(result->map.size() == static_cast<std::size_t>(size / 8 * (size / 8)));
    for (const float value : result->map) REQUIRE(std::isfinite(value));
    REQUIRE(result->residual.has_value() == is_decomposition(method));
    if (result->residual) CHECK(*result->residual < 1e-4F);
    if (result->off_centre_mass) {
      CHECK(*result->off_centre_mass >= 0);
      CHECK(*result->off_centre_mass <= 1);
    }
  }
}

TEST_CASE("cam of the fcn head is each cell's logit over the number of cells", "[maps]") {
  Model model = make_model(Head::fcn, 56);
  reference::Network plain(random_weights(Head::fcn, 56, 3));
  const Image image = stripes(56, 56);
  const Result<Explanation> result = model.explain(image.view(), Method::cam);
  REQUIRE(result);
  plain.forward(model.input());
  double sum = 0;
  for (std::size_t i = 0; i < result->map.size(); ++i) {
    CHECK(result->map[i] * 49 == Approx(plain.cell_logits()[i]).margin(1e-4));
    sum += result->map[i];
  }
  CHECK(sum == Approx(result->logit).margin(1e-5));
}

TEST_CASE("the formulas of the map methods", "[maps]") {
  constexpr std::size_t kCount = 9;
  std::vector<float> a = random_values(32 * kCount, 1, 0, 2);
  for (std::size_t i = 0; i < a.size(); i += 3) a[i] = 0;  // as a ReLU leaves them
  const std::vector<float> g = random_values(32 * kCount, 2, -1, 1);
  std::vector<float> map(kCount), other(kCount);
  const FeatureGradient both{a, g};

  hirescam(both, map);
  layercam(both, other);
  for (std::size_t i = 0; i < kCount; ++i) {
    double expected = 0;
    for (std::size_t c = 0; c < 32; ++c)
      expected += static_cast<double>(a[c * kCount + i]) * g[c * kCount + i];
    CHECK(map[i] == Approx(expected).margin(1e-5));
    CHECK(other[i] == Approx(expected).margin(1e-5));
  }

  gradcam(both, map);
  gradcam_pp(both, other);
  for (std::size_t i = 0; i < kCount; ++i) {
    double plain = 0, plus = 0;
    for (std::size_t c = 0; c < 32; ++c) {
      double mean = 0, total = 0, weight = 0;
      for (std::size_t j = 0; j < kCount; ++j)
        mean += g[c * kCount + j] / static_cast<double>(kCount);
      for (std::size_t j = 0; j < kCount; ++j) total += a[c * kCount + j];
      for (std::size_t j = 0; j < kCount; ++j) {  // the paper's alpha, for +z and for −z
        const double slope = g[c * kCount + j], up = std::max(slope, 0.0),
                     down = std::max(-slope, 0.0);
        if (up > 0) weight += up * (up * up) / (2 * up * up + total * up * up * up);
        if (down > 0)
          weight -= down * (down * down) / (2 * down * down + total * down * down * down);
      }
      plain += mean * a[c * kCount + i];
      plus += weight * a[c * kCount + i];
    }
    CHECK(map[i] == Approx(plain).margin(1e-5));
    CHECK(other[i] == Approx(plus).margin(1e-5));
  }
}

TEST_CASE("a model refuses what it cannot do, and goes on", "[maps]") {
  Model dense = make_model(Head::dense, 16);
  const Image image = stripes(20, 20);
  const Result<Explanation> no_cam = dense.explain(image.view(), Method::cam);
  REQUIRE_FALSE(no_cam);
  CHECK_THAT(no_cam.error().message(),
             Catch::Contains("dense") && Catch::Contains("cam") && Catch::Contains("hirescam"));
  CHECK_FALSE(dense.explain({nullptr, 0, 0, 4}, Method::hirescam));
  CHECK_FALSE(dense.explain_tensor(std::vector<float>(5), Method::hirescam));
  Weights damaged = random_weights(Head::fcn, 16, 1);
  damaged.tensors.at("fc4.bias").values[0] = NAN;
  CHECK_FALSE(check(damaged));
  damaged.tensors.at("fc4.bias").values[0] = 3e38F;
  damaged.tensors.at("fc3.bias").values[0] = 3e38F;
  damaged.tensors.at("fc4.weight").values[0] = 3e38F;
  Model huge(test::checked(damaged));
  const Result<Explanation> overflow = huge.explain(image.view(), Method::cam);
  REQUIRE_FALSE(overflow);
  CHECK_THAT(overflow.error().message(), Catch::Contains("not finite"));
  CHECK(dense.explain(image.view(), Method::none));
}

TEST_CASE("prediction only has no map; results do not depend on the calls before", "[maps]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  Model model = make_model(head, 48);
  const Image image = stripes(300, 20);
  const Result<Explanation> first = model.explain(image.view(), Method::none);
  REQUIRE(first);
  CHECK(first->map.empty());
  CHECK_FALSE(first->off_centre_mass.has_value());
  const float logit = first->logit;
  for (const Method method : methods_of(head)) REQUIRE(model.explain(image.view(), method));
  const Result<Explanation> last = model.explain(image.view(), Method::none);
  REQUIRE(last);
  CHECK(last->logit == logit);
  CHECK(last->probability == Approx(1 / (1 + std::exp(-logit))).margin(1e-6));
  CHECK(last->label == (last->probability > 0.5F ? 1 : 0));
}
