// Deletion and insertion with networks simple enough to know the answer.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "shared/maps/deletion.h"
#include "tests/core/random_weights.h"

using namespace camloss;

namespace {

/// A picture that is `inside` on the cell (row, column) of a grid and 0 elsewhere.
std::vector<float> picture_of_cell(int size, int cells, int row, int column, float inside) {
  std::vector<float> input(3 * static_cast<std::size_t>(size * size));
  const int patch = size / cells;
  for (int channel = 0; channel < 3; ++channel) {
    for (int y = row * patch; y < (row + 1) * patch; ++y) {
      for (int x = column * patch; x < (column + 1) * patch; ++x) {
        input[static_cast<std::size_t>((channel * size + y) * size + x)] = inside;
      }
    }
  }
  return input;
}

float mean_of(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  return static_cast<float>(sum / static_cast<double>(values.size()));
}

}  // namespace

TEST_CASE("a blur keeps constants and spreads a point evenly", "[deletion]") {
  const int size = 32;
  std::vector<float> out(3 * size * size);
  blur_input(std::vector<float>(out.size(), 0.75F), size, out);
  for (const float value : out) REQUIRE(value == Approx(0.75));

  std::vector<float> point(out.size());
  point[16 * size + 15] = 1;
  blur_input(point, size, out);
  // σ = 2 pixels: neighbours at distance d have exp(−d²/8) of the middle.
  const float middle = out[16 * size + 15];
  CHECK(out[16 * size + 17] == Approx(middle * std::exp(-0.5F)).epsilon(1e-5));
  CHECK(out[12 * size + 15] == Approx(middle * std::exp(-2.0F)).epsilon(1e-5));
  CHECK(out[15 * size + 14] == Approx(middle * std::exp(-0.25F)).epsilon(1e-5));
  CHECK(mean_of(out) * 3 * size * size == Approx(1).epsilon(1e-4));
}

TEST_CASE("a map of the deciding cell deletes fast and inserts fast", "[deletion]") {
  const int size = 64;
  const int cells = 8;
  const auto input = picture_of_cell(size, cells, 3, 5, 1);
  // Sharp contrast in the picture is what this network sees.
  const LogitOf contrast = [](std::span<const float> x) {
    float largest = 0;
    for (const float value : x) largest = std::max(largest, value);
    return largest > 0.9F ? 4.0F : -4.0F;
  };
  std::vector<float> right(64, 0.0F);
  right[3 * 8 + 5] = 1;
  const auto good = deletion_insertion(input, size, right, cells, true, 1, contrast);
  REQUIRE(good);
  CHECK(good->deletion_curve.front() == Approx(0.982).margin(1e-3));
  CHECK(good->deletion_curve[1] == Approx(0.018).margin(1e-3));
  CHECK(good->insertion_curve.front() == Approx(0.018).margin(1e-3));
  CHECK(good->insertion_curve[1] == Approx(0.982).margin(1e-3));
  CHECK(good->deletion < 0.05F);
  CHECK(good->insertion > 0.95F);

  for (float& value : right) value = -value;
  const auto wrong = deletion_insertion(input, size, right, cells, true, 1, contrast);
  REQUIRE(wrong);
  CHECK(wrong->deletion > 0.9F);
  CHECK(wrong->insertion < 0.1F);
}

TEST_CASE("evidence for class 0 is strong where the map is negative", "[deletion]") {
  const int size = 64;
  const int cells = 8;
  const auto input = picture_of_cell(size, cells, 2, 2, 1);
  const LogitOf contrast = [](std::span<const float> x) {
    float largest = 0;
    for (const float value : x) largest = std::max(largest, value);
    return largest > 0.9F ? -4.0F : 4.0F;
  };
  std::vector<float> map(64, 0.0F);
  map[2 * 8 + 2] = -1;
  const auto with_sign = deletion_insertion(input, size, map, cells, true, 1, contrast);
  REQUIRE(with_sign);
  CHECK(with_sign->deletion < 0.05F);
  // As an unsigned map the same values call that cell the weakest.
  const auto without = deletion_insertion(input, size, map, cells, false, 1, contrast);
  REQUIRE(without);
  CHECK(without->deletion > 0.9F);
}

TEST_CASE("areas agree with a direct computation at sizes the steps do not divide", "[deletion]") {
  const int size = 40;
  const int cells = 5;  // 25 cells in 24 steps
  const auto input = test::random_values(3 * size * size, 12);
  const auto map = test::random_values(25, 13);
  const LogitOf network = [](std::span<const float> x) {
    double sum = 0.2;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += static_cast<double>(x[i]) * std::sin(static_cast<double>(i)) * 0.02;
    }
    return static_cast<float>(sum);
  };
  const auto result = deletion_insertion(input, size, map, cells, true, 2, network);
  REQUIRE(result);

  std::vector<float> blurred(input.size());
  blur_input(input, size, blurred);
  const float sign = network(input) > 0 ? 1.0F : -1.0F;
  double area = 0;
  for (int step = 0; step <= 24; ++step) {
    const int removed = (step * 25 + 12) / 24;
    std::vector<float> mixed = input;
    for (int y = 0; y < size; ++y) {
      for (int x = 0; x < size; ++x) {
        const auto cell = static_cast<std::size_t>(y / 8 * cells + x / 8);
        int stronger = 0;
        for (const float other : map) stronger += sign * other > sign * map[cell] ? 1 : 0;
        if (stronger >= removed) continue;
        for (int channel = 0; channel < 3; ++channel) {
          const auto at = static_cast<std::size_t>((channel * size + y) * size + x);
          mixed[at] = blurred[at];
        }
      }
    }
    const double p = 1 / (1 + std::exp(-static_cast<double>(sign * network(mixed)) / 2));
    CHECK(static_cast<double>(result->deletion_curve[static_cast<std::size_t>(step)]) ==
          Approx(p).margin(1e-5));
    area += p * (step == 0 || step == 24 ? 0.5 : 1.0) / 24;
  }
  CHECK(static_cast<double>(result->deletion) == Approx(area).margin(1e-5));
  CHECK(result->insertion_curve.front() == result->deletion_curve.back());
  CHECK(result->insertion_curve.back() == result->deletion_curve.front());
}

TEST_CASE("what does not belong together is refused", "[deletion]") {
  const LogitOf one = [](std::span<const float>) { return 1.0F; };
  const LogitOf broken = [](std::span<const float>) {
    return std::numeric_limits<float>::quiet_NaN();
  };
  const std::vector<float> input(3 * 16 * 16);
  std::vector<float> map(4);
  CHECK(deletion_insertion(input, 16, map, 2, true, 1, one));
  CHECK(!deletion_insertion(input, 16, map, 3, true, 1, one));
  CHECK(!deletion_insertion(input, 8, map, 2, true, 1, one));
  CHECK(!deletion_insertion(input, 16, map, 0, true, 1, one));
  CHECK(!deletion_insertion(input, 16, map, 2, true, 1, broken));
  map[1] = std::numeric_limits<float>::infinity();
  CHECK(!deletion_insertion(input, 16, map, 2, true, 1, one));
}
