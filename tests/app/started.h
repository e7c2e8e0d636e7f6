// A page that has started and analysed its samples, for the tests of its logic.
#pragma once

#include <catch2/catch.hpp>

#include "tests/app/fake_platform.h"
#include "tests/core/random_weights.h"
#include "wasm/app/app.h"
#include "wasm/app/wording.h"

namespace camloss::ui::fake {

constexpr int kSize = 24;  // input pixels of the test's models

inline std::vector<std::uint8_t> weights_file(std::uint64_t seed, int size = kSize) {
  return *write_safetensors(*check(test::random_weights(Head::fcn, size, seed)), DType::f32);
}

inline Image picture(std::uint64_t seed) {
  test::Random random(seed);
  Image image{20, 16, 4, std::vector<std::uint8_t>(20 * 16 * 4, 255)};
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    if (i % 4 != 3) image.pixels[i] = static_cast<std::uint8_t>(random.bits() & 255U);
  }
  return image;
}

/// Gives the application every file and every picture that it has asked for and not had.
inline void serve(App& app) {
  for (const auto& [ticket, path] : std::exchange(asked().weights, {}))
    app.weights_arrived(ticket, path, weights_file(std::hash<std::string>()(path) % 1000));
  for (const PhotoId id : std::exchange(asked().pixels, {}))
    app.photo_pixels(id, picture(id).view(), 20, 16);
}

inline void finish(App& app) {
  for (int i = 0; i < 10000 && (i == 0 || app.waiting() > 0); ++i) {
    serve(app);
    app.work(5);
  }
  REQUIRE(app.waiting() == 0);
}

inline void add(App& app, PhotoId id, const std::string& name, const std::string& label = "") {
  app.photo_added(id, name, label);
  app.photo_pixels(id, picture(id).view(), 20, 16);
}

/// A page with one pair for photos and one for the drawn samples.
struct Started {
  App app;
  explicit Started(std::string_view link = "") {
    asked() = {};
    app.start(link);
    app.set_pairs({{"photos", "p/a", "p/b", false}, {"drawings", "d/a", "d/b", true}});
    finish(app);
  }
};

}  // namespace camloss::ui::fake
