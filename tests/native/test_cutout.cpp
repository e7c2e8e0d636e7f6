// Cut-outs: drawn pictures and the embedded scenes, whose masks are known exactly.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstddef>
#include <thread>

#include "native/base/rng.h"
#include "native/data/cutout.h"
#include "shared/scenes/scenes.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;

namespace {

using Colour = std::array<int, 3>;

/// A disc on a ground, both with a little noise. Centre and radius are shares of the side.
Image disc_picture(int side, double x, double y, double radius, Colour subject, Colour ground) {
  Image image{side, side, 3, {}};
  CounterRng rng(5, Purpose::augment);
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const bool is_inside =
          std::hypot(column + 0.5 - x * side, row + 0.5 - y * side) < radius * side;
      for (std::size_t c = 0; c < 3; ++c) {
        const double value = (is_inside ? subject : ground)[c] + rng.uniform(-12, 12);
        image.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
      }
    }
  }
  return image;
}

constexpr Colour kRed{190, 60, 50};
constexpr Colour kGreen{70, 140, 60};
constexpr Colour kBlue{50, 90, 190};

/// Intersection over union of two masks.
double overlap(const SubjectMask& a, const SubjectMask& b) {
  std::size_t both = 0, either = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    both += a[i] != 0 && b[i] != 0 ? 1 : 0;
    either += a[i] != 0 || b[i] != 0 ? 1 : 0;
  }
  return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

/// Mean colour of a picture of the cut-outs' frame where a mask is set (or is not).
Colour mean_colour(const Image& image, const SubjectMask& mask, bool inside) {
  std::array<double, 3> sum{};
  double n = 0;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if ((mask[i] != 0) != inside) continue;
    ++n;
    for (std::size_t c = 0; c < 3; ++c) sum[c] += image.pixels[i * 3 + c];
  }
  return {static_cast<int>(sum[0] / n), static_cast<int>(sum[1] / n), static_cast<int>(sum[2] / n)};
}

bool is_near(const Colour& a, const Colour& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]) < 24;
}

}  // namespace

TEST_CASE("a centred disc is cut out whole, at any size of the picture", "[cutout]") {
  for (const int side : {90, 256, 400}) {
    const Image picture = disc_picture(side, 0.52, 0.47, 0.22, kRed, kGreen);
    const SubjectSearch search = find_subject(picture.view());
    INFO(side << " pixels");
    REQUIRE(search.found());
    CHECK_FALSE(search.is_given);
    CHECK(search.area == Approx(3.14159 * 0.22 * 0.22).epsilon(0.08));
    const Image framed = in_cutout_frame(picture.view());
    CHECK(is_near(mean_colour(framed, search.mask, true), kRed));
  }
}

TEST_CASE("what is too small, too large or not centred is refused, and why is said", "[cutout]") {
  const auto refusal = [](double x, double y, double radius) {
    return find_subject(disc_picture(160, x, y, radius, kRed, kGreen).view()).refusal;
  };
  CHECK(refusal(0.5, 0.5, 0.07) == CutOutRefusal::too_small);
  CHECK(refusal(0.5, 0.5, 0.47) == CutOutRefusal::too_large);
  CHECK(refusal(0.84, 0.84, 0.13) != CutOutRefusal::none);
  CHECK(to_string(CutOutRefusal::off_centre) == "does not lie in the centre");

  Image flat{40, 40, 3, std::vector<std::uint8_t>(40 * 40 * 3, 100)};
  CHECK_FALSE(find_subject(flat.view()).found());
  CHECK_THROWS_AS(find_subject(Image{}.view()), UserError);
}

TEST_CASE("a small second part far from the centre is dropped", "[cutout]") {
  Image picture = disc_picture(256, 0.5, 0.5, 0.2, kRed, kGreen);
  const Image second = disc_picture(256, 0.86, 0.5, 0.06, kRed, kGreen);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    if (i / 3 % 256 > 195) picture.pixels[i] = second.pixels[i];
  }
  const SubjectSearch search = find_subject(picture.view());
  REQUIRE(search.found());
  CHECK(search.mask[128 * 256 + 128] == 255);
  CHECK(search.mask[128 * 256 + 220] == 0);
}

TEST_CASE("cut-outs are the same again, on any thread", "[cutout]") {
  const Scene scene = draw_scene(1, ScenePart::val, SceneClass::orca, 3);
  const SubjectSearch first = find_subject(scene.picture.view());
  SubjectSearch second;
  std::thread other([&] {
    // Another picture before it moves the thread's generator on.
    static_cast<void>(
        find_subject(draw_scene(1, ScenePart::val, SceneClass::orca, 4).picture.view()));
    second = find_subject(scene.picture.view());
  });
  other.join();
  CHECK(first.refusal == second.refusal);
  CHECK(first.mask == second.mask);
}

TEST_CASE("subjects of the embedded scenes are cut out as they were drawn", "[cutout]") {
  // Where the search says it found the animal, it is mostly the animal.
  int found = 0;
  double sum = 0;
  for (int i = 0; i < 12; ++i) {
    const auto animal = i % 2 == 0 ? SceneClass::leopard : SceneClass::orca;
    const Scene scene = draw_scene(1, ScenePart::val, animal, i);
    const SubjectSearch search = find_subject(scene.picture.view());
    Image drawn{kSceneSize, kSceneSize, 3, {}};
    for (const std::uint8_t m : scene.mask) drawn.pixels.insert(drawn.pixels.end(), 3, m);
    const SubjectSearch truth = given_subject(drawn.view());
    REQUIRE(truth.found());
    CHECK(truth.is_given);
    if (!search.found()) continue;
    ++found;
    sum += overlap(search.mask, truth.mask);
  }
  INFO(found << " of 12 found, mean overlap " << sum / std::max(found, 1));
  CHECK(found >= 6);
  CHECK(sum / std::max(found, 1) > 0.6);
}

TEST_CASE("given masks: light and opaque is the subject, wherever it lies", "[cutout]") {
  Image mask{64, 64, 4, {}};
  for (int i = 0; i < 64 * 64; ++i) {
    const bool is_corner = i % 64 < 20 && i / 64 < 20;
    const bool is_clear = i % 64 >= 40;
    mask.pixels.insert(mask.pixels.end(), 3, is_corner || is_clear ? 255 : 0);
    mask.pixels.push_back(is_clear ? 0 : 255);
  }
  const SubjectSearch search = given_subject(mask.view());
  REQUIRE(search.found());
  CHECK(search.area == Approx(20.0 * 20 / (64 * 64)).epsilon(0.05));
  const std::vector<float> cells = mask_at(search.mask, 8);
  CHECK(cells[0] == Approx(1));
  CHECK(cells[63] == Approx(0));
  // A subject that is too small to be searched for is one where somebody says so.
  const Image small = disc_picture(256, 0.2, 0.2, 0.1, {255, 255, 255}, {0, 0, 0});
  CHECK(given_subject(small.view()).found());
  const Image speck = disc_picture(256, 0.2, 0.2, 0.04, {255, 255, 255}, {0, 0, 0});
  CHECK(given_subject(speck.view()).refusal == CutOutRefusal::too_small);
  Image black{8, 8, 3, std::vector<std::uint8_t>(192, 0)};
  CHECK(given_subject(black.view()).refusal == CutOutRefusal::too_small);
}

TEST_CASE("a picture without its subject keeps its ground, and no trace of the subject",
          "[cutout]") {
  const Image picture = disc_picture(256, 0.5, 0.5, 0.2, kRed, kGreen);
  const SubjectSearch search = find_subject(picture.view());
  REQUIRE(search.found());
  const Image framed = in_cutout_frame(picture.view());
  const Image empty = without_subject(framed, search.mask);
  CHECK(is_near(mean_colour(empty, search.mask, true), kGreen));
  int most_red = -255;
  for (std::size_t i = 0; i < empty.pixels.size(); i += 3) {
    most_red = std::max(most_red, empty.pixels[i] - empty.pixels[i + 1]);
  }
  CHECK(most_red < 0);  // green everywhere
  CHECK(empty.pixels[0] == framed.pixels[0]);
}

TEST_CASE("a subject before another background", "[cutout]") {
  const Image picture = disc_picture(256, 0.5, 0.5, 0.2, kRed, kGreen);
  const SubjectSearch search = find_subject(picture.view());
  REQUIRE(search.found());
  const Image sea = in_cutout_frame(disc_picture(256, 0.5, 0.5, 0.01, kBlue, kBlue).view());
  const Image swapped = before_background(in_cutout_frame(picture.view()), search.mask, sea);
  CHECK(is_near(mean_colour(swapped, search.mask, true), kRed));
  CHECK(is_near(mean_colour(swapped, search.mask, false), kBlue));
}
