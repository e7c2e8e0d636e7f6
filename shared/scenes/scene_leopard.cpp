// Draws leopards: sitting, standing and lying.
#include "shared/scenes/scene_leopard.h"

#include <array>

namespace camloss::scene {

void Leopard::sitting() {
  const double lean = rng_.range(-1.0, 1.0);
  const double turn = std::clamp(lean * 0.8 + rng_.range(-0.3, 0.3), -1.0, 1.0);
  const double tilt = rng_.range(-0.02, 0.02);
  const double curl = rng_.range(-8.0, 10.0);

  const std::array<Vec2, 6> tail_line{Vec2{30, 52},        Vec2{50, 58},        Vec2{66, 50},
                                      Vec2{70, 32 + curl}, Vec2{62, 18 + curl}, Vec2{66, 4 + curl}};
  tail(tail_line, 4.4);

  Layer& back = part_;  // trunk and haunches
  const std::array<Vec2, 12> trunk{Vec2{-2 + 4 * lean, -46},
                                   Vec2{22 + 3 * lean, -36},
                                   Vec2{32, -10},
                                   Vec2{40, 18},
                                   Vec2{42, 46},
                                   Vec2{30, 62},
                                   Vec2{0, 64},
                                   Vec2{-30, 62},
                                   Vec2{-42, 46},
                                   Vec2{-40, 18},
                                   Vec2{-32, -10},
                                   Vec2{-24 + 3 * lean, -36}};
  coat(back, blob(trunk), -40.0, 105.0);
  rosettes(back, {-46, -40}, {46, 66}, 14.5);
  finish(back, 8, 1.3);

  for (double side : {-1.0, 1.0}) {
    Layer& haunch = part_;
    const std::array<Vec2, 7> thigh{Vec2{side * 24, 14}, Vec2{side * 40, 20}, Vec2{side * 49, 40},
                                    Vec2{side * 46, 60}, Vec2{side * 32, 66}, Vec2{side * 19, 54},
                                    Vec2{side * 17, 32}};
    coat(haunch, blob(thigh), -15.0, 110.0);
    paw(haunch, {side * 33, 64}, 15.0, 1.0);
    rosettes(haunch, {side * 33 - 18, 20}, {side * 33 + 20, 60}, 13.5);
    finish(haunch, 5, 1.2);
  }

  Layer& front = part_;  // chest and forelegs
  const std::array<Vec2, 8> chest{Vec2{-22 + 2 * lean, -30},
                                  Vec2{0, -38},
                                  Vec2{22 + 2 * lean, -30},
                                  Vec2{26, -4},
                                  Vec2{22, 22},
                                  Vec2{0, 30},
                                  Vec2{-22, 22},
                                  Vec2{-26, -4}};
  coat(front, blob(chest), -60.0, 30.0);
  for (double side : {-1.0, 1.0}) {
    const std::array<Vec2, 4> leg{Vec2{side * 16, 4}, Vec2{side * 14.5, 28}, Vec2{side * 13, 48},
                                  Vec2{side * 13.5, 63}};
    const std::array<double, 4> widths{11.0, 10.0, 8.0, 8.5};
    limb(front, leg, widths, -60.0, 130.0, 1.0);
    paw(front, {side * 14, 65}, 12.0, 1.0);
    spots(front, leg, 9.0, 3.4);
  }
  front.soft_blob(frame_({2 * lean, -4}), 16.0, 30.0, coat_.belly, 0.75, Blend::atop);
  rosettes(front, {-26, -26}, {-12, 24}, 10.0);
  rosettes(front, {14, -26}, {28, 24}, 10.0);
  const std::array<Vec2, 3> collar{Vec2{-20, -8}, Vec2{0, 4}, Vec2{20, -8}};
  spots(front, collar, 8.0, 3.2);
  finish(front, 5, 1.2);

  head({5.0 * lean, -52.0}, 28.0, turn, tilt);
}

void Leopard::standing() {
  const double stride = rng_.range(-1.0, 1.0);
  const double turn = rng_.range(-0.2, 0.9);
  const double tilt = rng_.range(-0.03, 0.03);
  const double nod = rng_.range(-6.0, 6.0);
  const double lift = rng_.range(-16.0, 14.0);

  const std::array<Vec2, 6> tail_line{Vec2{-56, -14},       Vec2{-70, -4},
                                      Vec2{-77, 16},        Vec2{-79, 34},
                                      Vec2{-75, 48 + lift}, Vec2{-79, 58 + 1.6 * lift}};
  tail(tail_line, 4.3);

  Layer& far = part_;  // the legs of the far side lie in the body's shade
  const std::array<Vec2, 4> far_hind{Vec2{-38, 6}, Vec2{-34 + 9 * stride, 28},
                                     Vec2{-42 + 10 * stride, 44}, Vec2{-38 + 12 * stride, 60}};
  const std::array<Vec2, 4> far_fore{Vec2{34, 8}, Vec2{34 - 8 * stride, 28},
                                     Vec2{33 - 12 * stride, 44}, Vec2{35 - 14 * stride, 60}};
  const std::array<double, 4> hind_widths{18.0, 10.5, 6.8, 6.5};
  const std::array<double, 4> fore_widths{14.0, 9.5, 7.4, 7.0};
  limb(far, far_hind, hind_widths, -60.0, 110.0, 0.72);
  limb(far, far_fore, fore_widths, -60.0, 110.0, 0.72);
  paw(far, {-35 + 12 * stride, 61}, 10.0, 0.72);
  paw(far, {38 - 14 * stride, 61}, 10.0, 0.72);
  spots(far, far_hind, 7.0, 3.4);
  spots(far, far_fore, 7.0, 3.4);
  finish(far, 3, 1.1);

  Layer& body = part_;
  const std::array<Vec2, 16> trunk{Vec2{-62, -10}, Vec2{-56, -28}, Vec2{-40, -37}, Vec2{-16, -36},
                                   Vec2{8, -35},   Vec2{28, -42},  Vec2{46, -48},  Vec2{58, -30},
                                   Vec2{58, -6},   Vec2{50, 14},   Vec2{34, 27},   Vec2{10, 30},
                                   Vec2{-14, 27},  Vec2{-34, 24},  Vec2{-54, 22},  Vec2{-63, 6}};
  coat(body, blob(trunk), -40.0, 38.0);
  const std::array<Vec2, 4> hind{Vec2{-44, 2}, Vec2{-41 - 8 * stride, 28},
                                 Vec2{-51 - 10 * stride, 46}, Vec2{-46 - 12 * stride, 63}};
  const std::array<Vec2, 4> fore{Vec2{38, 4}, Vec2{37 + 7 * stride, 30}, Vec2{36 + 11 * stride, 47},
                                 Vec2{38 + 13 * stride, 63}};
  limb(body, hind, hind_widths, -45.0, 120.0, 1.0);
  limb(body, fore, fore_widths, -45.0, 120.0, 1.0);
  paw(body, {-42 - 12 * stride, 65}, 11.5, 1.0);
  paw(body, {42 + 13 * stride, 65}, 11.5, 1.0);
  rosettes(body, {-66, -40}, {62, 24}, 14.5);
  spots(body, std::span(hind).subspan(1), 7.5, 3.6);
  spots(body, std::span(fore).subspan(1), 7.5, 3.6);
  finish(body, 6, 1.25);

  head({56.0, -38.0 + nod}, 25.0, turn, tilt);
}

void Leopard::lying() {
  const double turn = rng_.range(-0.3, 0.9);
  const double tilt = rng_.range(-0.025, 0.025);
  const double nod = rng_.range(-5.0, 6.0);
  const double lift = rng_.range(-10.0, 10.0);

  const std::array<Vec2, 6> tail_line{Vec2{-52, 34}, Vec2{-68, 42},       Vec2{-78, 34},
                                      Vec2{-82, 18}, Vec2{-76, 4 + lift}, Vec2{-80, -10 + lift}};
  tail(tail_line, 4.4);

  Layer& far = part_;
  const std::array<Vec2, 3> far_arm{Vec2{40, 28}, Vec2{60, 38}, Vec2{78, 40}};
  const std::array<double, 3> arm_widths{12.0, 9.5, 8.0};
  limb(far, far_arm, arm_widths, -60.0, 90.0, 0.75);
  paw(far, {80, 42}, 10.0, 0.75);
  spots(far, far_arm, 8.0, 3.4);
  finish(far, 3, 1.1);

  Layer& body = part_;
  const std::array<Vec2, 13> trunk{Vec2{-62, 22}, Vec2{-60, -4}, Vec2{-44, -24}, Vec2{-18, -30},
                                   Vec2{10, -34}, Vec2{34, -42}, Vec2{54, -34},  Vec2{60, -8},
                                   Vec2{58, 22},  Vec2{44, 44},  Vec2{8, 48},    Vec2{-30, 48},
                                   Vec2{-54, 44}};
  coat(body, blob(trunk), -42.0, 62.0);
  rosettes(body, {-66, -40}, {62, 40}, 14.5);
  body.soft_blob(frame_({52, 8}), 13.0, 24.0, coat_.belly, 0.6, Blend::atop);
  finish(body, 8, 1.3);

  Layer& haunch = part_;
  const std::array<Vec2, 8> thigh{Vec2{-34, -14}, Vec2{-16, -4}, Vec2{-8, 16},  Vec2{-14, 36},
                                  Vec2{-30, 48},  Vec2{-52, 46}, Vec2{-64, 26}, Vec2{-56, 0}};
  coat(haunch, blob(thigh), -40.0, 80.0);
  const std::array<Vec2, 3> foot{Vec2{-36, 42}, Vec2{-16, 47}, Vec2{0, 46}};
  const std::array<double, 3> foot_widths{9.0, 8.0, 6.5};
  limb(haunch, foot, foot_widths, -40.0, 90.0, 1.0);
  paw(haunch, {4, 47}, 11.0, 1.0);
  rosettes(haunch, {-64, -12}, {-8, 40}, 14.0);
  spots(haunch, foot, 6.0, 3.2);
  finish(haunch, 6, 1.2);

  Layer& arm = part_;
  const std::array<Vec2, 4> near_arm{Vec2{36, 8}, Vec2{38, 34}, Vec2{52, 45}, Vec2{70, 47}};
  const std::array<double, 4> near_widths{14.0, 13.0, 10.0, 8.5};
  limb(arm, near_arm, near_widths, -40.0, 100.0, 1.0);
  paw(arm, {74, 48}, 12.0, 1.0);
  spots(arm, near_arm, 9.0, 3.8);
  finish(arm, 5, 1.2);

  head({50.0, -34.0 + nod}, 27.0, turn, tilt);
}

Stance draw_leopard(Rng rng, Layer& sheet) {
  constexpr double kMiddle = 0.5 * kSceneSize;
  const int pose = rng.pick(3);
  const bool flip = rng.chance(0.5);
  const double scale = rng.range(0.92, 1.06) * (pose == 0 ? 0.96 : 1.0);
  const double turns = rng.range(-0.008, 0.008);
  const double x = kMiddle + rng.range(-5.0, 5.0);
  const double y = kMiddle + rng.range(-3.0, 5.0);
  Rng light_rng = rng.fork(2);
  const Light light = light_from_above(light_rng);
  // Each pose's own middle, so that what the picture's centre shows is the body.
  constexpr std::array<Vec2, 3> kCentre{Vec2{0.0, 1.0}, Vec2{4.0, 4.0}, Vec2{4.0, 2.0}};
  const Vec2 centre = kCentre[static_cast<std::size_t>(pose)];
  const Frame placed = Frame{1.0, 0.0, 0.0, 1.0, x, y}.child({0.0, 0.0}, scale, turns, flip);
  const Vec2 origin = placed({-centre.x, -centre.y});
  Frame frame = placed;
  frame.dx = origin.x;
  frame.dy = origin.y;

  Leopard leopard(rng.fork(3), sheet, frame, light);
  if (pose == 0) leopard.sitting();
  if (pose == 1) leopard.standing();
  if (pose == 2) leopard.lying();
  constexpr std::array<double, 3> kGround{68.0, 68.0, 52.0};
  constexpr std::array<double, 3> kHalfWidth{52.0, 62.0, 76.0};
  const auto which = static_cast<std::size_t>(pose);
  return {frame({0.0, kGround[which]}).y, frame.dx - kHalfWidth[which],
          frame.dx + kHalfWidth[which], light};
}

}  // namespace camloss::scene
