// A leopard's coat, rosettes, limbs and face.
#include <array>
#include <cmath>

#include "shared/scenes/scene_leopard.h"

namespace camloss::scene {

Light light_from_above(Rng& rng) noexcept {
  const double side = rng.range(-0.6, 0.6);
  const double down = -0.72;
  const double front = 0.62;
  const double length = std::sqrt(side * side + down * down + front * front);
  return {side / length, down / length, front / length};
}

Coat make_coat(Rng& rng) {
  const double warmth = rng.range(-1.0, 1.0);
  const double light = rng.range(0.92, 1.08);
  const auto vary = [&](Colour c) {
    return scaled(Colour{c.r, c.g + static_cast<float>(0.025 * warmth),
                         c.b + static_cast<float>(0.03 * warmth)},
                  light);
  };
  return {vary(hex(0xCB8638)), vary(hex(0xE3A656)), vary(hex(0xF6E6C6)), hex(0x1E130C),
          vary(hex(0xB87028))};
}

void Leopard::spot(Layer& part, Vec2 at, double rx, double ry) {
  const double turn = rng_.unit();
  part.fill(frame_(ellipse(at, rx, ry, turn, 10)), coat_.spot, 0.93, Blend::atop);
}

/// A dark heart within a ring that is broken into three to five blotches.
void Leopard::rosette(Layer& part, Vec2 at, double radius) {
  const double stretch = rng_.range(0.85, 1.2);
  part.fill(frame_(ellipse(at, radius * stretch, radius / stretch, 0.0, 14)), coat_.heart, 0.75,
            Blend::atop);
  const int blotches = 3 + rng_.pick(3);
  const double start = rng_.unit();
  for (int i = 0; i < blotches; ++i) {
    const double middle = start + (i + rng_.range(-0.15, 0.15)) / blotches;
    const double half = rng_.range(0.28, 0.40) / blotches;
    const double thick = radius * rng_.range(0.26, 0.38);
    const std::array<double, 3> turns{middle - half, middle, middle + half};
    std::array<Vec2, 3> arc;
    for (std::size_t k = 0; k < 3; ++k) {
      arc[k] = {at.x + radius * stretch * cosine(turns[k]),
                at.y + radius / stretch * sine(turns[k])};
    }
    const std::array<double, 3> widths{thick * 0.75, thick, thick * 0.7};
    part.fill(frame_(ribbon(arc, widths, 2)), coat_.spot, 0.95, Blend::atop);
  }
}

/// Rosettes on a jittered triangular grid, wherever the part already is.
void Leopard::rosettes(Layer& part, Vec2 low, Vec2 high, double spacing) {
  int row = 0;
  for (double y = low.y; y < high.y; y += spacing * 0.87, ++row) {
    for (double x = low.x + (row % 2) * spacing * 0.5; x < high.x; x += spacing) {
      const double dx = rng_.range(-0.17, 0.17) * spacing;
      const double dy = rng_.range(-0.17, 0.17) * spacing;
      const double radius = spacing * rng_.range(0.27, 0.34);
      const bool small = rng_.chance(0.12);
      const Vec2 at{x + dx, y + dy};
      if (part.alpha_at(frame_(at)) < 0.2) continue;
      if (small) {
        spot(part, at, radius * 0.75, radius * 0.55);
      } else {
        rosette(part, at, radius);
      }
    }
  }
}

/// Solid spots along a limb of the given half width.
void Leopard::spots(Layer& part, Points points, double width, double size) {
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double dx = points[i + 1].x - points[i].x;
    const double dy = points[i + 1].y - points[i].y;
    const double length = std::sqrt(dx * dx + dy * dy);
    const int count = std::max(1, static_cast<int>(length / (size * 2.1)));
    for (int k = 0; k < count; ++k) {
      for (double side : {-0.55, 0.45}) {
        const double t = (k + rng_.range(0.1, 0.9)) / count;
        const double across = (side + rng_.range(-0.25, 0.25)) * width;
        const double r = size * rng_.range(0.55, 0.95);
        const Vec2 at{points[i].x + dx * t - dy / length * across,
                      points[i].y + dy * t + dx / length * across};
        spot(part, at, r, r * 0.7);
      }
    }
  }
}

void Leopard::paw(Layer& part, Vec2 at, double size, double shade) {
  coat(part, ellipse(at, size, size * 0.58), at.y - 30.0, at.y + 4.0, shade);
  for (int i = -1; i <= 1; ++i) {  // the gaps between the toes
    const double x = at.x + size * (0.15 + 0.36 * i);
    const std::array<Vec2, 2> gap{Vec2{x, at.y + size * 0.05}, Vec2{x + 0.4, at.y + size * 0.45}};
    const std::array<double, 2> widths{0.35, 0.6};
    part.fill(frame_(ribbon(gap, widths, 2)), coat_.spot, 0.55, Blend::atop);
  }
}

void Leopard::tail(Points points, double width) {
  Layer& part = part_;
  std::vector<double> widths(points.size(), width);
  widths.front() = width * 1.25;
  limb(part, points, widths, -60.0, 70.0, 0.96);
  // Bands towards the tip, which is black.
  for (std::size_t i = 1; i + 1 < points.size(); ++i) {
    for (double t : {0.15, 0.65}) {
      const Vec2 at{points[i].x + (points[i + 1].x - points[i].x) * t,
                    points[i].y + (points[i + 1].y - points[i].y) * t};
      spot(part, at, width * 0.75, width * 0.6);
    }
  }
  part.fill(frame_(ellipse(points.back(), width * 1.7, width * 1.7)), coat_.spot, 0.95,
            Blend::atop);
  finish(part, 2, 1.2);
}

/// A face towards the viewer, turned by −1…1 to the side, in units of half its width.
void Leopard::head(Vec2 at, double size, double turn, double tilt) {
  const Frame body = frame_;
  frame_ = body.child(at, size, tilt);
  const double shift = 0.22 * turn;
  const Colour dark = coat_.spot;
  Layer& part = part_;

  for (double side : {-1.0, 1.0}) {  // ears: dark behind, light within
    const Vec2 ear{side * 0.68 - 0.5 * shift, -0.80};
    coat(part, ellipse(ear, 0.33, 0.36, side * 0.06), -2.0, 1.0, 0.85);
    part.fill(frame_(ellipse({ear.x - side * 0.02, ear.y + 0.04}, 0.22, 0.24)), dark, 0.62,
              Blend::atop);
    part.fill(frame_(ellipse({ear.x - side * 0.06, ear.y + 0.10}, 0.14, 0.17)), coat_.belly, 0.75,
              Blend::atop);
  }
  const std::array<Vec2, 12> outline{Vec2{0.0, -0.93},  Vec2{0.48, -0.86},  Vec2{0.84, -0.50},
                                     Vec2{0.97, 0.02},  Vec2{0.86, 0.48},   Vec2{0.50, 0.86},
                                     Vec2{0.0, 1.02},   Vec2{-0.50, 0.86},  Vec2{-0.86, 0.48},
                                     Vec2{-0.97, 0.02}, Vec2{-0.84, -0.50}, Vec2{-0.48, -0.86}};
  coat(part, blob(outline), -1.4, 1.5);

  const auto both = [&](Vec2 place, double rx, double ry, double tilt_turns, Colour c,
                        double alpha) {
    for (double side : {-1.0, 1.0}) {
      const double narrowed = 1.0 - 0.18 * side * turn;
      part.fill(frame_(ellipse({side * place.x * narrowed + shift, place.y}, rx * narrowed, ry,
                               side * tilt_turns, 18)),
                c, alpha, Blend::atop);
    }
  };
  both({0.62, 0.50}, 0.30, 0.30, 0.0, coat_.belly, 0.55);    // cheeks
  both({0.36, -0.36}, 0.17, 0.10, -0.04, coat_.belly, 0.6);  // above the eyes
  both({0.40, 0.10}, 0.20, 0.08, 0.05, coat_.belly, 0.7);    // below them
  const std::array<Vec2, 3> bridge{Vec2{shift * 0.6, -0.5}, Vec2{shift, -0.1},
                                   Vec2{shift * 1.2, 0.3}};
  const std::array<double, 3> bridge_widths{0.10, 0.15, 0.19};
  part.fill(frame_(ribbon(bridge, bridge_widths)), mix(coat_.flank, coat_.belly, 0.3), 0.8,
            Blend::atop);
  part.fill(frame_(ellipse({shift * 1.2, 0.82}, 0.32, 0.22)), coat_.belly, 0.95,
            Blend::atop);                                                            // chin
  both({0.25, 0.54}, 0.33, 0.28, 0.03, mix(coat_.belly, hex(0xFFFFFF), 0.3), 0.97);  // muzzle

  // Forehead and cheek spots in loose rows.
  for (int row = 0; row < 3; ++row) {
    for (int i = -2; i <= 2; ++i) {
      const double jx = rng_.range(-0.04, 0.04);
      const double jy = rng_.range(-0.04, 0.04);
      const double r = rng_.range(0.045, 0.075);
      spot(part,
           {i * (0.2 - 0.02 * row) + 0.5 * shift + jx, -0.78 + 0.17 * row + 0.05 * i * i + jy}, r,
           r * 0.8);
    }
  }
  for (double side : {-1.0, 1.0}) {
    for (int i = 0; i < 6; ++i) {
      const double x = side * rng_.range(0.64, 0.86);
      const double y = -0.25 + 0.15 * i + rng_.range(-0.04, 0.04);
      const double r = rng_.range(0.04, 0.07);
      spot(part, {x + 0.3 * shift, y}, r, r * 0.75);
    }
    for (int i = 0; i < 5; ++i) {  // whisker pads
      const int row = i / 3, column = i % 3;
      const double x = shift * 1.2 + side * (0.20 + 0.07 * column);
      const double y = 0.50 + 0.10 * row + 0.02 * column;
      part.fill(frame_(ellipse({x, y}, 0.022, 0.022, 0.0, 8)), dark, 0.75, Blend::atop);
    }
  }

  // Eyes: dark lids, amber iris, pupil, a glint; a dark line runs to the nose.
  for (double side : {-1.0, 1.0}) {
    const double narrowed = 1.0 - 0.18 * side * turn;
    const Vec2 eye{side * 0.40 * narrowed + shift, -0.13};
    const std::array<Vec2, 3> tear{Vec2{eye.x - side * 0.15, eye.y + 0.05},
                                   Vec2{eye.x - side * 0.20, eye.y + 0.22},
                                   Vec2{eye.x - side * 0.19, eye.y + 0.40}};
    const std::array<double, 3> tear_widths{0.05, 0.04, 0.02};
    part.fill(frame_(ribbon(tear, tear_widths)), dark, 0.8, Blend::atop);
    part.fill(frame_(ellipse(eye, 0.215, 0.150, side * -0.055)), dark, 1.0, Blend::atop);
    part.fill(frame_(ellipse({eye.x, eye.y + 0.005}, 0.150, 0.108, side * -0.04)), hex(0xE2B33C),
              1.0, Blend::atop);
    part.fill(frame_(ellipse({eye.x, eye.y - 0.01}, 0.070, 0.085)), hex(0x120C08), 1.0,
              Blend::atop);
    part.fill(frame_(ellipse({eye.x - 0.045, eye.y - 0.05}, 0.032, 0.032, 0.0, 8)), hex(0xFFFFFF),
              0.95, Blend::atop);
  }
  const std::array<Vec2, 6> nose{Vec2{shift * 1.2 - 0.18, 0.24}, Vec2{shift * 1.2, 0.21},
                                 Vec2{shift * 1.2 + 0.18, 0.24}, Vec2{shift * 1.2 + 0.09, 0.36},
                                 Vec2{shift * 1.2, 0.41},        Vec2{shift * 1.2 - 0.09, 0.36}};
  part.fill(frame_(blob(nose, 4)), hex(0x9A5A4E), 1.0, Blend::atop);
  part.fill(frame_(ellipse({shift * 1.2, 0.37}, 0.09, 0.04)), dark, 0.7, Blend::atop);
  for (double side : {-1.0, 1.0}) {
    const std::array<Vec2, 4> lip{Vec2{shift * 1.2, 0.40}, Vec2{shift * 1.2, 0.60},
                                  Vec2{shift * 1.2 + side * 0.18, 0.72},
                                  Vec2{shift * 1.2 + side * 0.40, 0.66}};
    const std::array<double, 4> lip_widths{0.02, 0.028, 0.028, 0.012};
    part.fill(frame_(ribbon(lip, lip_widths)), dark, 0.85, Blend::atop);
  }
  finish(part, 4, 1.0);
  for (double side : {-1.0, 1.0}) {  // whiskers, too thin to count as animal
    for (int i = 0; i < 3; ++i) {
      const std::array<Vec2, 3> hair{Vec2{shift * 1.2 + side * 0.42, 0.54 + 0.07 * i},
                                     Vec2{shift + side * 0.85, 0.46 + 0.13 * i},
                                     Vec2{shift + side * 1.25, 0.52 + 0.19 * i}};
      const std::array<double, 3> hair_widths{0.016, 0.012, 0.006};
      sheet_.fill(frame_(ribbon(hair, hair_widths)), hex(0xFFFFFF), 0.7);
    }
  }
  frame_ = body;
}

}  // namespace camloss::scene
