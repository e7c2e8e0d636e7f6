// Resampling: triangle filters, the streaming two-pass reduction of pictures, bilinear enlargement
// of maps.
#include "shared/picture/resample.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "shared/base/index.h"

namespace camloss {
namespace {

/// Composites one row on white.
/// @param row  (width, channels) bytes
/// @param out  (width, 4) floats, 4th lane unused
void row_on_white(const std::uint8_t* row, int width, int channels, float* out) noexcept {
  if (channels == 3) {
    for (Index x = 0; x < width; ++x) {
      out[4 * x + 0] = static_cast<float>(row[3 * x + 0]);
      out[4 * x + 1] = static_cast<float>(row[3 * x + 1]);
      out[4 * x + 2] = static_cast<float>(row[3 * x + 2]);
      out[4 * x + 3] = 0;
    }
    return;
  }
  const Index lanes = 4 * width;
  std::uint8_t opaque = 255;
  for (Index i = 3; i < lanes; i += 4) opaque = static_cast<std::uint8_t>(opaque & row[i]);
  for (Index i = 0; i < lanes; ++i) out[i] = static_cast<float>(row[i]);
  if (opaque == 255) return;  // the usual photo: nothing shows through
  for (Index x = 0; x < width; ++x) {
    const float alpha = out[4 * x + 3] / 255.0F;
    for (Index c = 0; c < 3; ++c) out[4 * x + c] = out[4 * x + c] * alpha + 255.0F * (1.0F - alpha);
  }
}

/// Filters one row.
/// @param row  (in_width, 4)
/// @param out  (side, 4)
void filter_row(const float* row, const FilterBank& bank, float* out) noexcept {
  for (Index x = 0; x < std::ssize(bank.taps); ++x) {
    const FilterTap tap = bank.taps[x];
    const float* weight = bank.weights.data() + tap.offset;
    const float* in = row + 4 * tap.first;
    float sum[4] = {0, 0, 0, 0};
    for (int k = 0; k < tap.count; ++k, in += 4) {
      for (int c = 0; c < 4; ++c) sum[c] += weight[k] * in[c];
    }
    for (int c = 0; c < 4; ++c) out[4 * x + c] = sum[c];
  }
}

/// Opaque RGBA → three planes, four bytes at a time as one number, which vectorises.
/// @return false where a pixel is not opaque
bool planes_of_opaque(const std::uint8_t* rgba, Index count, float* out) noexcept {
  static_assert(std::endian::native == std::endian::little, "red must be the lowest byte");
  std::uint32_t all = ~0U;
  for (Index i = 0; i < count; ++i) {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, rgba + 4 * i, sizeof pixel);
    all &= pixel;
    out[i] = static_cast<float>(static_cast<std::int32_t>(pixel & 255U));
    out[count + i] = static_cast<float>(static_cast<std::int32_t>(pixel >> 8 & 255U));
    out[2 * count + i] = static_cast<float>(static_cast<std::int32_t>(pixel >> 16 & 255U));
  }
  return all >> 24 == 255U;
}

/// A picture that has the network's size already: the filter's weights are all 1, the planes are
/// the bytes.
void planes_of(ImageView picture, float* out) noexcept {
  const Index count = Index{picture.width} * picture.height;
  if (picture.channels == 3) {
    for (Index c = 0; c < 3; ++c) {
      for (Index i = 0; i < count; ++i) {
        out[c * count + i] = static_cast<float>(picture.data[3 * i + c]);
      }
    }
    return;
  }
  if (planes_of_opaque(picture.data, count, out)) return;
  for (Index i = 0; i < count; ++i) {
    const float alpha = static_cast<float>(picture.data[4 * i + 3]) / 255.0F;
    for (Index c = 0; c < 3; ++c) {
      out[c * count + i] = out[c * count + i] * alpha + 255.0F * (1.0F - alpha);
    }
  }
}

Status check_picture(ImageView picture, int side, std::size_t out_size) {
  const auto refuse = [](std::string what, std::string hint) {
    return Error{std::move(what), std::move(hint)};
  };
  if (picture.data == nullptr || picture.width < 1 || picture.height < 1) {
    return refuse("the picture is empty", "it has no pixels; give one of at least 1x1");
  }
  if (picture.channels != 3 && picture.channels != 4) {
    return refuse("the picture has " + std::to_string(picture.channels) + " channels",
                  "convert it to RGB or RGBA");
  }
  const std::string size = std::to_string(picture.width) + "x" + std::to_string(picture.height);
  if (picture.width > kMaxImageSide || picture.height > kMaxImageSide) {
    return refuse(
        "the picture is too large: " + size,
        "the limit is " + std::to_string(kMaxImageSide) + " pixels a side; reduce it first");
  }
  if (std::int64_t{picture.width} * picture.height > kMaxImagePixels) {
    return refuse("the picture is too large: " + size,
                  "the limit is " + std::to_string(kMaxImagePixels / 1'000'000) +
                      " megapixels; reduce it first");
  }
  if (side < 1 || std::cmp_not_equal(out_size, std::int64_t{3} * side * side)) {
    return refuse("the output of resampling has the wrong size", "it must be 3 x side x side");
  }
  return ok();
}

}  // namespace

FilterBank triangle_filter(int in, int out) {
  FilterBank bank;
  if (in < 1 || out < 1) return bank;
  const double scale = static_cast<double>(in) / out;
  const double support = std::max(1.0, scale);  // half-width of the triangle, in input samples
  bank.taps.reserve(out);
  std::vector<double> weights;
  for (int i = 0; i < out; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(std::floor(centre - support + 0.5)));
    const int last = std::min(in, static_cast<int>(std::floor(centre + support + 0.5)));
    weights.clear();
    double sum = 0;
    for (int x = first; x < last; ++x) {
      weights.push_back(std::max(0.0, 1.0 - std::abs(x + 0.5 - centre) / support));
      sum += weights.back();
    }
    bank.taps.push_back({first, last - first, static_cast<int>(bank.weights.size())});
    for (const double w : weights) bank.weights.push_back(static_cast<float>(w / sum));
  }
  return bank;
}

Status resample_picture(ImageView picture, int side, std::span<float> out,
                        ResampleScratch& scratch) {
  if (Status checked = check_picture(picture, side, out.size()); !checked) return checked;
  if (picture.width == side && picture.height == side) {
    planes_of(picture, out.data());
    return ok();
  }
  if (scratch.in_width != picture.width || scratch.out_side != side) {
    scratch.horizontal = triangle_filter(picture.width, side);
    scratch.rows.resize(4 * (Index{picture.width} + side));
  }
  if (scratch.in_height != picture.height || scratch.out_side != side) {
    scratch.vertical = triangle_filter(picture.height, side);
  }
  scratch.in_width = picture.width;
  scratch.in_height = picture.height;
  scratch.out_side = side;

  float* const source = scratch.rows.data();          // (width, 4)
  float* const reduced = source + 4 * picture.width;  // (side, 4)
  const Index n = side;
  std::fill(out.begin(), out.end(), 0.0F);
  // Each input row is filtered once and added to every output row whose tap covers it; taps only
  // move downwards.
  Index next = 0;
  for (int y = 0; y < picture.height; ++y) {
    const auto& taps = scratch.vertical.taps;
    while (next < n && taps[next].first + taps[next].count <= y) ++next;
    if (next == n) break;
    if (taps[next].first > y) continue;
    row_on_white(picture.data + Index{y} * picture.width * picture.channels, picture.width,
                 picture.channels, source);
    filter_row(source, scratch.horizontal, reduced);
    for (Index o = next; o < n && taps[o].first <= y; ++o) {
      if (taps[o].first + taps[o].count <= y) continue;
      const float weight = scratch.vertical.weights[taps[o].offset + y - taps[o].first];
      for (Index c = 0; c < 3; ++c) {
        float* const row = out.data() + (c * n + o) * n;
        for (Index x = 0; x < n; ++x) row[x] += weight * reduced[4 * x + c];
      }
    }
  }
  return ok();
}

void upsample_bilinear(std::span<const float> map, int in_w, int in_h, std::span<float> out,
                       int out_w, int out_h) noexcept {
  if (in_w < 1 || in_h < 1 || out_w < 1 || out_h < 1) return;
  constexpr int kRow = 1024;     // map values of a row that are blended together
  constexpr int kColumns = 256;  // outputs of a row that are computed together
  float blended[kRow];
  int left[kColumns];
  float share[kColumns];
  const float step_x = static_cast<float>(in_w) / static_cast<float>(out_w);
  const float step_y = static_cast<float>(in_h) / static_cast<float>(out_h);
  // So many columns that what they read fits into `blended`, however much the map is reduced.
  const int columns = std::clamp(static_cast<int>((kRow - 4) / step_x), 1, kColumns);
  for (int start = 0; start < out_w; start += columns) {
    const int count = std::min(columns, out_w - start);
    for (int i = 0; i < count; ++i) {
      const float sx = std::clamp((static_cast<float>(start + i) + 0.5F) * step_x - 0.5F, 0.0F,
                                  static_cast<float>(in_w - 1));
      left[i] = static_cast<int>(sx);
      share[i] = sx - static_cast<float>(left[i]);
    }
    const int first = left[0];
    const int width = std::min(left[count - 1] + 2, in_w) - first;
    for (int i = 0; i < count; ++i) left[i] -= first;
    for (int y = 0; y < out_h; ++y) {
      const float sy = std::clamp((static_cast<float>(y) + 0.5F) * step_y - 0.5F, 0.0F,
                                  static_cast<float>(in_h - 1));
      const int y0 = static_cast<int>(sy);
      const float fy = sy - static_cast<float>(y0);
      const float* const top = map.data() + Index{y0} * in_w + first;
      const float* const bottom = y0 + 1 < in_h ? top + in_w : top;
      for (int x = 0; x < width; ++x) blended[x] = top[x] + fy * (bottom[x] - top[x]);
      blended[width] = blended[width - 1];  // right of the last cell its value goes on
      float* const row = out.data() + Index{y} * out_w + start;
      for (int i = 0; i < count; ++i) {
        row[i] = blended[left[i]] + share[i] * (blended[left[i] + 1] - blended[left[i]]);
      }
    }
  }
}

void normalise(std::span<float> planes, std::span<const float, 3> mean,
               std::span<const float, 3> std) noexcept {
  const Index n = std::ssize(planes) / 3;
  for (Index c = 0; c < 3; ++c) {
    const float scale = 1.0F / (255.0F * std[c]);
    const float shift = -mean[c] / std[c];
    float* const plane = planes.data() + c * n;
    for (Index i = 0; i < n; ++i) plane[i] = plane[i] * scale + shift;
  }
}

}  // namespace camloss
