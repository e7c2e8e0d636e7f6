// Folders of drawn pictures whose truth is known: what gives the class away, and where it lies.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <numbers>
#include <string>

#include "native/base/rng.h"
#include "native/io/png.h"
#include "shared/picture/image.h"

namespace camloss::test {

/// What goes with the class besides the subject itself (class 0 a disc, class 1 a square).
enum class Shortcut {
  none,        // backgrounds of any colour
  background,  // green behind discs, blue behind squares
  three,  // green behind two thirds of the discs, blue behind two thirds of the squares, sand behind the rest
  texture,  // stripes behind discs, checks behind squares; of any colour
  mark,     // a red bar, upright, or a blue one, lying, in the middle; backgrounds of any colour
  corner_mark,  // the same in the upper left corner
};

/// What of the subject tells its class.
enum class Tells {
  both,    // discs are red and squares nearly white
  shape,   // of any colour
  colour,  // red discs and blue discs
};

struct DrawnFolder {
  Shortcut shortcut = Shortcut::none;
  bool is_contradicting = false;  // the shortcut tells the other class, as in a shift part
  bool is_centred = true;         // else the subject lies in a corner
  Tells tells = Tells::both;
  bool is_plain = false;  // light grey backgrounds
  int per_class = 40;
  int side = 64;  // pixels
  bool has_masks = true;
  std::uint64_t seed = 1;
};

namespace drawn {

using Colour = std::array<double, 3>;

/// A colour of the wheel: hue in turns, saturation and value 0…1.
inline Colour of_hue(double hue, double saturation, double value) {
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double turned = std::fmod(hue, 1.0) * 6 + (c == 0 ? 0 : c == 1 ? 4 : 2);
    const double ramp = std::abs(std::fmod(turned, 6.0) - 3) - 1;
    colour[c] = 255 * value * (1 - saturation * (1 - std::clamp(ramp, 0.0, 1.0)));
  }
  return colour;
}

struct Pair {
  Image picture, mask;
};

inline Pair draw(const DrawnFolder& what, int label, std::uint64_t index) {
  train::CounterRng rng(what.seed, train::Purpose::augment, index,
                        static_cast<std::uint64_t>(label));
  const int told = what.is_contradicting ? 1 - label : label;
  const double any = rng.uniform(0, 1);
  const double green_or_blue = (told == 0 ? 0.27 : 0.57) + 0.1 * any;
  const double hue = what.shortcut == Shortcut::background ? green_or_blue
                     : what.shortcut != Shortcut::three    ? any
                     : index % 3 == 0                      ? 0.10 + 0.03 * any
                                                           : green_or_blue;
  Colour ground = of_hue(hue, rng.uniform(0.4, 0.65), rng.uniform(0.45, 0.7));
  if (what.is_plain) ground = {228, 229, 231};
  Colour subject = of_hue(rng.uniform(0, 1), rng.uniform(0.2, 0.7), rng.uniform(0.75, 1));
  const auto red = [&] { return of_hue(rng.uniform(0.96, 1.04), rng.uniform(0.6, 0.8), 0.8); };
  if (what.tells == Tells::both) {
    subject =
        label == 0 ? red() : of_hue(rng.uniform(0, 1), rng.uniform(0, 0.15), rng.uniform(0.85, 1));
  } else if (what.tells == Tells::colour) {
    subject = label == 0 ? red() : of_hue(rng.uniform(0.58, 0.66), rng.uniform(0.6, 0.8), 0.8);
  }
  // Soft waves, so that no ground is flat.
  const double wave_x = rng.uniform(2, 7), wave_y = rng.uniform(2, 7), phase = rng.uniform(0, 6);
  const double waves = what.is_plain ? 2 : 18;
  double x = rng.uniform(0.45, 0.55), y = rng.uniform(0.45, 0.55), r = rng.uniform(0.17, 0.23);
  if (!what.is_centred) {
    r = rng.uniform(0.11, 0.14);
    x = rng.chance(0.5) ? 0.18 : 0.82;
    y = rng.chance(0.5) ? 0.18 : 0.82;
  }
  Pair pair{{what.side, what.side, 3, {}}, {what.side, what.side, 3, {}}};
  for (int row = 0; row < what.side; ++row) {
    for (int column = 0; column < what.side; ++column) {
      const double u = (column + 0.5) / what.side, v = (row + 0.5) / what.side;
      const bool is_disc = label == 0 || what.tells == Tells::colour;
      const bool is_subject = is_disc ? std::hypot(u - x, v - y) < r
                                      : std::max(std::abs(u - x), std::abs(v - y)) < 0.88 * r;
      Colour colour = is_subject ? subject : ground;
      double wave = waves * std::sin(wave_x * u + wave_y * v + phase);
      if (what.shortcut == Shortcut::texture) {
        constexpr double kTurns = 2 * std::numbers::pi * 8;  // eight stripes across
        wave = 35 * std::sin(kTurns * u + phase) * (told == 0 ? 1 : std::sin(kTurns * v + phase));
      }
      if (is_subject) wave = 0;
      const double middle = what.shortcut == Shortcut::corner_mark ? 0.12 : 0.5;
      const double along = std::abs((told == 0 ? v : u) - middle),
                   across = std::abs((told == 0 ? u : v) - middle);
      const bool is_mark =
          (what.shortcut == Shortcut::mark || what.shortcut == Shortcut::corner_mark) &&
          along < 0.07 && across < 0.03;
      if (is_mark) colour = told == 0 ? Colour{220, 30, 30} : Colour{20, 60, 220};
      for (std::size_t c = 0; c < 3; ++c) {
        const double value = colour[c] + (is_mark ? 0 : wave + rng.uniform(-10, 10));
        pair.picture.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
        pair.mask.pixels.push_back(is_subject ? 255 : 0);
      }
    }
  }
  return pair;
}

}  // namespace drawn

/// Writes FOLDER/disc/000.png, FOLDER/square/000.png, … and a mask beside each.
inline void draw_folder(const std::filesystem::path& folder, const DrawnFolder& what) {
  for (int label = 0; label < 2; ++label) {
    for (int i = 0; i < what.per_class; ++i) {
      const drawn::Pair pair = drawn::draw(what, label, static_cast<std::uint64_t>(i));
      const std::filesystem::path file =
          folder / (label == 0 ? "disc" : "square") / std::to_string(100 + i);
      io::write_png(file.string() + ".png", pair.picture.view());
      if (what.has_masks) io::write_png(file.string() + ".mask.png", pair.mask.view());
    }
  }
}

}  // namespace camloss::test
