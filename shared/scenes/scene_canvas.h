// What the scenes are drawn with: exactly covered polygons, splines, noise and rounded shading.
//
// Arithmetic is IEEE + − × ÷ √ alone, evaluated as written (the build turns contraction off for
// these files), so a picture has the same bytes on every machine.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "shared/base/rng.h"
#include "shared/scenes/scenes.h"

namespace camloss::scene {

struct Vec2 {
  double x = 0.0, y = 0.0;
};

/// sRGB-coded, 0…1.
struct Colour {
  float r = 0.0F, g = 0.0F, b = 0.0F;
};

/// 0xRRGGBB → Colour.
[[nodiscard]] constexpr Colour hex(std::uint32_t code) noexcept {
  return {static_cast<float>((code >> 16) & 255U) / 255.0F,
          static_cast<float>((code >> 8) & 255U) / 255.0F,
          static_cast<float>(code & 255U) / 255.0F};
}

[[nodiscard]] constexpr Colour mix(Colour a, Colour b, double t) noexcept {
  const auto s = static_cast<float>(t);
  return {a.r + (b.r - a.r) * s, a.g + (b.g - a.g) * s, a.b + (b.b - a.b) * s};
}

[[nodiscard]] constexpr Colour scaled(Colour c, double factor) noexcept {
  const auto s = static_cast<float>(factor);
  return {c.r * s, c.g * s, c.b * s};
}

/// A colour and how much of what lies beneath it covers, 0…1.
struct Paint {
  Colour colour;
  double alpha = 1.0;
};

/// sin(2πt) to 1e-3: two parabolas, no libm.
[[nodiscard]] double sine(double turns) noexcept;
[[nodiscard]] inline double cosine(double turns) noexcept { return sine(turns + 0.25); }

/// Largest integer not above x, |x| < 2³¹.
[[nodiscard]] constexpr int floor_int(double x) noexcept {
  const int truncated = static_cast<int>(x);
  return truncated > x ? truncated - 1 : truncated;
}

/// 0 below `low`, 1 above `high`, a cubic between.
[[nodiscard]] constexpr double smoothstep(double low, double high, double x) noexcept {
  const double t = std::clamp((x - low) / (high - low), 0.0, 1.0);
  return t * t * (3.0 - 2.0 * t);
}

/// A closed polygon in pixels or in an animal's own coordinates.
using Path = std::vector<Vec2>;

/// An affine map from a drawing's own coordinates to pixels.
struct Frame {
  double xx = 1.0, xy = 0.0, yx = 0.0, yy = 1.0;  // row major
  double dx = 0.0, dy = 0.0;

  [[nodiscard]] Vec2 operator()(Vec2 p) const noexcept {
    return {xx * p.x + xy * p.y + dx, yx * p.x + yy * p.y + dy};
  }
  [[nodiscard]] Path operator()(const Path& path) const;
  [[nodiscard]] Vec2 inverse(Vec2 p) const noexcept {
    const double det = xx * yy - xy * yx;
    const double x = p.x - dx;
    const double y = p.y - dy;
    return {(yy * x - xy * y) / det, (xx * y - yx * x) / det};
  }
  /// This map after a local one: scale, turn, mirror where `flip`, then move to `origin`.
  [[nodiscard]] Frame child(Vec2 origin, double scale, double turns,
                            bool flip = false) const noexcept;
};

/// The closed Catmull-Rom curve through the points.
[[nodiscard]] Path blob(std::span<const Vec2> points, int steps = 6);

[[nodiscard]] Path ellipse(Vec2 centre, double rx, double ry, double turns = 0.0, int corners = 24);

/// A smooth line through the points with the given half widths (one a point) and round ends.
[[nodiscard]] Path ribbon(std::span<const Vec2> points, std::span<const double> half_widths,
                          int steps = 5);

/// Smooth random fields from one table of random numbers.
class Noise {
 public:
  explicit Noise(Rng rng);
  /// One octave, 0…1, features of about one unit.
  [[nodiscard]] double at(double x, double y) const noexcept;
  /// A sum of octaves of halving amplitude, 0…1.
  [[nodiscard]] double fractal(double x, double y, int octaves) const noexcept;

 private:
  static constexpr int kSide = 64;  // a power of two; the field repeats after it
  std::vector<double> table_;       // (kSide, kSide), 0…1
};

/// How a fill meets what is there: on top of it, or on top and only where something is already.
enum class Blend { over, atop };

/// Where the light comes from, a unit vector; y points down, z to the viewer.
struct Light {
  double x = 0.0, y = -1.0, z = 0.0;
};

/// A transparent sheet of kSceneSize² pixels.
class Layer {
 public:
  static constexpr int kSide = kSceneSize;
  struct Pixel {
    float r = 0.0F, g = 0.0F, b = 0.0F, a = 0.0F;  // colour multiplied by alpha
  };

  Layer();

  /// Transparent again; costs no more than what was drawn.
  void clear() noexcept;

  [[nodiscard]] Pixel& at(int x, int y) noexcept { return pixels_[index(x, y)]; }
  [[nodiscard]] const Pixel& at(int x, int y) const noexcept { return pixels_[index(x, y)]; }
  /// Alpha under a point in pixels; 0 outside.
  [[nodiscard]] double alpha_at(Vec2 p) const noexcept;

  /// Fills a polygon (nonzero winding) with its exact area coverage. `shader` is called with the
  /// pixel centre.
  template <typename Shader>
  requires std::is_invocable_r_v<Paint, Shader, Vec2>
  void fill(const Path& path, Shader&& shader, Blend blend = Blend::over) {
    const Box box = cover(path);
    touch(box);
    const double* difference = coverage_.data();
    for (int y = box.y0; y < box.y1; ++y) {
      double winding = 0.0;
      for (int x = box.x0; x < box.x1; ++x) {
        winding += *difference++;
        const double coverage = std::min(winding < 0.0 ? -winding : winding, 1.0);
        if (coverage < 1.0 / 512.0) continue;
        const Paint paint = shader(Vec2{x + 0.5, y + 0.5});
        blend_pixel(at(x, y), paint.colour, coverage * paint.alpha, blend);
      }
      difference += kSpare;
    }
  }
  void fill(const Path& path, Colour colour, double alpha = 1.0, Blend blend = Blend::over);

  /// Every pixel of rows [y0, y1).
  template <typename Shader>
  void fill_rows(int y0, int y1, Shader&& shader) {
    const Box box{0, std::clamp(y0, 0, kSide), kSide, std::clamp(y1, 0, kSide)};
    touch(box);
    for (int y = box.y0; y < box.y1; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const Paint paint = shader(Vec2{x + 0.5, y + 0.5});
        blend_pixel(at(x, y), paint.colour, paint.alpha, Blend::over);
      }
    }
  }

  /// A blot that fades to nothing at its rim: glow, shadow, mist.
  void soft_blob(Vec2 centre, double rx, double ry, Colour colour, double alpha,
                 Blend blend = Blend::over);

  /// Lights the sheet as if its shape were inflated: the blurred alpha is taken as height. Colours
  /// are multiplied by ambient + diffuse, and `gloss` adds white where the surface mirrors the
  /// light.
  void shade(Light light, int radius, double relief, double ambient, double gloss = 0.0);

  /// Blurs rows [y0, y1) with a box of 2·radius + 1 pixels, twice.
  void blur(int radius, int y0 = 0, int y1 = kSide);

  /// Lays another sheet on this one.
  void lay(const Layer& top) noexcept;

  static void blend_pixel(Pixel& p, Colour c, double alpha, Blend blend) noexcept {
    const auto a = static_cast<float>(alpha);
    const float keep = 1.0F - a;
    const float add = blend == Blend::atop ? a * p.a : a;
    p.r = p.r * keep + c.r * add;
    p.g = p.g * keep + c.g * add;
    p.b = p.b * keep + c.b * add;
    if (blend == Blend::over) p.a = p.a * keep + a;
  }

 private:
  struct Box {
    int x0 = 0, y0 = 0, x1 = 0, y1 = 0;  // half open
  };
  static constexpr int kSpare = 2;  // an edge in a row's last pixel writes right of it

  static std::size_t index(int x, int y) noexcept {
    return static_cast<std::size_t>(y * kSide + x);
  }
  /// Writes the polygon's area differences to coverage_ and returns the pixels it may touch.
  Box cover(const Path& path);
  void touch(Box box) noexcept {
    if (box.x0 >= box.x1 || box.y0 >= box.y1) return;
    drawn_ = {std::min(drawn_.x0, box.x0), std::min(drawn_.y0, box.y0), std::max(drawn_.x1, box.x1),
              std::max(drawn_.y1, box.y1)};
  }

  std::vector<Pixel> pixels_;      // (kSide, kSide)
  Box drawn_{kSide, kSide, 0, 0};  // all that is not transparent lies in it
  std::vector<double> coverage_;   // (box height, box width + kSpare) differences along x
};

}  // namespace camloss::scene
