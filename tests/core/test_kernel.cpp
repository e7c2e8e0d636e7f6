// The kernel K and the centre weights W.
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "shared/maps/kernel.h"

using namespace camloss;

TEST_CASE("K follows its formula at odd and even sides", "[kernel]") {
  const int side = GENERATE(1, 2, 3, 8, 12, 13, 24, 128);
  const float sigma = GENERATE(0.05F, 0.25F, 1.0F);
  const auto kernel = inverted_gaussian(side, sigma);
  REQUIRE(kernel.size() == static_cast<std::size_t>(side * side));
  double worst = 0;
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      // Distances in units of the side, from cell centres: another way to write the same.
      const double x = (column + 0.5) / side - 0.5;
      const double y = (row + 0.5) / side - 0.5;
      const double s = static_cast<double>(sigma);
      const double expected = 1 - std::exp(-(x * x + y * y) / (2 * s * s));
      const float value = kernel[static_cast<std::size_t>(row * side + column)];
      worst = std::max(worst, std::abs(static_cast<double>(value) - expected));
      REQUIRE(value >= 0);
      REQUIRE(value < 1);
    }
  }
  CHECK(worst < 1e-7);
}

TEST_CASE("K is 0 in the middle of an odd side and has the square's symmetry", "[kernel]") {
  const int side = 13;
  const auto kernel = inverted_gaussian(side);
  const auto at = [&](int row, int column) {
    return kernel[static_cast<std::size_t>(row * side + column)];
  };
  CHECK(at(6, 6) == 0);
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      REQUIRE(at(row, column) == at(column, row));
      REQUIRE(at(row, column) == at(side - 1 - row, column));
      if (column > 6) REQUIRE(at(row, column) > at(row, column - 1));
    }
  }
  CHECK(at(0, 0) > 0.95F);
}

TEST_CASE("a narrow kernel stays below 1", "[kernel]") {
  for (const float value : inverted_gaussian(24, 0.001F)) REQUIRE(value < 1);
}

TEST_CASE("centre weights sum to one and are proportional to 1 - K", "[kernel]") {
  const int side = GENERATE(1, 2, 7, 12, 24);
  const auto weights = centre_weights(side);
  const auto kernel = inverted_gaussian(side);
  REQUIRE(weights.size() == kernel.size());
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  CHECK(sum == Approx(1).margin(1e-6));
  const double ratio = static_cast<double>(weights[0]) / (1 - static_cast<double>(kernel[0]));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    REQUIRE(static_cast<double>(weights[i]) ==
            Approx(ratio * (1 - static_cast<double>(kernel[i]))).epsilon(1e-4));
  }
}

TEST_CASE("a vanishing sigma leaves weights that still sum to one", "[kernel]") {
  const auto weights = centre_weights(24, 1e-6F);
  CHECK(std::accumulate(weights.begin(), weights.end(), 0.0) == Approx(1));
}

TEST_CASE("no kernel without cells or width", "[kernel]") {
  CHECK(inverted_gaussian(0).empty());
  CHECK(inverted_gaussian(-3).empty());
  CHECK(inverted_gaussian(8, 0).empty());
  CHECK(inverted_gaussian(8, -1).empty());
  CHECK(inverted_gaussian(8, std::nanf("")).empty());
  CHECK(centre_weights(0).empty());
  CHECK(centre_weights(8, -1).empty());
}

TEST_CASE("the kernel is the product of two profiles, and an offset moves its middle", "[kernel]") {
  const int side = GENERATE(1, 12, 13, 96);
  const float sigma = GENERATE(0.2F, 0.35F);
  std::vector<float> profile(static_cast<std::size_t>(side));
  camloss::gaussian_profile(sigma, 0, profile);
  const std::vector<float> kernel = camloss::inverted_gaussian(side, sigma);
  for (std::size_t y = 0; y < profile.size(); ++y) {
    for (std::size_t x = 0; x < profile.size(); ++x) {
      REQUIRE(1 - profile[y] * profile[x] == Approx(kernel[y * profile.size() + x]).margin(1e-6));
    }
  }
  camloss::gaussian_profile(sigma, 1.0F / static_cast<float>(side), profile);
  if (side % 2 == 1 && side > 1)
    CHECK(profile[static_cast<std::size_t>(side / 2 + 1)] == Approx(1.0F));
}

TEST_CASE("the middle of a picture is an ellipse by K, in shares of both sides", "[kernel]") {
  for (const auto& [width, height] : {std::pair{64, 64}, std::pair{90, 40}, std::pair{13, 29}}) {
    const auto mask = middle_mask(width, height);
    REQUIRE(mask.size() == static_cast<std::size_t>(width * height));
    double covered = 0;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const double u = (x + 0.5) / width - 0.5, v = (y + 0.5) / height - 0.5;
        const double k = 1 - std::exp(-(u * u + v * v) / (2 * 0.25 * 0.25));
        if (std::abs(k - 0.7) < 1e-4) continue;
        const bool inside = mask[static_cast<std::size_t>(y * width + x)] != 0;
        CHECK(inside == (k < 0.7));
        covered += inside ? 1 : 0;
      }
    }
    CHECK(covered / (width * height) == Approx(0.473).margin(0.04));
  }
  CHECK(middle_mask(0, 4).empty());
}
