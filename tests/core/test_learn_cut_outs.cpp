// Pictures with a cut-out: what stands behind it, and in which colours.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "shared/learn/augment.h"

namespace camloss::learn {
namespace {

constexpr std::size_t kSide = 16, kPixels = kSide * kSide;
using Rgb = std::array<float, 3>;
constexpr Rgb kSubject{160, 80, 40}, kBody{40, 60, 200}, kGround{60, 120, 30};

/// Two pictures whose subjects are the inner 8 x 8 pixels, wherever they are asked for.
struct Pair {
  std::vector<float> first = std::vector<float>(3 * kPixels),
                     second = std::vector<float>(3 * kPixels);
  std::vector<std::uint8_t> mask = std::vector<std::uint8_t>(kPixels);
  std::vector<std::uint8_t> ground = std::vector<std::uint8_t>(3 * kPixels);

  Pair() {
    for (std::size_t i = 0; i < kPixels; ++i) {
      const std::size_t x = i % kSide, y = i / kSide;
      if (x >= 4 && x < 12 && y >= 4 && y < 12) mask[i] = 255;
      for (std::size_t c = 0; c < 3; ++c) {
        first[c * kPixels + i] = kSubject[c];
        second[c * kPixels + i] = kBody[c];
        ground[c * kPixels + i] = static_cast<std::uint8_t>(kGround[c]);
      }
    }
  }

  [[nodiscard]] std::vector<Picture> pictures() const {
    return {{first, 0, mask, ground}, {second, 1, mask, ground}};
  }
};

AugmentSettings cut_out_settings() {
  AugmentSettings settings;
  settings.input_size = static_cast<int>(kSide);
  settings.flip = false;
  settings.mix = settings.cut_outs = 1;
  settings.mean = {0, 0, 0};
  settings.std = {1.0F / 255, 1.0F / 255, 1.0F / 255};  // so that inputs are 0…255
  return settings;
}

Rgb at(const std::vector<float>& input, std::size_t x, std::size_t y) {
  const float* const pixel = input.data() + (y * (kSide + 2) + x) * 4;
  return {pixel[0], pixel[1], pixel[2]};
}

bool is_near(const Rgb& a, const Rgb& b) {
  return std::equal(a.begin(), a.end(), b.begin(),
                    [](float p, float q) { return std::abs(p - q) < 0.01F; });
}

TEST_CASE("behind a cut-out stands a background, or a picture with its subject", "[learn]") {
  const Pair pair;
  AugmentSettings settings = cut_out_settings();
  settings.cut_out_whole = GENERATE(0.0, 0.33, 1.0);
  const Augmenter augmenter(settings, pair.pictures(), 3);
  Augmenter::Workspace work;
  std::vector<float> input(augmenter.input_floats());
  int whole = 0;
  constexpr int kCount = 600;
  for (int i = 0; i < kCount; ++i) {
    const float label =
        augmenter.augmented(pair.pictures()[0], 1, static_cast<std::size_t>(i), input, work);
    REQUIRE(label == 0);
    REQUIRE(is_near(at(input, 8, 8), kSubject));
    const Rgb outside = at(input, 1, 1);
    const bool is_whole = is_near(outside, kSubject) || is_near(outside, kBody);
    REQUIRE((is_whole || is_near(outside, kGround)));
    whole += is_whole ? 1 : 0;
  }
  CHECK(whole == Approx(settings.cut_out_whole * kCount).margin(50));
}

TEST_CASE("the two parts of a picture with a cut-out get colours of their own", "[learn]") {
  const Pair pair;
  AugmentSettings settings = cut_out_settings();
  settings.cut_out_channels = 0.2;
  settings.cut_out_grey = GENERATE(0.0, 0.5, 1.0);
  const Augmenter augmenter(settings, pair.pictures(), 3);
  Augmenter::Workspace work;
  std::vector<float> input(augmenter.input_floats());
  int grey_subjects = 0, grey_grounds = 0, grey_both = 0;
  constexpr int kCount = 600;
  for (int i = 0; i < kCount; ++i) {
    augmenter.augmented(pair.pictures()[0], 1, static_cast<std::size_t>(i), input, work);
    const auto is_grey = [](const Rgb& rgb) {
      return std::abs(rgb[0] - rgb[1]) < 0.01F && std::abs(rgb[1] - rgb[2]) < 0.01F;
    };
    const Rgb subject = at(input, 8, 8), ground = at(input, 1, 1);
    grey_subjects += is_grey(subject) ? 1 : 0;
    grey_grounds += is_grey(ground) ? 1 : 0;
    grey_both += is_grey(subject) && is_grey(ground) ? 1 : 0;
    if (is_grey(subject) || is_grey(ground)) continue;
    // The same factors in both parts would keep these quotients equal.
    std::array<float, 3> of_subject{}, of_ground{};
    for (std::size_t c = 0; c < 3; ++c) {
      of_subject[c] = subject[c] / kSubject[c];
      of_ground[c] = ground[c] / kGround[c];
      REQUIRE(of_subject[c] == Approx(1).margin(0.2001));
      REQUIRE(of_ground[c] == Approx(1).margin(0.2001));
    }
    REQUIRE(of_subject != of_ground);
  }
  CHECK(grey_subjects == Approx(settings.cut_out_grey * kCount).margin(60));
  CHECK(grey_grounds == Approx(settings.cut_out_grey * kCount).margin(60));
  CHECK(grey_both == Approx(settings.cut_out_grey * settings.cut_out_grey * kCount).margin(60));
}

}  // namespace
}  // namespace camloss::learn
