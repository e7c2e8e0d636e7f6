// Figures about maps and predictions, against hand-made cases and second computations.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "shared/maps/kernel.h"
#include "shared/maps/metrics.h"
#include "tests/core/random_weights.h"

using namespace camloss;

namespace {
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
}

TEST_CASE("off-centre mass of a uniform map is the kernel's mean", "[metrics]") {
  const std::vector<float> map(24 * 24, -0.3F);
  const auto mass = off_centre_mass(map, 24);
  REQUIRE(mass);
  CHECK(*mass == Approx(0.64).margin(0.01));
  double mean = 0;
  for (const float k : inverted_gaussian(24)) mean += static_cast<double>(k) / (24 * 24);
  CHECK(static_cast<double>(*mass) == Approx(mean));
}

TEST_CASE("off-centre mass knows centre from corner, and no sign", "[metrics]") {
  std::vector<float> map(13 * 13, 0.0F);
  map[6 * 13 + 6] = 5;
  CHECK(off_centre_mass(map, 13) == 0.0F);
  map[6 * 13 + 6] = 0;
  map[0] = -2;
  CHECK(off_centre_mass(map, 13) == Approx(inverted_gaussian(13)[0]));

  const auto random = test::random_values(13 * 13, 4);
  auto flipped = random;
  for (std::size_t i = 0; i < flipped.size(); i += 3) flipped[i] = -flipped[i];
  CHECK(off_centre_mass(random, 13) == off_centre_mass(flipped, 13));
  const auto given = off_centre_mass(random, inverted_gaussian(13));
  CHECK(*given == Approx(*off_centre_mass(random, 13)).epsilon(1e-5));
}

TEST_CASE("a figure that does not exist is null", "[metrics]") {
  const std::vector<float> zeros(16, 0.0F);
  CHECK(!off_centre_mass(zeros, 4));
  CHECK(!energy_in_mask(zeros, zeros));
  CHECK(!pointing_game(zeros, zeros));
  std::vector<float> broken(16, 1.0F);
  broken[3] = kNaN;
  const std::vector<float> ones(16, 1.0F);
  CHECK(!off_centre_mass(broken, 4));
  CHECK(!energy_in_mask(broken, ones));
  CHECK(!pointing_game(broken, ones));
  CHECK(!off_centre_mass(ones, 3));
  CHECK(!off_centre_mass(std::span<const float>{}, 0));
  CHECK(!energy_in_mask(ones, std::vector<float>(9, 1.0F)));
  CHECK(!pointing_game(ones, std::vector<float>(9, 1.0F)));
}

TEST_CASE("masks are averaged to cells", "[metrics]") {
  // 4x2 pixels on 2x2 cells: each cell is 2x1 pixels.
  const std::vector<std::uint8_t> mask{255, 0, 1, 1, 0, 0, 0, 255};
  const auto cells = mask_to_cells(mask, 4, 2, 2);
  CHECK(cells == std::vector<float>{0.5F, 1.0F, 0.0F, 0.5F});
}

TEST_CASE("cells that cut through pixels take their share", "[metrics]") {
  // 3 pixels on 2 cells: the middle pixel counts half for each.
  std::vector<std::uint8_t> mask(9, 0);
  mask[4] = 255;
  const auto cells = mask_to_cells(mask, 3, 3, 2);
  REQUIRE(cells.size() == 4);
  for (const float share : cells) CHECK(share == Approx(0.25 / 2.25));
  // More cells than pixels.
  const auto fine = mask_to_cells(mask, 3, 3, 9);
  for (std::size_t i = 0; i < 81; ++i) {
    const bool inside = i / 9 >= 3 && i / 9 < 6 && i % 9 >= 3 && i % 9 < 6;
    REQUIRE(fine[i] == Approx(inside ? 1 : 0).margin(1e-6));
  }
}

TEST_CASE("the covered area is kept at any size", "[metrics]") {
  const int width = GENERATE(1, 7, 24, 131);
  const int height = GENERATE(1, 13, 192);
  const int side = GENERATE(1, 5, 12, 24);
  test::Random random(static_cast<std::uint64_t>(width * 1000 + height));
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(width * height));
  double covered = 0;
  for (auto& pixel : mask) {
    pixel = (random.bits() & 1U) != 0 ? 200 : 0;
    covered += pixel != 0 ? 1 : 0;
  }
  double sum = 0;
  for (const float share : mask_to_cells(mask, width, height, side)) {
    REQUIRE(share >= 0);
    REQUIRE(share <= 1);
    sum += static_cast<double>(share);
  }
  CHECK(sum / (side * side) == Approx(covered / (width * height)).margin(1e-5));
}

TEST_CASE("a mask of the wrong size has no cells", "[metrics]") {
  const std::vector<std::uint8_t> mask(6, 1);
  CHECK(mask_to_cells(mask, 2, 2, 2).empty());
  CHECK(mask_to_cells(mask, 0, 0, 2).empty());
  CHECK(mask_to_cells(mask, 3, 2, 0).empty());
}

TEST_CASE("energy in mask weighs cells by their cover", "[metrics]") {
  const std::vector<float> map{1, -3, 0, 4};
  const std::vector<float> covered{1, 0.5F, 1, 0};
  CHECK(energy_in_mask(map, covered) == Approx(2.5 / 8));
}

TEST_CASE("pointing game looks at the strongest cell of either sign", "[metrics]") {
  const std::vector<float> map{1, -3, 0, 2};
  CHECK(pointing_game(map, std::vector<float>{0, 0.5F, 0, 0}) == true);
  CHECK(pointing_game(map, std::vector<float>{1, 0.49F, 1, 1}) == false);
}

TEST_CASE("residual is relative for large logits and absolute for small ones", "[metrics]") {
  CHECK(decomposition_residual(1, 2, 3) == 0);
  CHECK(decomposition_residual(1, 2, 3.3) == Approx(0.3 / 3.3));
  CHECK(decomposition_residual(0.1, 0, 0.2) == Approx(0.1));
  CHECK(decomposition_residual(-200, 0, -100) == Approx(1));
}

TEST_CASE("probability is the calibrated sigmoid without overflow", "[metrics]") {
  CHECK(probability(0, 1) == 0.5);
  CHECK(probability(2, 1) == Approx(1 / (1 + std::exp(-2.0))));
  CHECK(probability(2, 4) == Approx(1 / (1 + std::exp(-0.5))));
  CHECK(probability(1e30, 1) == 1);
  CHECK(probability(-1e30, 1) == 0);
  CHECK(probability(-30, 1) > 0);
  CHECK(probability(3, 2) + probability(-3, 2) == Approx(1));
}

TEST_CASE("the verdict between 0.35 and 0.65 is undecided", "[metrics]") {
  CHECK(verdict(0) == Verdict::class0);
  CHECK(verdict(0.3499) == Verdict::class0);
  CHECK(verdict(0.35) == Verdict::undecided);
  CHECK(verdict(0.5) == Verdict::undecided);
  CHECK(verdict(0.65) == Verdict::undecided);
  CHECK(verdict(0.6501) == Verdict::class1);
  CHECK(verdict(1) == Verdict::class1);
  CHECK(verdict(std::nan("")) == Verdict::undecided);
}

TEST_CASE("the two parts of the evidence add up", "[metrics]") {
  const int side = GENERATE(1, 5, 24);
  const auto map = test::random_values(static_cast<std::size_t>(side * side), 9);
  const auto kernel = inverted_gaussian(side);
  double sum = 0;
  double off_centre = 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    sum += static_cast<double>(map[i]);
    off_centre += static_cast<double>(map[i]) * static_cast<double>(kernel[i]);
  }
  const EvidenceSplit split = split_evidence(map, side);
  CHECK(static_cast<double>(split.centred) + static_cast<double>(split.off_centre) ==
        Approx(sum).margin(1e-5));
  CHECK(static_cast<double>(split.off_centre) == Approx(off_centre).margin(1e-5));
}
