// Resampling: the triangle filter's properties, pictures of odd sizes, alpha, limits, enlargement
// of maps.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "shared/picture/resample.h"
#include "tests/core/random_weights.h"

using namespace camloss;

namespace {

Image noise(int width, int height, int channels, std::uint64_t seed) {
  test::Random random(seed);
  Image image{width, height, channels, {}};
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                      static_cast<std::size_t>(channels));
  for (std::uint8_t& byte : image.pixels) byte = static_cast<std::uint8_t>(random.bits() & 0xFFU);
  return image;
}

/// The definition, straight: both filters at once, in double.
double direct(const Image& image, int side, int channel, int oy, int ox) {
  const auto weight = [](int in, int out, int o, int i) {
    const double scale = static_cast<double>(in) / out, support = std::max(1.0, scale);
    return std::max(0.0, 1 - std::abs(i + 0.5 - (o + 0.5) * scale) / support);
  };
  double sum = 0, total = 0;
  for (int y = 0; y < image.height; ++y) {
    const double wy = weight(image.height, side, oy, y);
    if (wy == 0) continue;
    for (int x = 0; x < image.width; ++x) {
      const double w = wy * weight(image.width, side, ox, x);
      if (w == 0) continue;
      const std::uint8_t* const pixel =
          &image.pixels[static_cast<std::size_t>((y * image.width + x) * image.channels)];
      const double alpha = image.channels == 4 ? pixel[3] / 255.0 : 1.0;
      sum += w * (pixel[channel] * alpha + 255.0 * (1 - alpha));
      total += w;
    }
  }
  return sum / total;
}

std::vector<float> resampled(const Image& image, int side) {
  std::vector<float> out(3 * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  ResampleScratch scratch;
  const Status status = resample_picture(image.view(), side, out, scratch);
  REQUIRE(status);
  return out;
}

}  // namespace

TEST_CASE("each position of the triangle filter weighs one in all", "[resample]") {
  const int in = GENERATE(1, 2, 7, 96, 97, 500, 4099);
  const int out = GENERATE(1, 8, 13, 96, 127);
  const FilterBank bank = triangle_filter(in, out);
  REQUIRE(bank.taps.size() == static_cast<std::size_t>(out));
  for (const FilterTap& tap : bank.taps) {
    CHECK(tap.first >= 0);
    CHECK(tap.count >= 1);
    CHECK(tap.first + tap.count <= in);
    double sum = 0;
    for (int k = 0; k < tap.count; ++k)
      sum += bank.weights[static_cast<std::size_t>(tap.offset + k)];
    CHECK(sum == Approx(1).margin(1e-5));
  }
}

TEST_CASE("resampling follows its definition at odd sizes", "[resample]") {
  struct Size {
    int width, height, side;
  };
  const Size size = GENERATE(Size{1, 1, 8}, Size{3, 2, 16}, Size{13, 127, 24}, Size{200, 31, 40},
                             Size{61, 97, 56});
  const int channels = GENERATE(3, 4);
  const Image image = noise(size.width, size.height, channels, 21);
  const std::vector<float> out = resampled(image, size.side);
  const auto n = static_cast<std::size_t>(size.side);
  double worst = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 0; y < n; ++y) {
      for (std::size_t x = 0; x < n; ++x) {
        const double expected =
            direct(image, size.side, static_cast<int>(c), static_cast<int>(y), static_cast<int>(x));
        worst = std::max(worst, std::abs(expected - out[(c * n + y) * n + x]));
      }
    }
  }
  CHECK(worst < 2e-3);
}

TEST_CASE("a picture of the network's size is taken as it is", "[resample]") {
  const Image image = noise(48, 48, 3, 2);
  const std::vector<float> out = resampled(image, 48);
  for (std::size_t i = 0; i < 48 * 48; ++i) {
    for (std::size_t c = 0; c < 3; ++c) REQUIRE(out[c * 48 * 48 + i] == image.pixels[3 * i + c]);
  }
}

TEST_CASE("one scratch serves pictures of many sizes", "[resample]") {
  ResampleScratch scratch;
  for (const int size : {31, 64, 31, 200, 7}) {
    const Image image = noise(size, size + 3, 4, 9);
    std::vector<float> out(3 * 16 * 16);
    REQUIRE(resample_picture(image.view(), 16, out, scratch));
    CHECK(out == resampled(image, 16));
  }
}

TEST_CASE("bad pictures are refused with a reason", "[resample]") {
  ResampleScratch scratch;
  std::vector<float> out(3 * 8 * 8);
  const std::uint8_t byte[4] = {1, 2, 3, 255};
  const auto refusal = [&](ImageView view, std::size_t room = 3 * 8 * 8) {
    const Status status = resample_picture(view, 8, std::span(out).first(room), scratch);
    REQUIRE_FALSE(status);
    return status.error().message();
  };
  CHECK_THAT(refusal({nullptr, 4, 4, 4}), Catch::Contains("empty"));
  CHECK_THAT(refusal({byte, 0, 4, 4}), Catch::Contains("empty"));
  CHECK_THAT(refusal({byte, 1, -1, 4}), Catch::Contains("empty"));
  CHECK_THAT(refusal({byte, 1, 1, 2}), Catch::Contains("channels"));
  CHECK_THAT(refusal({byte, kMaxImageSide + 1, 1, 4}), Catch::Contains("too large"));
  CHECK_THAT(refusal({byte, 30000, 30000, 4}), Catch::Contains("megapixels"));
  CHECK_THAT(refusal({byte, 1, 1, 4}, 5), Catch::Contains("wrong size"));
}

TEST_CASE("enlarging a map keeps its range, its sign and a constant", "[resample]") {
  const int cells = GENERATE(1, 2, 12, 13);
  const auto count = static_cast<std::size_t>(cells * cells);
  const std::vector<float> map = test::random_values(count, 4, -3, 5);
  std::vector<float> out(97 * 61);
  upsample_bilinear(map, cells, cells, out, 97, 61);
  const auto [low, high] = std::minmax_element(map.begin(), map.end());
  for (const float value : out) {
    REQUIRE(value >= *low - 1e-5F);
    REQUIRE(value <= *high + 1e-5F);
  }
  const std::vector<float> flat(count, -2.5F);
  upsample_bilinear(flat, cells, cells, out, 97, 61);
  CHECK(std::all_of(out.begin(), out.end(), [](float value) { return value == -2.5F; }));
}

TEST_CASE("enlarging by a whole factor has half-pixel centres", "[resample]") {
  const std::vector<float> map{0, 4, 8, 12};  // (2, 2)
  std::vector<float> out(16);
  upsample_bilinear(map, 2, 2, out, 4, 4);
  const std::vector<float> expected{0, 1, 3, 4, 2, 3, 5, 6, 6, 7, 9, 10, 8, 9, 11, 12};
  for (std::size_t i = 0; i < 16; ++i) CHECK(out[i] == Approx(expected[i]));
}

TEST_CASE("normalisation subtracts the mean and divides by the deviation, per channel",
          "[resample]") {
  std::vector<float> planes{0, 255, 51, 102, 204, 0};  // (3, 2)
  const std::array<float, 3> mean{0, 0.5F, 0.25F}, deviation{1, 0.25F, 0.5F};
  normalise(planes, mean, deviation);
  const std::vector<float> expected{
      0, 1, (0.2F - 0.5F) / 0.25F, (0.4F - 0.5F) / 0.25F, (0.8F - 0.25F) / 0.5F, -0.5F};
  for (std::size_t i = 0; i < 6; ++i) CHECK(planes[i] == Approx(expected[i]).margin(1e-6));
}
