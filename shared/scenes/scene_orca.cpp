// Draws orcas: a spindle along a curved spine, with fins, flukes and the white and grey markings.
#include <array>
#include <cmath>

#include "shared/scenes/scene_animals.h"

namespace camloss::scene {

namespace {

/// The body as a curved strip: t runs from the snout (0) to the tail stock (1), v across from the
/// back (−1) to the belly (1).
class Spindle {
 public:
  Spindle(double length, double thickness, double bend)
      : length_(length), thick_(thickness), bend_(bend) {}

  [[nodiscard]] Vec2 at(double t, double v) const noexcept {
    const Vec2 here = spine(t);
    const Vec2 before = spine(t - 0.01);
    const Vec2 after = spine(t + 0.01);
    const double dx = after.x - before.x;
    const double dy = after.y - before.y;
    const double norm = std::sqrt(dx * dx + dy * dy);
    const double w = v * half_width(t);
    return {here.x + dy / norm * w, here.y - dx / norm * w};
  }

  [[nodiscard]] Path outline() const {
    constexpr int kSteps = 40;
    const auto station = [](int i) {  // close together at the round snout
      const double s = static_cast<double>(i) / kSteps;
      return s * s;
    };
    Path path;
    for (int i = 0; i <= kSteps; ++i) path.push_back(at(station(i), -1.0));
    for (int i = kSteps; i > 0; --i) path.push_back(at(station(i), 1.0));
    return path;
  }

  /// A smooth patch given by corners in (t, v).
  [[nodiscard]] Path patch(std::span<const Vec2> corners) const {
    Path path = blob(corners, 6);
    for (Vec2& p : path) p = at(p.x, p.y);
    return path;
  }

 private:
  /// The snout lies at +x; the middle is the highest point of the bend.
  [[nodiscard]] Vec2 spine(double t) const noexcept {
    const double u = t - 0.48;
    return {-length_ * u + 4.0, bend_ * 4.0 * u * u - 0.2 * bend_};
  }

  /// A blunt snout, widest before the dorsal fin, thin at the tail stock.
  [[nodiscard]] double half_width(double t) const noexcept {
    const double s = std::clamp(t, 0.0, 1.0);
    const double nose = std::sqrt(std::min(s / 0.34, 1.0) * (2.0 - std::min(s / 0.34, 1.0)));
    const double taper = 1.0 - 0.87 * smoothstep(0.36, 1.02, s);
    return thick_ * nose * taper;
  }

  double length_, thick_, bend_;
};

/// The colours and the proportions of one orca.
struct Orca {
  Colour black = hex(0x14171C), white = hex(0xF2F3F0), saddle = hex(0x8C9299);
};

void draw_fins_behind(Layer& part, const Frame& frame, const Spindle& body, const Orca& orca,
                      double fin, double fluke_turn) {
  // Dorsal fin, swept back.
  const Vec2 root_front = body.at(0.40, -0.86);
  const Vec2 root_back = body.at(0.60, -0.80);
  const Vec2 up_front = body.at(0.40, -1.0);
  const Vec2 base = body.at(0.52, -0.86);
  const Vec2 away{up_front.x - root_front.x, up_front.y - root_front.y};
  const double length = std::sqrt(away.x * away.x + away.y * away.y);
  const Vec2 up{away.x / length, away.y / length};
  const Vec2 back{up.y, -up.x};  // along the body, towards the tail
  const double side = back.x * (root_back.x - root_front.x) + back.y * (root_back.y - root_front.y);
  const double s = side < 0.0 ? -1.0 : 1.0;
  const auto point = [&](double along, double high) {
    return Vec2{base.x + s * back.x * along + up.x * high,
                base.y + s * back.y * along + up.y * high};
  };
  const std::array<Vec2, 9> dorsal{root_front,
                                   point(-7.0, 0.45 * fin),
                                   point(0.0, 0.80 * fin),
                                   point(8.0, 1.00 * fin),
                                   point(10.5, 0.97 * fin),
                                   point(8.0, 0.70 * fin),
                                   point(8.5, 0.35 * fin),
                                   point(14.0, 0.08 * fin),
                                   root_back};
  part.fill(frame(blob(dorsal, 5)), orca.black);

  // Flukes: two lobes with a notch between them, seen a little from the side.
  const Vec2 stock = body.at(0.985, 0.0);
  const Vec2 before = body.at(0.93, 0.0);
  const double dx = stock.x - before.x;
  const double dy = stock.y - before.y;
  const double norm = std::sqrt(dx * dx + dy * dy);
  const Frame tail = Frame{dx / norm, -dy / norm, dy / norm, dx / norm, stock.x, stock.y}.child(
      {0.0, 0.0}, 0.8, fluke_turn);
  const std::array<Vec2, 11> flukes{Vec2{-4, -3},  Vec2{6, -12}, Vec2{16, -25}, Vec2{27, -33},
                                    Vec2{27, -22}, Vec2{21, -3}, Vec2{25, 12},  Vec2{25, 24},
                                    Vec2{15, 19},  Vec2{5, 9},   Vec2{-4, 4}};
  part.fill(frame(tail(blob(flukes, 5))), orca.black);
}

}  // namespace

Stance draw_orca(Rng rng, Layer& sheet) {
  constexpr double kMiddle = 0.5 * kSceneSize;
  const bool flip = rng.chance(0.5);
  const double scale = rng.range(0.93, 1.06);
  const bool rising = rng.chance(0.3);
  const double turns = rising ? rng.range(-0.17, -0.11) : rng.range(-0.07, 0.06);
  const double bend = rising ? rng.range(10.0, 22.0) : rng.range(-6.0, 26.0);
  const double thick = rng.range(36.0, 39.0);
  const double fin = rng.range(27.0, 38.0);
  const double fluke_turn = rng.range(-0.05, 0.07);
  const double flipper = rng.range(-0.05, 0.05);
  const double tone = rng.range(0.9, 1.15);
  const double cast = rng.range(-0.012, 0.012);
  const double x = kMiddle + rng.range(-5.0, 5.0);
  const double y = kMiddle + rng.range(-3.0, 5.0);
  const double patch_size = rng.range(0.9, 1.15);
  Rng light_rng = rng.fork(2);
  const Light light = light_from_above(light_rng);
  const Noise skin(rng.fork(3));

  Orca orca;
  orca.black = scaled(orca.black, tone);
  orca.black.b += static_cast<float>(cast);
  const Spindle body(129.0, thick, bend);
  const Frame frame = Frame{1.0, 0.0, 0.0, 1.0, x, y}.child({0.0, 0.0}, scale, turns, flip);

  Layer part;
  draw_fins_behind(part, frame, body, orca, fin, fluke_turn);
  const std::array<Vec2, 3> far_flipper{body.at(0.27, 0.75), body.at(0.30, 1.30),
                                        body.at(0.36, 1.62)};
  const std::array<double, 3> far_widths{6.0, 8.0, 4.0};
  part.fill(frame(ribbon(far_flipper, far_widths)), orca.black);
  part.shade(light, 3, 1.1, 0.62, 0.22);
  sheet.lay(part);
  part.clear();

  Layer& trunk = part;
  trunk.fill(frame(body.outline()), [&](Vec2 pixel) {
    const Vec2 p = frame.inverse(pixel);
    const double mottle = 0.9 + 0.2 * skin.fractal(p.x * 0.12, p.y * 0.2, 2);
    return Paint{scaled(orca.black, mottle), 1.0};
  });
  // White from chin to vent, with the lobe that runs up the flank.
  const std::array<Vec2, 16> belly{
      Vec2{-0.02, 0.35}, Vec2{0.05, 0.42},  Vec2{0.12, 0.50}, Vec2{0.20, 0.60},
      Vec2{0.28, 0.70},  Vec2{0.40, 0.66},  Vec2{0.50, 0.44}, Vec2{0.58, 0.16},
      Vec2{0.68, 0.0},   Vec2{0.75, -0.02}, Vec2{0.72, 0.20}, Vec2{0.68, 0.52},
      Vec2{0.70, 0.85},  Vec2{0.66, 1.2},   Vec2{0.35, 1.3},  Vec2{0.04, 1.3}};
  trunk.fill(frame(body.patch(belly)), orca.white, 1.0, Blend::atop);
  const std::array<Vec2, 8> eye_patch{Vec2{0.105, -0.08},
                                      Vec2{0.125, -0.30 * patch_size},
                                      Vec2{0.175, -0.42 * patch_size},
                                      Vec2{0.225, -0.38 * patch_size},
                                      Vec2{0.245, -0.22},
                                      Vec2{0.215, -0.10},
                                      Vec2{0.175, -0.04},
                                      Vec2{0.135, -0.01}};
  trunk.fill(frame(body.patch(eye_patch)), orca.white, 1.0, Blend::atop);
  const std::array<Vec2, 8> saddle{Vec2{0.565, -1.1}, Vec2{0.58, -0.80}, Vec2{0.61, -0.52},
                                   Vec2{0.66, -0.38}, Vec2{0.71, -0.42}, Vec2{0.70, -0.66},
                                   Vec2{0.68, -0.85}, Vec2{0.67, -1.1}};
  trunk.fill(frame(body.patch(saddle)), orca.saddle, 0.85, Blend::atop);
  trunk.shade(light, 9, 1.5, 0.5, 0.30);
  // Eye and mouth, after the light so that they stay crisp.
  trunk.fill(frame(ellipse(body.at(0.098, 0.03), 1.5, 1.2, 0.0, 12)), hex(0x050607), 1.0,
             Blend::atop);
  trunk.fill(frame(ellipse({body.at(0.098, 0.03).x + 0.5, body.at(0.098, 0.03).y - 0.5}, 0.5, 0.5,
                           0.0, 8)),
             hex(0xC8D0D8), 0.9, Blend::atop);
  const std::array<Vec2, 4> mouth{body.at(0.003, 0.30), body.at(0.03, 0.36), body.at(0.06, 0.36),
                                  body.at(0.095, 0.28)};
  const std::array<double, 4> mouth_widths{0.5, 0.6, 0.6, 0.3};
  trunk.fill(frame(ribbon(mouth, mouth_widths)), hex(0x050607), 0.8, Blend::atop);
  sheet.lay(trunk);
  trunk.clear();

  Layer& near = part;  // the flipper on this side
  const Frame arm = frame.child(body.at(0.27, 0.42), 1.0, flipper + 0.02);
  const std::array<Vec2, 9> paddle{Vec2{5, -4},   Vec2{8, 6},    Vec2{5, 22},
                                   Vec2{-3, 35},  Vec2{-12, 39}, Vec2{-17, 33},
                                   Vec2{-15, 20}, Vec2{-10, 7},  Vec2{-4, -3}};
  near.fill(arm(blob(paddle, 5)), scaled(orca.black, 1.25));
  near.shade(light, 4, 1.2, 0.6, 0.25);
  sheet.lay(near);

  double lowest = 0.0;
  for (const Vec2 p : frame(body.outline())) lowest = std::max(lowest, p.y);
  // A rising orca's tail is still in the water; a leaping one has left it.
  return {std::min(lowest + (rising ? -4.0 : 12.0), 0.93 * kSceneSize), x - 62.0, x + 62.0, light};
}

}  // namespace camloss::scene
