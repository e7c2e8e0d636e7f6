// Savanna and forest (greens and straw), sea and sky (blues): gradients, texture and distractors.
#include "shared/scenes/scene_backgrounds.h"

#include <array>

namespace camloss::scene {

namespace {

constexpr double kSide = kSceneSize;

/// A blade of grass from its root, bent sideways.
void blade(Layer& sheet, Vec2 root, double height, double lean, double width, Colour colour) {
  const std::array<Vec2, 3> line{root, Vec2{root.x + 0.25 * lean, root.y - 0.6 * height},
                                 Vec2{root.x + lean, root.y - height}};
  const std::array<double, 3> widths{width, 0.7 * width, 0.1};
  sheet.fill(ribbon(line, widths, 3), colour);
}

/// Blades along a strip, far ones first and smaller.
void grass(Layer& sheet, Rng& rng, double top, double bottom, int count, double tall, Colour dark,
           Colour light) {
  for (int i = 0; i < count; ++i) {
    const double depth = (i + rng.unit()) / count;
    const double y = top + (bottom - top) * depth;
    const double x = rng.range(-6.0, kSide + 6.0);
    const double height = tall * (0.35 + 0.65 * depth) * rng.range(0.6, 1.2);
    const double lean = rng.range(-0.35, 0.45) * height;
    const double width = rng.range(0.5, 0.9) * (0.6 + 0.6 * depth);
    const double tone = rng.unit();
    blade(sheet, {x, y}, height, lean, width, mix(dark, light, tone));
  }
}

/// A tuft in front of the feet.
void tuft(Layer& sheet, Rng& rng, Vec2 root, double tall, int blades, Colour dark, Colour light) {
  for (int i = 0; i < blades; ++i) {
    const double x = root.x + rng.range(-7.0, 7.0);
    const double height = tall * rng.range(0.5, 1.1);
    const double lean = rng.range(-0.6, 0.6) * height;
    const double width = rng.range(0.7, 1.2);
    const double tone = rng.unit();
    blade(sheet, {x, root.y + 1.0}, height, lean, width, mix(dark, light, tone));
  }
}

/// A flat-topped acacia.
void acacia(Layer& sheet, Rng& rng, Vec2 root, double size, Colour wood, Colour leaf) {
  const double lean = rng.range(-0.15, 0.15) * size;
  for (double side : {-1.0, 0.2, 1.0}) {
    const std::array<Vec2, 3> line{root, Vec2{root.x + 0.3 * lean, root.y - 0.45 * size},
                                   Vec2{root.x + lean + side * 0.45 * size, root.y - 0.92 * size}};
    const std::array<double, 3> widths{0.045 * size, 0.032 * size, 0.012 * size};
    sheet.fill(ribbon(line, widths), wood);
  }
  for (int i = 0; i < 14; ++i) {
    const double across = rng.range(-0.75, 0.75);
    const double rx = size * rng.range(0.16, 0.3);
    const double ry = rx * rng.range(0.28, 0.4);
    const double up = size * (0.95 + 0.10 * rng.unit()) - 0.12 * size * across * across;
    const Vec2 at{root.x + lean + across * size, root.y - up};
    const double tone = rng.range(0.85, 1.15);
    sheet.fill(ellipse(at, rx, ry, 0.0, 14), scaled(leaf, tone));
    sheet.fill(ellipse({at.x, at.y - 0.4 * ry}, 0.8 * rx, 0.5 * ry, 0.0, 12),
               scaled(leaf, tone * 1.15), 0.7);
  }
}

void contact_shadow(Layer& sheet, const Stance& stance, Colour colour, double strength) {
  const double middle = 0.5 * (stance.left + stance.right);
  const double half = 0.5 * (stance.right - stance.left) + 14.0;
  sheet.soft_blob({middle, stance.ground}, half, 13.0, colour, strength);
  sheet.soft_blob({middle - 16.0 * stance.light.x, stance.ground + 1.0}, 0.8 * half, 7.0, colour,
                  strength);
}

void savanna(Rng& rng, const Stance& stance, Layer& behind, Layer& front) {
  const double horizon = rng.range(58.0, 80.0);
  const double dryness = rng.range(0.0, 1.0);
  const double brightness = rng.range(0.92, 1.06);
  const Noise noise(rng.fork(1));
  const Colour sky_top = scaled(mix(hex(0xD9D69A), hex(0xE2D08A), dryness), brightness);
  const Colour sky_low = scaled(hex(0xF4EBC4), brightness);
  const Colour far = scaled(mix(hex(0xB4B45E), hex(0xBDB062), dryness), brightness);
  const Colour near = scaled(mix(hex(0x6C7B28), hex(0x7F8130), dryness), brightness);

  behind.fill_rows(0, static_cast<int>(horizon) + 2, [&](Vec2 p) {
    const double t = p.y / horizon;
    const double haze = noise.fractal(p.x * 0.018, p.y * 0.06, 3);
    const Colour base = mix(sky_top, sky_low, t * t);
    return Paint{mix(base, hex(0xFBF6DE), 0.75 * smoothstep(0.48, 0.8, haze)), 1.0};
  });
  const double sun_x = rng.range(20.0, 172.0);
  behind.soft_blob({sun_x, horizon - 12.0}, 90.0, 60.0, hex(0xFFF7D2), 0.7);

  // Two ranges of hills, bluish ones would be the other class's colour: they fade to straw instead.
  for (int range = 0; range < 2; ++range) {
    Path hills{{-2.0, horizon + 6.0}};
    const double phase = rng.range(0.0, 60.0);
    for (double x = -2.0; x <= kSide + 4.0; x += 4.0) {
      const double height =
          (range == 0 ? 16.0 : 8.0) * noise.fractal((x + phase) * 0.02, 7.0 * range, 3);
      hills.push_back({x, horizon - height + (range == 0 ? 2.0 : 1.0)});
    }
    hills.push_back({kSide + 4.0, horizon + 6.0});
    behind.fill(hills, mix(range == 0 ? hex(0xC2BE84) : hex(0xA3A55C), sky_low, 0.2));
  }
  behind.fill_rows(static_cast<int>(horizon), kSceneSize, [&](Vec2 p) {
    const double t = std::clamp((p.y - horizon) / (kSide - horizon), 0.0, 1.0);
    const double squeeze = 0.03 + 0.22 * (1.0 - t);
    const double patches = noise.fractal(p.x * 0.025, p.y * squeeze, 3);
    const double fine = noise.at(p.x * 0.5, p.y * 0.25);
    const Colour base = mix(far, near, 0.25 * t + 0.75 * smoothstep(0.0, 1.0, t));
    return Paint{scaled(base, 0.78 + 0.36 * patches + 0.08 * fine), 1.0};
  });
  const int trees = 2 + rng.pick(3);
  for (int i = 0; i < trees; ++i) {
    const double size = rng.range(18.0, 44.0);
    const double x = (i + rng.range(0.1, 0.9)) * kSide / trees;
    const double far_away = 1.0 - size / 60.0;
    acacia(behind, rng, {x, horizon + 0.12 * size}, size, mix(hex(0x6A5A34), far, far_away),
           mix(hex(0x5C7028), far, 0.8 * far_away));
  }
  grass(behind, rng, horizon + 3.0, kSide - 40.0, 240, 9.0, scaled(far, 0.72), scaled(far, 1.1));
  behind.blur(1);
  grass(behind, rng, 0.5 * (horizon + kSide), kSide + 6.0, 260, 22.0, scaled(near, 0.72),
        mix(near, hex(0xC9C064), 0.75));
  contact_shadow(behind, stance, hex(0x2F3A10), 0.5);
  grass(front, rng, kSide - 6.0, kSide + 12.0, 70, 30.0, scaled(near, 0.62),
        mix(near, hex(0xC9C064), 0.6));
  for (int i = 0; i < 9; ++i) {
    const double x = rng.range(stance.left - 10.0, stance.right + 10.0);
    tuft(front, rng, {x, stance.ground + rng.range(2.0, 5.0)}, 11.0, 6, scaled(near, 0.7),
         mix(near, hex(0xC9C064), 0.7));
  }
}

void forest(Rng& rng, const Stance& stance, Layer& behind, Layer& front) {
  const double floor_line = rng.range(104.0, 124.0);
  const double brightness = rng.range(0.92, 1.08);
  const double glow_x = rng.range(40.0, 152.0);
  const Noise noise(rng.fork(1));
  const Colour light = scaled(hex(0xC3D27A), brightness);
  const Colour middle = scaled(hex(0x6F9140), brightness);
  const Colour deep = scaled(hex(0x3F6428), brightness);

  behind.fill_rows(0, kSceneSize, [&](Vec2 p) {
    const double leaves = noise.fractal(p.x * 0.05, p.y * 0.05, 3);
    const double dx = (p.x - glow_x) / 90.0;
    const double dy = (p.y - 55.0) / 75.0;
    const double glow = 1.0 / (1.0 + 2.2 * (dx * dx + dy * dy));
    const Colour base = mix(deep, middle, smoothstep(0.25, 0.75, leaves));
    return Paint{mix(base, light, glow * (0.45 + 0.4 * leaves)), 1.0};
  });
  // Far trunks in the haze, then foliage out of focus.
  for (int i = 0; i < 9; ++i) {
    const double x = rng.range(-5.0, kSide + 5.0);
    const double width = rng.range(1.5, 4.0);
    const double lean = rng.range(-8.0, 8.0);
    const std::array<Vec2, 3> line{Vec2{x, floor_line + 4.0}, Vec2{x + 0.4 * lean, 50.0},
                                   Vec2{x + lean, -6.0}};
    const std::array<double, 3> widths{width, 0.85 * width, 0.7 * width};
    behind.fill(ribbon(line, widths), mix(hex(0x6E7A40), light, 0.25 + 0.08 * (9 - i)), 0.8);
  }
  for (int i = 0; i < 70; ++i) {
    const double x = rng.range(-10.0, kSide + 10.0);
    const double y = rng.range(-10.0, floor_line);
    const double r = rng.range(4.0, 11.0);
    const double tone = rng.unit();
    behind.fill(ellipse({x, y}, r, r * rng.range(0.7, 1.0), 0.0, 16), mix(middle, light, tone),
                0.22);
  }
  behind.blur(2);

  // Near trunks with bark and a lit side.
  const int trunks = 2 + rng.pick(2);
  for (int i = 0; i < trunks; ++i) {
    const double x = (i + rng.range(0.15, 0.85)) * kSide / trunks;
    const double width = rng.range(5.0, 9.5);
    const double lean = rng.range(-10.0, 10.0);
    const double foot = floor_line + rng.range(2.0, 16.0);
    const std::array<Vec2, 4> line{Vec2{x, foot}, Vec2{x + 0.1 * lean, foot - 14.0},
                                   Vec2{x + 0.5 * lean, 55.0}, Vec2{x + lean, -8.0}};
    const std::array<double, 4> widths{1.5 * width, width, 0.85 * width, 0.75 * width};
    behind.fill(ribbon(line, widths), [&](Vec2 p) {
      const double bark = noise.fractal(p.x * 0.35, p.y * 0.06, 3);
      const double along = (foot - p.y) / foot;
      const double lit = std::clamp(
          0.5 + (p.x - x - along * lean) / (2.2 * width) * (stance.light.x > 0.0 ? 1.0 : -1.0), 0.0,
          1.0);
      return Paint{scaled(mix(hex(0x5A5E30), hex(0x9A9A5C), lit), 0.7 + 0.55 * bark), 1.0};
    });
  }
  // The forest floor.
  behind.fill_rows(static_cast<int>(floor_line) - 6, kSceneSize, [&](Vec2 p) {
    const double edge = floor_line + 8.0 * noise.at(p.x * 0.06, 3.0) - 6.0;
    const double t = std::clamp((p.y - edge) / (kSide - edge), 0.0, 1.0);
    const double moss = noise.fractal(p.x * 0.07, p.y * 0.14, 3);
    const Colour base = mix(mix(middle, light, 0.35), deep, t);
    return Paint{scaled(base, 0.75 + 0.5 * moss), smoothstep(0.0, 5.0, p.y - edge)};
  });
  for (int i = 0; i < 4; ++i) {  // shafts of light from the glow
    const double top = glow_x + rng.range(-50.0, 50.0);
    const double spread = rng.range(5.0, 11.0);
    const double slant = rng.range(-45.0, 45.0);
    const Path shaft{{top, -2.0},
                     {top + spread, -2.0},
                     {top + slant + 2.2 * spread, kSide},
                     {top + slant - spread, kSide}};
    behind.fill(shaft, [&](Vec2 p) { return Paint{hex(0xE9F0B4), 0.16 * (1.0 - p.y / kSide)}; });
  }
  grass(behind, rng, floor_line + 6.0, kSide, 170, 13.0, scaled(deep, 0.95),
        mix(middle, light, 0.6));
  contact_shadow(behind, stance, hex(0x182808), 0.5);
  // Ferns in the corners and tufts at the feet.
  for (int i = 0; i < 7; ++i) {
    const double corner = i % 2 == 0 ? rng.range(-8.0, 48.0) : rng.range(144.0, 200.0);
    const double lean = rng.range(-26.0, 26.0);
    const double height = rng.range(22.0, 46.0);
    const Colour tone = mix(deep, mix(middle, light, 0.4), rng.unit());
    const Vec2 root{corner, kSide + 4.0};
    for (int k = 0; k < 11; ++k) {
      const double t = (k + 1.0) / 12.0;
      const Vec2 at{root.x + lean * t * t, root.y - height * t};
      const double leaf = 11.0 * (1.0 - t) + 2.0;
      for (double side : {-1.0, 1.0}) {
        const std::array<Vec2, 2> line{at, Vec2{at.x + side * leaf, at.y - 0.35 * leaf + 1.5}};
        const std::array<double, 2> widths{1.3, 0.3};
        front.fill(ribbon(line, widths, 2), scaled(tone, side < 0.0 ? 0.9 : 1.08));
      }
    }
  }
  for (int i = 0; i < 9; ++i) {
    const double x = rng.range(stance.left - 10.0, stance.right + 10.0);
    tuft(front, rng, {x, stance.ground + rng.range(2.0, 5.0)}, 10.0, 6, deep,
         mix(middle, light, 0.5));
  }
}

void paint_sky(Rng& rng, Layer& behind, const Noise& noise, double horizon, double cover,
               Colour top, Colour low) {
  const double drift = rng.range(0.0, 60.0);
  behind.fill_rows(0, std::min(kSceneSize, static_cast<int>(horizon) + 2), [&](Vec2 p) {
    const double t = std::clamp(p.y / horizon, 0.0, 1.0);
    const Colour base = mix(top, low, t);
    // Clouds grow flatter towards the horizon; the lit side is where the cloud thins upwards.
    const double flat = 0.022 + 0.028 * t;
    const double here = noise.fractal((p.x + drift) * 0.019, p.y * flat + 3.0, 4);
    const double above = noise.fractal((p.x + drift) * 0.019, (p.y - 5.0) * flat + 3.0, 2);
    const double density = smoothstep(cover, cover + 0.17, here);
    const double lit = std::clamp(0.62 + 3.0 * (here - above), 0.0, 1.0);
    return Paint{mix(base, mix(hex(0xA9C2DF), hex(0xF3F8FE), lit), 0.9 * density), 1.0};
  });
}

void sea(Rng& rng, const Stance& stance, Layer& behind, Layer& front) {
  const double horizon = rng.range(52.0, 76.0);
  const double brightness = rng.range(0.92, 1.07);
  const Noise noise(rng.fork(1));
  paint_sky(rng, behind, noise, horizon, rng.range(0.50, 0.58), scaled(hex(0x4F8FD6), brightness),
            scaled(hex(0xB9D9F3), brightness));
  const Colour far = scaled(hex(0x5E9CCB), brightness);
  const Colour near = scaled(hex(0x1C5590), brightness);
  behind.fill_rows(static_cast<int>(horizon), kSceneSize, [&](Vec2 p) {
    const double t = std::clamp((p.y - horizon) / (kSide - horizon), 0.0, 1.0);
    const double ripple = noise.fractal(p.x * (0.10 - 0.06 * t), p.y * (0.55 - 0.40 * t), 2);
    return Paint{scaled(mix(far, near, smoothstep(0.0, 0.9, t)), 0.80 + 0.40 * ripple), 1.0};
  });
  behind.blur(1, 0, static_cast<int>(horizon) + 12);
  // Waves: each one a sheet that hides what lies behind it, lit along its crest.
  constexpr int kWaves = 10;
  for (int i = 0; i < kWaves; ++i) {
    const double depth = (i + 0.6) / kWaves;
    const double y = horizon + (kSide - horizon) * depth * depth * 1.02 + 2.0;
    const double height = 1.0 + 5.5 * depth;
    const double length = 0.075 - 0.05 * depth;
    const double phase = rng.range(0.0, 50.0);
    const double before_feet = stance.ground + 3.0;
    Layer& sheet = y > before_feet ? front : behind;
    const auto crest = [&](double x) {
      const double roll = noise.fractal((x + phase) * length, 11.0 * i, 3);
      return y - height * 2.0 * (roll - 0.35);
    };
    // The next wave hides what is lower than this; the last one reaches the picture's end.
    const double low = i + 1 == kWaves ? kSide + 2.0 : y + 16.0 + 34.0 * depth;
    Path body{{-2.0, low}};
    std::vector<Vec2> line;
    for (double x = -2.0; x <= kSide + 3.0; x += 3.0) {
      const double top = crest(x);
      body.push_back({x, top});
      line.push_back({x, top});
    }
    body.push_back({kSide + 3.0, low});
    const Colour tone = mix(far, near, smoothstep(0.0, 0.9, depth));
    sheet.fill(body, [&](Vec2 p) {
      const double below = std::clamp((p.y - y + height) / (6.0 + 22.0 * depth), 0.0, 1.0);
      const double glitter = noise.fractal(p.x * 0.07, p.y * (0.34 - 0.2 * depth) + 5.0 * i, 2);
      const Colour base = mix(mix(tone, hex(0x8FC4E6), 0.45), scaled(tone, 0.86), below);
      return Paint{scaled(base, 0.82 + 0.36 * glitter), 1.0};
    });
    for (std::size_t k = 0; k + 3 < line.size(); k += 1) {  // foam where the crest is high
      const double high = y - line[k + 1].y;
      const double foam = smoothstep(0.15 * height, 0.7 * height, high);
      if (foam < 0.1) continue;
      const std::array<Vec2, 2> piece{line[k], line[k + 1]};
      const std::array<double, 2> widths{0.25 + 0.6 * depth, 0.25 + 0.6 * depth};
      sheet.fill(ribbon(piece, widths, 1), hex(0xE4F1FB), 0.75 * foam);
    }
  }
  // Spray where the animal meets the water.
  const double base = std::min(stance.ground + 3.0, kSide - 6.0);
  for (int i = 0; i < 26; ++i) {
    const double x = rng.range(stance.left - 6.0, stance.right + 6.0);
    const double r = rng.range(3.0, 8.0);
    const double y = base + rng.range(-2.0, 4.0);
    front.soft_blob({x, y}, 1.8 * r, 0.7 * r, hex(0xDCECF8), rng.range(0.25, 0.6));
  }
  for (int i = 0; i < 40; ++i) {
    const double x = rng.range(stance.left - 12.0, stance.right + 12.0);
    const double up = rng.unit();
    const double r = rng.range(0.4, 1.2);
    front.fill(ellipse({x, base - 14.0 * up * up}, r, r, 0.0, 8), hex(0xF1F8FE), 0.8);
  }
}

void sky(Rng& rng, const Stance& stance, Layer& behind, Layer& front) {
  const double brightness = rng.range(0.93, 1.06);
  const Noise noise(rng.fork(1));
  paint_sky(rng, behind, noise, kSide + 10.0, rng.range(0.50, 0.57),
            scaled(hex(0x3F83D2), brightness), scaled(hex(0xA6CFF2), brightness));
  const int birds = rng.pick(4);
  for (int i = 0; i < birds; ++i) {
    const double x = rng.range(10.0, kSide - 10.0);
    const double y = rng.range(8.0, 40.0);
    const double size = rng.range(2.5, 5.0);
    for (double side : {-1.0, 1.0}) {
      const std::array<Vec2, 3> wing{Vec2{x, y}, Vec2{x + side * 0.55 * size, y - 0.5 * size},
                                     Vec2{x + side * size, y - 0.2 * size}};
      const std::array<double, 3> widths{0.5, 0.45, 0.15};
      behind.fill(ribbon(wing, widths), hex(0x3E5E86), 0.8);
    }
  }
  // A bank of clouds below, some of it before the animal.
  for (int layer = 0; layer < 2; ++layer) {
    Layer& sheet = layer == 0 ? behind : front;
    const double base =
        std::max(stance.ground + (layer == 0 ? 4.0 : 18.0), kSide - 44.0 + 16.0 * layer);
    const int puffs = layer == 0 ? 20 : 16;
    Layer bank;
    for (int i = 0; i < puffs; ++i) {
      const double x = (i + rng.range(-0.4, 1.4)) * kSide / puffs;
      const double r = rng.range(9.0, 19.0);
      const double y = base + rng.range(0.0, 10.0) + 0.35 * r;
      bank.fill(ellipse({x, y}, 1.25 * r, r, 0.0, 24), hex(0xE3EEF9));
    }
    bank.fill({{-2.0, base + 12.0},
               {kSide + 2.0, base + 12.0},
               {kSide + 2.0, kSide + 2.0},
               {-2.0, kSide + 2.0}},
              hex(0xD3E4F5));
    bank.blur(1);
    bank.shade(stance.light, 6, 1.1, 0.62);
    sheet.lay(bank);
  }
}

}  // namespace

void draw_background(Background which, Rng rng, const Stance& stance, Layer& behind, Layer& front) {
  switch (which) {
    case Background::savanna:
      return savanna(rng, stance, behind, front);
    case Background::forest:
      return forest(rng, stance, behind, front);
    case Background::sea:
      return sea(rng, stance, behind, front);
    case Background::sky:
      return sky(rng, stance, behind, front);
  }
}

}  // namespace camloss::scene
