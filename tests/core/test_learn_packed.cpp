// Pictures that are kept in half their room are the same pictures to the augmentations.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "shared/learn/augment.h"

namespace camloss::learn {
namespace {

TEST_CASE("a packed picture is changed as the picture is, its partner too", "[learn]") {
  AugmentSettings settings;
  settings.input_size = 24;
  settings.jitter.contrast = 0.5;
  settings.jitter.channels = 0.25;
  settings.mix = 1;
  const std::size_t floats = 3 * 24 * 24;
  std::vector<std::vector<float>> planes(4, std::vector<float>(floats));
  std::vector<std::vector<std::uint16_t>> halves(4, std::vector<std::uint16_t>(floats));
  std::vector<Picture> whole, packed;
  for (std::size_t p = 0; p < planes.size(); ++p) {
    for (std::size_t i = 0; i < floats; ++i) {
      halves[p][i] = static_cast<std::uint16_t>((i * 7919 + p * 104729) % 65281);
      planes[p][i] = static_cast<float>(halves[p][i]) / 256;
    }
    whole.push_back({planes[p], static_cast<int>(p % 2), {}, {}, {}});
    packed.push_back({{}, static_cast<int>(p % 2), {}, {}, halves[p]});
  }
  Augmenter one(settings, whole, 7), two(settings, packed, 7);
  Augmenter::Workspace work;
  std::vector<float> a(one.input_floats()), b(one.input_floats());
  for (std::size_t p = 0; p < planes.size(); ++p) {
    REQUIRE(one.augmented(whole[p], 3, p, a, work) == two.augmented(packed[p], 3, p, b, work));
    REQUIRE(a == b);
    one.plain(whole[p], a, work);
    two.plain(packed[p], b, work);
    REQUIRE(a == b);
    REQUIRE(std::abs(a[0]) > 0);
  }
}

}  // namespace
}  // namespace camloss::learn
