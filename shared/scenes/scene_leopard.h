// One leopard on its sheet: the parts that its poses are put together from.
//
// A pose is drawn in its own coordinates, about one unit a pixel, origin in the body's middle, y
// down.
#pragma once

#include "shared/scenes/scene_animals.h"

namespace camloss::scene {

/// The colours of one leopard.
struct Coat {
  Colour back, flank, belly, spot, heart;  // heart: inside a rosette
};

[[nodiscard]] Coat make_coat(Rng& rng);

class Leopard {
 public:
  Leopard(Rng rng, Layer& sheet, Frame frame, Light light)
      : rng_(rng),
        sheet_(sheet),
        frame_(frame),
        light_(light),
        coat_(make_coat(rng_)),
        fur_(rng_.fork(1)) {}

  void sitting();
  void standing();
  void lying();

 private:
  using Points = std::span<const Vec2>;
  using Widths = std::span<const double>;

  /// Fills with fur that goes from the back's colour at height `top` to the belly's at `bottom`.
  void coat(Layer& part, const Path& path, double top, double bottom, double shade = 1.0) {
    part.fill(frame_(path), [=, this](Vec2 pixel) {
      const Vec2 p = frame_.inverse(pixel);
      const double t = std::clamp((p.y - top) / (bottom - top), 0.0, 1.0);
      const Colour base = t < 0.55 ? mix(coat_.back, coat_.flank, t / 0.55)
                                   : mix(coat_.flank, coat_.belly, smoothstep(0.55, 1.0, t));
      const double hair = 0.93 + 0.14 * fur_.at(p.x * 0.35 + 0.3 * p.y, p.y * 0.9);
      return Paint{scaled(base, shade * hair), 1.0};
    });
  }

  void limb(Layer& part, Points points, Widths widths, double top, double bottom, double shade) {
    coat(part, ribbon(points, widths), top, bottom, shade);
  }

  void paw(Layer& part, Vec2 at, double size, double shade);
  void tail(Points points, double width);
  void rosettes(Layer& part, Vec2 low, Vec2 high, double spacing);
  void spots(Layer& part, Points points, double width, double size);
  void rosette(Layer& part, Vec2 at, double radius);
  void spot(Layer& part, Vec2 at, double rx, double ry);
  void head(Vec2 at, double size, double turn, double tilt);
  /// Lights a part, lays it on the sheet and empties it for the next one.
  void finish(Layer& part, int radius, double relief) {
    part.shade(light_, radius, relief, 0.5);
    sheet_.lay(part);
    part.clear();
  }

  Rng rng_;
  Layer& sheet_;
  Frame frame_;
  Light light_;
  Coat coat_;
  Noise fur_;
  Layer part_;  // the part that is being drawn
};

}  // namespace camloss::scene
