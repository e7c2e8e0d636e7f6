// The embedded scenes: the same bytes everywhere, central animals, and the shortcut that they are
// made for.
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "shared/scenes/scenes.h"

namespace {

using camloss::draw_scene;
using camloss::draw_scene_before;
using camloss::kSceneSize;
using camloss::Scene;
using camloss::scene_count;
using camloss::SceneClass;
using camloss::ScenePart;

constexpr std::array kParts{ScenePart::train, ScenePart::val, ScenePart::shift};
constexpr std::array kAnimals{SceneClass::leopard, SceneClass::orca};

/// FNV-1a, 64 bits, of picture and mask.
std::uint64_t hash(const Scene& scene, std::uint64_t value = 0xCBF29CE484222325ULL) {
  const auto add = [&value](const std::vector<std::uint8_t>& bytes) {
    for (const std::uint8_t byte : bytes) value = (value ^ byte) * 0x100000001B3ULL;
  };
  add(scene.picture.pixels);
  add(scene.mask);
  return value;
}

struct Mean {
  double r = 0.0, g = 0.0, b = 0.0;
};

/// Mean colour of the pixels that `chosen` picks, 0…255.
template <typename Chosen>
Mean mean_colour(const Scene& scene, Chosen chosen) {
  Mean mean;
  double count = 0.0;
  for (int y = 0; y < kSceneSize; ++y) {
    for (int x = 0; x < kSceneSize; ++x) {
      const auto i = static_cast<std::size_t>(y * kSceneSize + x);
      if (!chosen(x, y, scene.mask[i] != 0)) continue;
      mean.r += scene.picture.pixels[3 * i];
      mean.g += scene.picture.pixels[3 * i + 1];
      mean.b += scene.picture.pixels[3 * i + 2];
      count += 1.0;
    }
  }
  return {mean.r / count, mean.g / count, mean.b / count};
}

Mean background_colour(const Scene& scene) {
  return mean_colour(scene, [](int, int, bool animal) { return !animal; });
}

}  // namespace

TEST_CASE("the parts have the sizes of the talk", "[scenes]") {
  CHECK(scene_count(ScenePart::train, SceneClass::leopard) == 188);
  CHECK(scene_count(ScenePart::train, SceneClass::orca) == 89);
  for (const SceneClass animal : kAnimals) {
    CHECK(scene_count(ScenePart::val, animal) == 32);
    CHECK(scene_count(ScenePart::shift, animal) == 64);
  }
}

TEST_CASE("a scene depends on all of its arguments and on nothing else", "[scenes]") {
  const Scene scene = draw_scene(1, ScenePart::train, SceneClass::leopard, 3);
  CHECK(scene.animal == SceneClass::leopard);
  CHECK(scene.picture.width == kSceneSize);
  CHECK(scene.picture.height == kSceneSize);
  CHECK(scene.picture.channels == 3);
  REQUIRE(scene.picture.pixels.size() == std::size_t{3} * kSceneSize * kSceneSize);
  REQUIRE(scene.mask.size() == std::size_t{kSceneSize} * kSceneSize);

  const std::uint64_t own = hash(scene);
  CHECK(hash(draw_scene(1, ScenePart::train, SceneClass::leopard, 3)) == own);
  CHECK(hash(draw_scene(2, ScenePart::train, SceneClass::leopard, 3)) != own);
  CHECK(hash(draw_scene(1, ScenePart::val, SceneClass::leopard, 3)) != own);
  CHECK(hash(draw_scene(1, ScenePart::train, SceneClass::orca, 3)) != own);
  CHECK(hash(draw_scene(1, ScenePart::train, SceneClass::leopard, 4)) != own);
}

TEST_CASE("the bytes of the scenes are the same on every machine", "[scenes][golden]") {
  // Eight scenes of each part and class; together they show every pose and every kind of scenery.
  constexpr std::uint64_t kGolden[3][2]{{0x29A86D2F6B2A79AEULL, 0xB242A6C517058973ULL},
                                        {0xD43F2E6F23EAD9A0ULL, 0x3E407380778F93D3ULL},
                                        {0xCC84A6A09E1E4E07ULL, 0x27440F8986CAD41EULL}};
  for (std::size_t part = 0; part < kParts.size(); ++part) {
    for (std::size_t animal = 0; animal < kAnimals.size(); ++animal) {
      std::uint64_t value = 0xCBF29CE484222325ULL;
      for (int index = 0; index < 8; ++index) {
        value = hash(draw_scene(1, kParts[part], kAnimals[animal], index), value);
      }
      INFO("part " << part << ", class " << animal);
      CHECK(value == kGolden[part][animal]);
    }
  }
}

TEST_CASE("every animal is in the middle and its mask holds nothing but 0 and 255", "[scenes]") {
  for (const ScenePart part : kParts) {
    for (const SceneClass animal : kAnimals) {
      for (int index = 0; index < 16; ++index) {
        const Scene scene = draw_scene(5, part, animal, index);
        double count = 0.0, sum_x = 0.0, sum_y = 0.0, inner = 0.0;
        bool binary = true;
        for (int y = 0; y < kSceneSize; ++y) {
          for (int x = 0; x < kSceneSize; ++x) {
            const std::uint8_t m = scene.mask[static_cast<std::size_t>(y * kSceneSize + x)];
            binary = binary && (m == 0 || m == 255);
            if (m == 0) continue;
            count += 1.0;
            sum_x += x + 0.5;
            sum_y += y + 0.5;
            const auto middle = [](int v) { return v >= kSceneSize / 4 && v < kSceneSize * 3 / 4; };
            if (middle(x) && middle(y)) inner += 1.0;
          }
        }
        INFO("part " << static_cast<int>(part) << ", class " << static_cast<int>(animal)
                     << ", scene " << index);
        CHECK(binary);
        REQUIRE(count > 0.0);
        const double share = count / (kSceneSize * kSceneSize);
        CHECK(share > 0.15);
        CHECK(share < 0.40);
        CHECK(std::abs(sum_x / count - 0.5 * kSceneSize) < 16.0);
        CHECK(std::abs(sum_y / count - 0.5 * kSceneSize) < 16.0);
        CHECK(inner / count > 0.5);  // a quarter of the picture holds more than half of the animal
      }
    }
  }
}

TEST_CASE("the mask is the animal: its colours are the class's own", "[scenes]") {
  for (const ScenePart part : kParts) {
    for (int index = 0; index < 8; ++index) {
      const auto own = [](int, int, bool animal) { return animal; };
      const Mean leopard = mean_colour(draw_scene(9, part, SceneClass::leopard, index), own);
      CHECK(leopard.r > leopard.g);
      CHECK(leopard.g > leopard.b + 20.0);
      const Mean orca = mean_colour(draw_scene(9, part, SceneClass::orca, index), own);
      CHECK(std::abs(orca.r - orca.b) < 16.0);  // grey
      CHECK(orca.r < 110.0);                    // and dark
    }
  }
}

TEST_CASE("the background alone tells the class, and tells the wrong one in shift", "[scenes]") {
  for (const ScenePart part : kParts) {
    for (const SceneClass animal : kAnimals) {
      const bool blue = (animal == SceneClass::orca) != (part == ScenePart::shift);
      for (int index = 0; index < 16; ++index) {
        const Mean mean = background_colour(draw_scene(3, part, animal, index));
        INFO("part " << static_cast<int>(part) << ", class " << static_cast<int>(animal)
                     << ", scene " << index);
        if (blue) {
          CHECK(mean.b > mean.g);
          CHECK(mean.g > mean.r);
          CHECK(mean.b - mean.r > 40.0);
        } else {
          CHECK(mean.g > mean.b + 20.0);
          CHECK(mean.r > mean.b + 20.0);
        }
      }
    }
  }
}

TEST_CASE("the same animal stands before either background", "[scenes]") {
  for (const ScenePart part : kParts) {
    const bool swapped = part == ScenePart::shift;
    const Scene drawn = draw_scene(1, part, SceneClass::leopard, 2);
    CHECK(hash(draw_scene_before(1, part, SceneClass::leopard, 2, swapped)) == hash(drawn));
    const Scene other = draw_scene_before(1, part, SceneClass::leopard, 2, !swapped);
    int both = 0, one = 0;
    double difference = 0.0, outside = 0.0;
    for (std::size_t i = 0; i < drawn.mask.size(); ++i) {
      if (drawn.mask[i] != other.mask[i]) ++one;
      const double red = std::abs(drawn.picture.pixels[3 * i] - other.picture.pixels[3 * i]);
      if (drawn.mask[i] != 0 && other.mask[i] != 0) {
        ++both;
        difference += red;
      } else if (drawn.mask[i] == 0 && other.mask[i] == 0) {
        outside += red / static_cast<double>(drawn.mask.size());
      }
    }
    CHECK(one < both / 10);          // grass or spray before the feet
    CHECK(difference / both < 6.0);  // of 255; blades thinner than half a pixel
    CHECK(outside > 15.0);
  }
}

TEST_CASE("numbers beyond a part's count draw further scenes of the same kind", "[scenes]") {
  const int count = scene_count(ScenePart::val, SceneClass::orca);
  for (const int index : {count, -1, 1'000'000}) {
    const Scene scene = draw_scene(1, ScenePart::val, SceneClass::orca, index);
    CHECK(scene.animal == SceneClass::orca);
    CHECK(scene.mask.size() == std::size_t{kSceneSize} * kSceneSize);
    const Mean mean = background_colour(scene);
    CHECK(mean.b > mean.r + 40.0);
    CHECK(hash(scene) != hash(draw_scene(1, ScenePart::val, SceneClass::orca, count - 1)));
  }
}
