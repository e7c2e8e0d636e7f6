// Polygons with exact coverage, splines, noise and rounded shading for the embedded scenes.
#include "shared/scenes/scene_canvas.h"

#include <array>
#include <cmath>

namespace camloss::scene {

double sine(double turns) noexcept {
  const double t = turns - floor_int(turns + 0.5);  // −½…½
  const double parabola = t * (8.0 - 16.0 * (t < 0.0 ? -t : t));
  return parabola + 0.225 * (parabola * (parabola < 0.0 ? -parabola : parabola) - parabola);
}

Path Frame::operator()(const Path& path) const {
  Path out;
  out.reserve(path.size());
  for (const Vec2 p : path) out.push_back((*this)(p));
  return out;
}

Frame Frame::child(Vec2 origin, double scale, double turns, bool flip) const noexcept {
  const double m = flip ? -1.0 : 1.0;
  const double c = cosine(turns) * scale;
  const double s = m * sine(turns) * scale;  // the mirror image of the turned drawing
  const Vec2 moved = (*this)(origin);
  return {(xx * c + xy * s) * m, xy * c - xx * s, (yx * c + yy * s) * m,
          yy * c - yx * s,       moved.x,         moved.y};
}

namespace {

double catmull_rom(double a, double b, double c, double d, double t) noexcept {
  return b +
         0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)));
}

}  // namespace

Path blob(std::span<const Vec2> points, int steps) {
  const std::size_t n = points.size();
  Path out;
  out.reserve(n * static_cast<std::size_t>(steps));
  for (std::size_t i = 0; i < n; ++i) {
    const Vec2 a = points[(i + n - 1) % n];
    const Vec2 b = points[i];
    const Vec2 c = points[(i + 1) % n];
    const Vec2 d = points[(i + 2) % n];
    for (int k = 0; k < steps; ++k) {
      const double t = static_cast<double>(k) / steps;
      out.push_back({catmull_rom(a.x, b.x, c.x, d.x, t), catmull_rom(a.y, b.y, c.y, d.y, t)});
    }
  }
  return out;
}

Path ellipse(Vec2 centre, double rx, double ry, double turns, int corners) {
  const double c = cosine(turns);
  const double s = sine(turns);
  Path out;
  out.reserve(static_cast<std::size_t>(corners));
  for (int i = 0; i < corners; ++i) {
    const double t = static_cast<double>(i) / corners;
    const double x = rx * cosine(t);
    const double y = ry * sine(t);
    out.push_back({centre.x + c * x - s * y, centre.y + s * x + c * y});
  }
  return out;
}

Path ribbon(std::span<const Vec2> points, std::span<const double> half_widths, int steps) {
  struct Station {
    double x, y, w;
  };
  std::vector<Station> line;
  const std::size_t n = points.size();
  for (std::size_t i = 0; i + 1 < n; ++i) {
    const std::size_t before = i == 0 ? 0 : i - 1;
    const std::size_t after = std::min(i + 2, n - 1);
    for (int k = 0; k < steps; ++k) {
      const double t = static_cast<double>(k) / steps;
      line.push_back(
          {catmull_rom(points[before].x, points[i].x, points[i + 1].x, points[after].x, t),
           catmull_rom(points[before].y, points[i].y, points[i + 1].y, points[after].y, t),
           half_widths[i] + (half_widths[i + 1] - half_widths[i]) * t});
    }
  }
  line.push_back({points[n - 1].x, points[n - 1].y, half_widths[n - 1]});

  Path left;
  Path right;
  Vec2 first_normal;
  Vec2 last_normal;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const Station& a = line[i == 0 ? 0 : i - 1];
    const Station& b = line[std::min(i + 1, line.size() - 1)];
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = std::sqrt(dx * dx + dy * dy) + 1e-12;
    const Vec2 normal{dy / length, -dx / length};
    if (i == 0) first_normal = normal;
    last_normal = normal;
    left.push_back({line[i].x + normal.x * line[i].w, line[i].y + normal.y * line[i].w});
    right.push_back({line[i].x - normal.x * line[i].w, line[i].y - normal.y * line[i].w});
  }
  // Round ends: half circles from the left side to the right at the end, and back at the beginning.
  constexpr int kCap = 6;
  const auto cap = [&](const Station& s, Vec2 normal, double sign) {
    if (s.w < 0.4) return;
    for (int k = 1; k < kCap; ++k) {
      const double t = 0.5 * k / kCap;
      const double c = cosine(t) * sign * s.w;
      const double d = sine(t) * sign * s.w;
      left.push_back({s.x + c * normal.x - d * normal.y, s.y + c * normal.y + d * normal.x});
    }
  };
  cap(line.back(), last_normal, 1.0);
  left.insert(left.end(), right.rbegin(), right.rend());
  cap(line.front(), first_normal, -1.0);
  return left;
}

Noise::Noise(Rng rng) : table_(static_cast<std::size_t>(kSide * kSide)) {
  for (double& value : table_) value = rng.unit();
}

double Noise::at(double x, double y) const noexcept {
  const int column = floor_int(x);
  const int row = floor_int(y);
  const double fx = x - column;
  const double fy = y - row;
  const double u = fx * fx * (3.0 - 2.0 * fx);
  const double v = fy * fy * (3.0 - 2.0 * fy);
  const int x0 = column & (kSide - 1);
  const int x1 = (column + 1) & (kSide - 1);
  const double* upper = &table_[static_cast<std::size_t>((row & (kSide - 1)) * kSide)];
  const double* lower = &table_[static_cast<std::size_t>(((row + 1) & (kSide - 1)) * kSide)];
  const double a = upper[x0] + (upper[x1] - upper[x0]) * u;
  const double b = lower[x0] + (lower[x1] - lower[x0]) * u;
  return a + (b - a) * v;
}

double Noise::fractal(double x, double y, int octaves) const noexcept {
  double sum = 0.0;
  double total = 0.0;
  double amplitude = 1.0;
  for (int i = 0; i < octaves; ++i) {
    sum += amplitude * at(x, y);
    total += amplitude;
    amplitude *= 0.5;
    x = x * 2.0 + 17.3;  // moved, so that the octaves' grid lines do not coincide
    y = y * 2.0 + 5.7;
  }
  return sum / total;
}

Layer::Layer() : pixels_(static_cast<std::size_t>(kSide * kSide)) {}

double Layer::alpha_at(Vec2 p) const noexcept {
  if (!(p.x >= 0.0 && p.y >= 0.0 && p.x < kSide && p.y < kSide)) return 0.0;
  return at(static_cast<int>(p.x), static_cast<int>(p.y)).a;
}

Layer::Box Layer::cover(const Path& path) {
  constexpr auto kEnd = static_cast<double>(kSide);
  Vec2 low{kEnd, kEnd};
  Vec2 high{0.0, 0.0};
  for (const Vec2 p : path) {
    low = {std::min(low.x, p.x), std::min(low.y, p.y)};
    high = {std::max(high.x, p.x), std::max(high.y, p.y)};
  }
  const Box box{static_cast<int>(std::max(low.x, 0.0)), static_cast<int>(std::max(low.y, 0.0)),
                static_cast<int>(std::clamp(high.x + 1.0, 0.0, kEnd)),
                static_cast<int>(std::clamp(high.y + 1.0, 0.0, kEnd))};
  if (box.x0 >= box.x1 || box.y0 >= box.y1) return {0, 0, 0, 0};
  const int stride = box.x1 - box.x0 + kSpare;
  coverage_.assign(static_cast<std::size_t>(stride * (box.y1 - box.y0)), 0.0);

  for (std::size_t i = 0; i < path.size(); ++i) {
    Vec2 p = path[i];
    Vec2 q = path[(i + 1) % path.size()];
    const double sign = p.y < q.y ? 1.0 : -1.0;
    if (p.y > q.y) std::swap(p, q);
    const double top = std::max(p.y, 0.0);
    const double bottom = std::min(q.y, kEnd);
    if (top >= bottom) continue;
    const double slope = (q.x - p.x) / (q.y - p.y);
    for (int row = static_cast<int>(top); row < box.y1 && row < bottom; ++row) {
      const double ya = std::max(top, static_cast<double>(row));
      const double yb = std::min(bottom, row + 1.0);
      double xa = std::clamp(p.x + (ya - p.y) * slope, static_cast<double>(box.x0), kEnd);
      double xb = std::clamp(p.x + (yb - p.y) * slope, static_cast<double>(box.x0), kEnd);
      if (xa > xb) std::swap(xa, xb);
      double* out = &coverage_[static_cast<std::size_t>((row - box.y0) * stride)];
      const double height = sign * (yb - ya);
      // What an edge covers of a pixel counts from there on to the right, the rest from the next
      // pixel on.
      const int first = static_cast<int>(xa);
      const int last = std::min(static_cast<int>(xb), box.x1);
      const auto add = [&](int column, double share, double middle) {
        const double inside = middle - column;
        out[column - box.x0] += share * (1.0 - inside);
        out[column - box.x0 + 1] += share * inside;
      };
      if (first >= last) {
        add(std::min(first, last), height, 0.5 * (xa + xb));
        continue;
      }
      const double per_x = height / (xb - xa);
      for (int column = first; column <= last; ++column) {
        const double from = std::max(xa, static_cast<double>(column));
        const double to = std::min(xb, column + 1.0);
        add(column, per_x * (to - from), 0.5 * (from + to));
      }
    }
  }
  return box;
}

void Layer::fill(const Path& path, Colour colour, double alpha, Blend blend) {
  fill(
      path,
      [=](Vec2) {
        return Paint{colour, alpha};
      },
      blend);
}

void Layer::soft_blob(Vec2 centre, double rx, double ry, Colour colour, double alpha, Blend blend) {
  const int x0 = std::clamp(floor_int(centre.x - rx), 0, kSide);
  const int x1 = std::clamp(floor_int(centre.x + rx) + 1, 0, kSide);
  const int y0 = std::clamp(floor_int(centre.y - ry), 0, kSide);
  const int y1 = std::clamp(floor_int(centre.y + ry) + 1, 0, kSide);
  if (blend == Blend::over) touch({x0, y0, x1, y1});
  for (int y = y0; y < y1; ++y) {
    const double v = (y + 0.5 - centre.y) / ry;
    for (int x = x0; x < x1; ++x) {
      const double u = (x + 0.5 - centre.x) / rx;
      const double inside = 1.0 - u * u - v * v;
      if (inside > 0.0) blend_pixel(at(x, y), colour, alpha * inside * inside, blend);
    }
  }
}

namespace {

Layer::Pixel& operator+=(Layer::Pixel& a, const Layer::Pixel& b) noexcept {
  a = {a.r + b.r, a.g + b.g, a.b + b.b, a.a + b.a};
  return a;
}
Layer::Pixel& operator-=(Layer::Pixel& a, const Layer::Pixel& b) noexcept {
  a = {a.r - b.r, a.g - b.g, a.b - b.b, a.a - b.a};
  return a;
}
Layer::Pixel operator*(const Layer::Pixel& a, float s) noexcept {
  return {a.r * s, a.g * s, a.b * s, a.a * s};
}

/// Blurs a (height, width) field by two box means each way: close to a Gaussian. What lies outside
/// counts as the border's value. The running sums make the cost independent of the radius.
template <typename T>
void smooth(T* field, int width, int height, int radius) {
  const auto place = [width](int x, int y) { return static_cast<std::size_t>(y * width + x); };
  const float scale = 1.0F / static_cast<float>(2 * radius + 1);
  std::vector<T> other(place(0, height));
  std::vector<T> sums(static_cast<std::size_t>(width));
  for (int pass = 0; pass < 2; ++pass) {
    for (int y = 0; y < height; ++y) {
      const T* in = field + place(0, y);
      T* out = other.data() + place(0, y);
      T sum{};
      for (int i = -radius; i < radius; ++i) sum += in[std::clamp(i, 0, width - 1)];
      for (int x = 0; x < width; ++x) {
        sum += in[std::min(x + radius, width - 1)];
        out[x] = sum * scale;
        sum -= in[std::max(x - radius, 0)];
      }
    }
    std::fill(sums.begin(), sums.end(), T{});
    const auto row = [&](int y) { return other.data() + place(0, std::clamp(y, 0, height - 1)); };
    for (int i = -radius; i < radius; ++i) {
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] += row(i)[x];
    }
    for (int y = 0; y < height; ++y) {
      const T* enters = row(y + radius);
      const T* leaves = row(y - radius);
      T* out = field + place(0, y);
      for (std::size_t x = 0; x < sums.size(); ++x) {
        sums[x] += enters[x];
        out[x] = sums[x] * scale;
        sums[x] -= leaves[x];
      }
    }
  }
}

}  // namespace

void Layer::shade(Light light, int radius, double relief, double ambient, double gloss) {
  if (drawn_.x0 >= drawn_.x1) return;
  // The margin is transparent, or it is the picture's border, beyond which a shape goes on.
  const int margin = 2 * radius + 1;
  const Box box{std::max(drawn_.x0 - margin, 0), std::max(drawn_.y0 - margin, 0),
                std::min(drawn_.x1 + margin, kSide), std::min(drawn_.y1 + margin, kSide)};
  const int width = box.x1 - box.x0;
  const int height = box.y1 - box.y0;
  std::vector<float> field(static_cast<std::size_t>(width * height));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      field[static_cast<std::size_t>(y * width + x)] = at(box.x0 + x, box.y0 + y).a;
    }
  }
  smooth(field.data(), width, height, radius);
  const auto rise = [&](int x, int y) {
    return static_cast<double>(field[static_cast<std::size_t>(std::clamp(y, 0, height - 1) * width +
                                                              std::clamp(x, 0, width - 1))]);
  };
  const double steepness = relief * radius;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      Pixel& p = at(box.x0 + x, box.y0 + y);
      if (p.a <= 0.0F) continue;
      const double nx = steepness * (rise(x - 1, y) - rise(x + 1, y));
      const double ny = steepness * (rise(x, y - 1) - rise(x, y + 1));
      const double length = std::sqrt(nx * nx + ny * ny + 1.0);
      const double facing = std::max((nx * light.x + ny * light.y + light.z) / length, 0.0);
      const auto factor = static_cast<float>(ambient + (1.0 - ambient) * facing * 1.35);
      const double mirrored = std::max(2.0 * facing / length - light.z, 0.0);  // Phong: r·view
      const double sharp = mirrored * mirrored * mirrored * mirrored;
      const float glint = static_cast<float>(gloss * sharp * sharp) * p.a;
      p.r = p.r * factor + glint;
      p.g = p.g * factor + glint;
      p.b = p.b * factor + glint;
    }
  }
}

void Layer::blur(int radius, int y0, int y1) {
  smooth(&pixels_[index(0, y0)], kSide, y1 - y0, radius);
  const int reach = 2 * radius;
  if (drawn_.x0 < drawn_.x1) {
    touch({std::max(drawn_.x0 - reach, 0), std::max(drawn_.y0 - reach, 0),
           std::min(drawn_.x1 + reach, kSide), std::min(drawn_.y1 + reach, kSide)});
  }
}

void Layer::lay(const Layer& top) noexcept {
  touch(top.drawn_);
  for (int y = top.drawn_.y0; y < top.drawn_.y1; ++y) {
    for (int x = top.drawn_.x0; x < top.drawn_.x1; ++x) {
      const Pixel& t = top.at(x, y);
      Pixel& p = at(x, y);
      const float keep = 1.0F - t.a;
      p = {p.r * keep + t.r, p.g * keep + t.g, p.b * keep + t.b, p.a * keep + t.a};
    }
  }
}

void Layer::clear() noexcept {
  for (int y = drawn_.y0; y < drawn_.y1; ++y) {
    for (int x = drawn_.x0; x < drawn_.x1; ++x) at(x, y) = Pixel{};
  }
  drawn_ = {kSide, kSide, 0, 0};
}

}  // namespace camloss::scene
