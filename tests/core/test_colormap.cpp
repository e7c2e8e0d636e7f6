// Colour maps and overlays.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "shared/picture/colormap.h"
#include "tests/core/random_weights.h"

using namespace camloss;

namespace {

/// CIE lightness L* of an sRGB colour.
double lightness(Rgb rgb) {
  constexpr double kShare[] = {0.2126, 0.7152, 0.0722};
  double y = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double level = rgb[i] / 255.0;
    y += kShare[i] * (level <= 0.04045 ? level / 12.92 : std::pow((level + 0.055) / 1.055, 2.4));
  }
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

constexpr Colormap kAll[] = {Colormap::viridis, Colormap::inferno, Colormap::jet,
                             Colormap::diverging, Colormap::grey};

}  // namespace

TEST_CASE("names of colour maps go both ways", "[colormap]") {
  for (const Colormap map : kAll) {
    const auto found = colormap_from_name(to_string(map));
    REQUIRE(found);
    CHECK(*found == map);
  }
  const auto unknown = colormap_from_name("rainbow");
  REQUIRE(!unknown);
  CHECK(unknown.error().what.find("rainbow") != std::string::npos);
  for (const Colormap map : kAll) {
    CHECK(unknown.error().hint.find(to_string(map)) != std::string::npos);
  }
}

TEST_CASE("the ends and middles of the maps", "[colormap]") {
  CHECK(colour(Colormap::viridis, 0) == Rgb{68, 1, 84});
  CHECK(colour(Colormap::viridis, 1) == Rgb{253, 231, 37});
  CHECK(colour(Colormap::inferno, 0) == Rgb{0, 0, 4});
  CHECK(colour(Colormap::inferno, 1) == Rgb{252, 255, 164});
  CHECK(colour(Colormap::grey, 0.5F) == Rgb{128, 128, 128});
  CHECK(colour(Colormap::jet, 0) == Rgb{0, 0, 128});
  CHECK(colour(Colormap::jet, 0.125F) == Rgb{0, 0, 255});
  CHECK(colour(Colormap::jet, 0.5F) == Rgb{128, 255, 128});
  CHECK(colour(Colormap::jet, 1) == Rgb{128, 0, 0});
}

TEST_CASE("values beyond the ends are clamped, NaN draws as 0", "[colormap]") {
  for (const Colormap map : kAll) {
    CHECK(colour(map, -1) == colour(map, 0));
    CHECK(colour(map, 7) == colour(map, 1));
    CHECK(colour(map, std::numeric_limits<float>::infinity()) == colour(map, 1));
    CHECK(colour(map, std::numeric_limits<float>::quiet_NaN()) == colour(map, 0));
  }
}

TEST_CASE("the uniform maps grow lighter at an even pace", "[colormap]") {
  const Colormap map = GENERATE(Colormap::viridis, Colormap::inferno, Colormap::grey);
  double before = lightness(colour(map, 0));
  const double whole = lightness(colour(map, 1)) - before;
  for (int i = 1; i <= 20; ++i) {
    const double now = lightness(colour(map, static_cast<float>(i) / 20));
    INFO(to_string(map) << " at " << i);
    CHECK(now - before > 0.5 * whole / 20);
    CHECK(now - before < 1.7 * whole / 20);
    before = now;
  }
}

TEST_CASE("the diverging map has a neutral middle and equal sides", "[colormap]") {
  const Rgb middle = colour(Colormap::diverging, 0.5F);
  CHECK(middle[0] == middle[1]);
  CHECK(middle[1] == middle[2]);
  double before = lightness(middle);
  for (int i = 1; i <= 32; ++i) {
    const float distance = static_cast<float>(i) / 64;
    const Rgb negative = colour(Colormap::diverging, 0.5F - distance);
    const Rgb positive = colour(Colormap::diverging, 0.5F + distance);
    CHECK(lightness(negative) == Approx(lightness(positive)).margin(0.8));
    CHECK(lightness(negative) < before);
    CHECK(std::min(negative[0], negative[2]) > negative[1]);  // purple speaks for class 0
    CHECK(positive[1] > std::max(positive[0], positive[2]));  // green for class 1
    before = lightness(negative);
  }
}

TEST_CASE("drawn evidence is cut by class", "[colormap]") {
  const std::vector<float> map{1, -2, 0, 3};
  std::vector<float> out(4);
  drawn_evidence(map, Drawn::class1, -1, out);
  CHECK(out == std::vector<float>{1, 0, 0, 3});
  drawn_evidence(map, Drawn::class0, 1, out);
  CHECK(out == std::vector<float>{0, 2, 0, 0});
  drawn_evidence(map, Drawn::predicted, 0.1F, out);
  CHECK(out == std::vector<float>{1, 0, 0, 3});
  drawn_evidence(map, Drawn::predicted, -0.1F, out);
  CHECK(out == std::vector<float>{0, 2, 0, 0});
  drawn_evidence(map, Drawn::positive_and_negative, -0.1F, out);
  CHECK(out == map);
  CHECK(largest_magnitude(map) == 3);
  CHECK(largest_magnitude(std::vector<float>{1, -4}) == 4);
  CHECK(largest_magnitude({}) == 0);
}

TEST_CASE("an overlay keeps the picture where nothing is opaque, and its size", "[colormap]") {
  const int width = GENERATE(1, 13, 127);
  const int height = GENERATE(1, 7, 64);
  const int side = GENERATE(1, 3, 24);
  test::Random random(5);
  Image base{width, height, 3, {}};
  for (int i = 0; i < 3 * width * height; ++i) {
    base.pixels.push_back(static_cast<std::uint8_t>(random.bits()));
  }
  const auto map = test::random_values(static_cast<std::size_t>(side * side), 6);
  OverlayStyle style;
  style.opacity = 0;
  const Image same = overlay(base.view(), map, side, style);
  CHECK(same.width == width);
  CHECK(same.height == height);
  CHECK(same.channels == 3);
  CHECK(same.pixels == base.pixels);

  style.opacity = 1;
  const std::vector<float> full(map.size(), 2.0F);
  style.scale = 2;
  const Image hot = overlay(base.view(), full, side, style);
  const Rgb end = colour(style.colours, 1);
  for (std::size_t i = 0; i < hot.pixels.size(); ++i) REQUIRE(hot.pixels[i] == end[i % 3]);
}

TEST_CASE("signed heat is neutral at zero and reaches both ends", "[colormap]") {
  const Image base{2, 1, 3, std::vector<std::uint8_t>(6, 10)};
  OverlayStyle style{Colormap::diverging, true, 4, 1};
  const auto pixel = [&](float value) {
    const Image image = overlay(base.view(), std::vector<float>{value}, 1, style);
    return Rgb{image.pixels[0], image.pixels[1], image.pixels[2]};
  };
  CHECK(pixel(-4) == colour(Colormap::diverging, 0));
  CHECK(pixel(4) == colour(Colormap::diverging, 1));
  CHECK(pixel(-9) == colour(Colormap::diverging, 0));
  for (const float zero : {0.0F, -0.0F}) {
    const Rgb rgb = pixel(zero);
    for (std::size_t i = 0; i < 3; ++i) CHECK(std::abs(rgb[i] - 246) <= 1);
  }
  style.scale = 0;
  CHECK(pixel(3) == pixel(0));
}

TEST_CASE("an overlay blends by opacity and puts alpha on white", "[colormap]") {
  // Opaque black, half-transparent black, transparent red.
  const Image base{3, 1, 4, {0, 0, 0, 255, 0, 0, 0, 128, 255, 0, 0, 0}};
  OverlayStyle style{Colormap::grey, false, 1, 0};
  const std::vector<float> map{1};
  CHECK(overlay(base.view(), map, 1, style).pixels ==
        std::vector<std::uint8_t>{0, 0, 0, 127, 127, 127, 255, 255, 255});
  style.opacity = 0.25F;
  const auto blended = overlay(base.view(), map, 1, style).pixels;
  CHECK(blended[0] == 64);
  CHECK(blended[8] == 255);
}

TEST_CASE("malformed overlays are empty", "[colormap]") {
  const Image base{2, 2, 3, std::vector<std::uint8_t>(12, 0)};
  const OverlayStyle style;
  CHECK(overlay({}, std::vector<float>{1}, 1, style).pixels.empty());
  CHECK(overlay(base.view(), std::vector<float>{1, 2}, 2, style).pixels.empty());
  CHECK(overlay(base.view(), {}, 0, style).pixels.empty());
}
