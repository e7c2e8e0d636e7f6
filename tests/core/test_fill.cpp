// Filling holes: smooth, from the surroundings alone, and nothing outside the hole changes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <vector>

#include "shared/picture/fill.h"

using namespace camloss;

namespace {

/// A hole of some pixels in a picture of the given size.
std::vector<std::uint8_t> disc(int width, int height, double radius) {
  std::vector<std::uint8_t> hole(static_cast<std::size_t>(width * height), 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double distance = std::hypot(x - 0.5 * width, y - 0.5 * height);
      hole[static_cast<std::size_t>(y * width + x)] = distance < radius ? 1 : 0;
    }
  }
  return hole;
}

}  // namespace

TEST_CASE("a hole in a ramp is filled with the ramp", "[fill]") {
  // A plane is harmonic, so the membrane is the plane itself.
  const int width = 61, height = 47;
  const std::size_t n = std::size_t{61} * 47;
  std::vector<float> planes(3 * n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto x = static_cast<float>(i % 61);
    const auto y = static_cast<float>(i / 61);
    planes[i] = 2 * x;
    planes[n + i] = 200 - 3 * y;
    planes[2 * n + i] = x + y;
  }
  const std::vector<float> whole = planes;
  const std::vector<std::uint8_t> hole = disc(width, height, 17);
  for (std::size_t i = 0; i < n; ++i) {
    if (hole[i] != 0) planes[i] = planes[n + i] = planes[2 * n + i] = 255;
  }
  fill_hole(planes, hole, width, height);
  float worst = 0;
  for (std::size_t i = 0; i < 3 * n; ++i) worst = std::max(worst, std::abs(planes[i] - whole[i]));
  CHECK(worst < 4);
}

TEST_CASE("a filled hole has only colours of its surroundings, and the rest stays", "[fill]") {
  const int side = 64;
  const std::size_t n = std::size_t{64} * 64;
  std::vector<float> planes(3 * n);
  for (std::size_t i = 0; i < 3 * n; ++i) planes[i] = 40 + static_cast<float>(i * 7919 % 50);
  std::vector<std::uint8_t> hole = disc(side, side, 20);
  for (std::size_t i = 0; i < n; ++i) {
    if (hole[i] != 0) planes[i] = planes[n + i] = planes[2 * n + i] = 255;
  }
  const std::vector<float> before = planes;
  fill_hole(planes, hole, side, side);
  for (std::size_t i = 0; i < 3 * n; ++i) {
    if (hole[i % n] == 0) {
      REQUIRE(planes[i] == before[i]);
    } else {
      REQUIRE(planes[i] >= 40);
      REQUIRE(planes[i] <= 90);
    }
  }
}

TEST_CASE("holes at the edge, of everything and of nothing", "[fill]") {
  const std::size_t n = 13 * 7;
  std::vector<float> planes(3 * n, 10);
  for (std::size_t i = 0; i < 3 * n; i += 2) planes[i] = 90;
  const std::vector<float> before = planes;
  fill_hole(planes, std::vector<std::uint8_t>(n, 0), 13, 7);
  CHECK(planes == before);
  fill_hole(planes, std::vector<std::uint8_t>(n, 1), 13, 7);
  CHECK(planes == before);
  fill_hole(planes, std::vector<std::uint8_t>(n - 1, 1), 13, 7);
  CHECK(planes == before);
  std::vector<std::uint8_t> all_but_one(n, 1);
  all_but_one[0] = 0;
  fill_hole(planes, all_but_one, 13, 7);
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < n; ++i) CHECK(planes[c * n + i] == Approx(before[c * n]));
  }
}

TEST_CASE("a picture of bytes is filled like its planes, and its alpha stays", "[fill]") {
  Image picture{31, 17, 4, std::vector<std::uint8_t>(31 * 17 * 4, 77)};
  const std::vector<std::uint8_t> hole = disc(31, 17, 6);
  for (std::size_t i = 0; i < hole.size(); ++i) {
    if (hole[i] != 0) picture.pixels[4 * i] = picture.pixels[4 * i + 1] = 255;
  }
  Image wrong = picture;
  fill_hole(picture, hole);
  CHECK(std::all_of(picture.pixels.begin(), picture.pixels.end(),
                    [](std::uint8_t v) { return v == 77; }));
  const std::vector<std::uint8_t> before = wrong.pixels;
  fill_hole(wrong, std::vector<std::uint8_t>(7, 255));
  CHECK(wrong.pixels == before);
}
