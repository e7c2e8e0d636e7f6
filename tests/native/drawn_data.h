// Data sets made in memory whose truth is known: discs and squares, somewhere, on a background that
// tells the class.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "native/base/rng.h"
#include "native/data/dataset.h"
#include "shared/picture/packed.h"

namespace camloss::test {

enum class Place { centre, corners };

/// What is drawn.
struct Drawing {
  int side = 48;    // S, pixels
  int radius = 10;  // of the disc, in pixels; the square has about its area
  Place place = Place::centre;
  bool is_confounded = true;  // the background's colour goes with the class
  int per_class = 24;         // in train; half as many in val
};

/// Class 0: a disc, on green where confounded; class 1: a square, on blue. Shift has the two
/// colours the other way round.
inline train::Dataset drawn_data(const Drawing& drawing, std::uint64_t seed = 1) {
  train::Dataset data;
  data.name = "drawn";
  data.description = "discs and squares";
  data.classes = {"disc", "square"};
  data.input_size = drawing.side;
  data.has_parts = true;
  const auto n = static_cast<std::size_t>(drawing.side);
  const int counts[3] = {2 * drawing.per_class, drawing.per_class, drawing.per_class};
  std::uint64_t index = 0;
  for (const train::Part part : {train::Part::train, train::Part::val, train::Part::shift}) {
    for (int i = 0; i < counts[static_cast<int>(part)]; ++i, ++index) {
      train::CounterRng rng(seed, train::Purpose::order, index);
      train::Sample sample;
      sample.name = std::string(to_string(part)) + "/" + std::to_string(i);
      sample.label = i % 2;
      sample.part = part;
      sample.hash = index + (seed << 32);
      int colour = drawing.is_confounded ? sample.label : (rng.chance(0.5) ? 1 : 0);
      if (part == train::Part::shift) colour = 1 - colour;
      std::array<double, 3> ground =
          colour == 0 ? std::array<double, 3>{60, 140, 60} : std::array<double, 3>{60, 90, 170};
      std::array<double, 3> figure{};
      for (double& value : ground) value += rng.uniform(-25, 25);
      for (double& value : figure) value = rng.uniform(160, 240);
      const double middle = (drawing.side - 1) / 2.0;
      const double margin = drawing.radius + 2;
      double x0 = middle + rng.uniform(-3, 3), y0 = middle + rng.uniform(-3, 3);
      if (drawing.place == Place::corners) {
        x0 = rng.chance(0.5) ? margin : drawing.side - margin;
        y0 = rng.chance(0.5) ? margin : drawing.side - margin;
      }
      sample.packed.resize(3 * n * n);
      for (std::size_t y = 0; y < n; ++y) {
        for (std::size_t x = 0; x < n; ++x) {
          const double dx = static_cast<double>(x) - x0, dy = static_cast<double>(y) - y0;
          const double r = drawing.radius;
          const bool inside = sample.label == 0
                                  ? dx * dx + dy * dy < r * r
                                  : std::abs(dx) < 0.88 * r && std::abs(dy) < 0.88 * r;
          const double noise = rng.uniform(-14, 14);
          for (std::size_t c = 0; c < 3; ++c) {
            sample.packed[(c * n + y) * n + x] =
                packed(static_cast<float>((inside ? figure[c] : ground[c]) + noise));
          }
        }
      }
      data.samples.push_back(std::move(sample));
    }
  }
  return data;
}

}  // namespace camloss::test
