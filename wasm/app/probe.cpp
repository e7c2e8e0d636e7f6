// Probes on pictures of either form; positions are in unit coordinates, so both forms change alike.
#include "wasm/app/probe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "shared/picture/fill.h"

namespace camloss::ui {
namespace {

constexpr int kNowhere = -1;

/// Source index of each output position under a shift given as a share of n; kNowhere where the moved photo is not.
std::vector<int> shifted(int n, float share) {
  std::vector<int> from(static_cast<std::size_t>(n));
  const int by = static_cast<int>(std::lround(share * static_cast<float>(n)));
  for (int i = 0; i < n; ++i) {
    const int source = i - by;
    from[static_cast<std::size_t>(i)] = source < 0 || source >= n ? kNowhere : source;
  }
  return from;
}

/// Where a moved photo left nothing. (height, width); empty where it was not moved
std::vector<std::uint8_t> vacated(const std::vector<int>& from_x, const std::vector<int>& from_y) {
  const auto gone = [](const std::vector<int>& from) {
    return std::find(from.begin(), from.end(), kNowhere) != from.end();
  };
  std::vector<std::uint8_t> hole;
  if (!gone(from_x) && !gone(from_y)) return hole;
  hole.reserve(from_x.size() * from_y.size());
  for (const int y : from_y) {
    for (const int x : from_x) hole.push_back(x == kNowhere || y == kNowhere ? 255 : 0);
  }
  return hole;
}

constexpr float kPaint = 0.5F;  // mid-grey

}  // namespace

std::vector<std::uint8_t> painted_mask(std::span<const Stroke> strokes, int w, int h,
                                       float aspect) {
  std::vector<std::uint8_t> mask(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), 0);
  for (const Stroke& s : strokes) {
    const float rx = s.radius, ry = s.radius * aspect;
    const auto fw = static_cast<float>(w), fh = static_cast<float>(h);
    const int x0 = std::max(0, static_cast<int>((s.x - rx) * fw)),
              x1 = std::min(w, static_cast<int>((s.x + rx) * fw) + 1);
    const int y0 = std::max(0, static_cast<int>((s.y - ry) * fh)),
              y1 = std::min(h, static_cast<int>((s.y + ry) * fh) + 1);
    for (int y = y0; y < y1; ++y) {
      for (int x = x0; x < x1; ++x) {
        const float dx = ((static_cast<float>(x) + 0.5F) / fw - s.x) / rx;
        const float dy = ((static_cast<float>(y) + 0.5F) / fh - s.y) / ry;
        if (dx * dx + dy * dy <= 1)
          mask[static_cast<std::size_t>(y) * static_cast<std::size_t>(w) +
               static_cast<std::size_t>(x)] = 255;
      }
    }
  }
  return mask;
}

void fill_packed(PackedInput& input, std::span<const std::uint8_t> hole, int side) {
  if (hole.empty()) return;
  std::vector<float> planes(input.begin(), input.end());
  fill_hole(planes, hole, side, side);
  for (std::size_t i = 0; i < input.size() && i < planes.size(); ++i)
    input[i] = static_cast<std::uint16_t>(std::clamp(planes[i] + 0.5F, 0.0F, 65535.0F));
}

std::array<float, 9> hue_rotation(float degrees) {
  // Rotation about the grey axis with the luminance weights of sRGB, as in the SVG filter
  // feColorMatrix "hueRotate".
  const float a = degrees * std::numbers::pi_v<float> / 180.0F;
  const float c = std::cos(a), s = std::sin(a);
  return {0.213F + c * 0.787F - s * 0.213F, 0.715F - c * 0.715F - s * 0.715F,
          0.072F - c * 0.072F + s * 0.928F, 0.213F - c * 0.213F + s * 0.143F,
          0.715F + c * 0.285F + s * 0.140F, 0.072F - c * 0.072F - s * 0.283F,
          0.213F - c * 0.213F - s * 0.787F, 0.715F - c * 0.715F + s * 0.715F,
          0.072F + c * 0.928F + s * 0.072F};
}

PackedInput probed_input(const PackedInput& input, int side, const ProbeChange& probe,
                         float aspect) {
  const auto n = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  const std::vector<int> from_x = shifted(side, probe.shift_x),
                         from_y = shifted(side, probe.shift_y);
  const std::vector<std::uint8_t> mask = painted_mask(probe.strokes, side, side, aspect);
  const std::array<float, 9> m = hue_rotation(probe.hue);
  const bool rotate = std::abs(probe.hue) > 0.5F;
  PackedInput out(3 * n);
  std::size_t o = 0;
  for (int y = 0; y < side; ++y) {
    const int sy = from_y[static_cast<std::size_t>(y)];
    for (int x = 0; x < side; ++x, ++o) {
      const int sx = from_x[static_cast<std::size_t>(x)];
      if (sx == kNowhere || sy == kNowhere) continue;  // filled in below
      const auto i = static_cast<std::size_t>(sy) * static_cast<std::size_t>(side) +
                     static_cast<std::size_t>(sx);
      if (!rotate) {
        for (std::size_t c = 0; c < 3; ++c) out[c * n + o] = input[c * n + i];
      } else {
        const auto r = static_cast<float>(input[i]), g = static_cast<float>(input[n + i]),
                   b = static_cast<float>(input[2 * n + i]);
        for (std::size_t c = 0; c < 3; ++c) {
          const float v = m[3 * c] * r + m[3 * c + 1] * g + m[3 * c + 2] * b;
          out[c * n + o] = static_cast<std::uint16_t>(std::clamp(v + 0.5F, 0.0F, 65535.0F));
        }
      }
    }
  }
  fill_packed(out, vacated(from_x, from_y), side);
  for (o = 0; o < n; ++o) {
    if (mask[o] != 0)
      out[o] = out[n + o] = out[2 * n + o] = static_cast<std::uint16_t>(kPaint * 65535.0F);
  }
  return out;
}

void probed_picture(const Image& picture, int longest, const ProbeChange& probe, Image& out) {
  const float scale =
      std::min(1.0F, static_cast<float>(longest) /
                         static_cast<float>(std::max(picture.width, picture.height)));
  const int w = std::max(1, static_cast<int>(static_cast<float>(picture.width) * scale));
  const int h = std::max(1, static_cast<int>(static_cast<float>(picture.height) * scale));
  const auto pixels = static_cast<std::size_t>(w) * static_cast<std::size_t>(h);
  out.width = w;
  out.height = h;
  out.channels = 4;
  out.pixels.resize(pixels * 4);
  const std::vector<int> from_x = shifted(w, probe.shift_x), from_y = shifted(h, probe.shift_y);
  const std::vector<std::uint8_t> mask =
      painted_mask(probe.strokes, w, h, static_cast<float>(w) / static_cast<float>(h));
  // Fixed point with 10 bits: this runs for every pixel while the user drags.
  std::array<int, 9> m{};
  const std::array<float, 9> rotation = hue_rotation(probe.hue);
  for (std::size_t i = 0; i < 9; ++i) m[i] = static_cast<int>(std::lround(rotation[i] * 1024.0F));
  const bool rotate = std::abs(probe.hue) > 0.5F;
  std::size_t o = 0;
  for (int y = 0; y < h; ++y) {
    const int from_row = from_y[static_cast<std::size_t>(y)];
    const int sy = from_row * picture.height / h;
    for (int x = 0; x < w; ++x, ++o) {
      std::uint8_t* to = &out.pixels[4 * o];
      to[3] = 255;
      const int from_column = from_x[static_cast<std::size_t>(x)];
      if (from_row == kNowhere || from_column == kNowhere) continue;  // filled in below
      const int sx = from_column * picture.width / w;
      const std::uint8_t* from =
          &picture
               .pixels[4 * (static_cast<std::size_t>(sy) * static_cast<std::size_t>(picture.width) +
                            static_cast<std::size_t>(sx))];
      if (!rotate) {
        std::copy_n(from, 3, to);
        continue;
      }
      for (std::size_t c = 0; c < 3; ++c) {
        const int v =
            (m[3 * c] * from[0] + m[3 * c + 1] * from[1] + m[3 * c + 2] * from[2] + 512) >> 10;
        to[c] = static_cast<std::uint8_t>(std::clamp(v, 0, 255));
      }
    }
  }
  if (const auto hole = vacated(from_x, from_y); !hole.empty()) fill_hole(out, hole);
  for (o = 0; o < pixels; ++o) {
    if (mask[o] != 0)
      std::fill_n(&out.pixels[4 * o], 3, static_cast<std::uint8_t>(kPaint * 255.0F));
  }
}

}  // namespace camloss::ui
