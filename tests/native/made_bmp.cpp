// Writes BMPs of every kind.
#include "tests/native/made_bmp.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace camloss::train {
namespace {

void put(Bytes& out, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// Shades of one ramp through the colours, (2^bits, RGB).
std::vector<std::array<int, 3>> palette_of(std::uint32_t bits) {
  std::vector<std::array<int, 3>> palette;
  const int last = (1 << bits) - 1;
  for (int i = 0; i <= last; ++i)
    palette.push_back({i * 255 / last, (i * 77) % 256, 255 - i * 255 / last});
  return palette;
}

std::array<std::uint32_t, 4> masks_of(const BmpKind& kind) {
  if (kind.compression == 3 || kind.compression == 6) return kind.masks;
  if (kind.bits == 16) return {0x7C00, 0x3E0, 0x1F, 0};
  return {0xFF0000, 0xFF00, 0xFF, 0};
}

std::array<int, 4> rgba(const Image& image, int x, int y) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t at = static_cast<std::size_t>(y * image.width + x) * channels;
  std::array<int, 4> out{0, 0, 0, 255};
  for (std::size_t c = 0; c < channels; ++c) out[c] = image.pixels[at + c];
  return out;
}

/// A byte as a channel of a mask stores it.
std::uint32_t stored(int value, std::uint32_t mask) {
  if (mask == 0) return 0;
  const int shift = std::countr_zero(mask);
  const std::uint32_t most = mask >> shift;
  return static_cast<std::uint32_t>(std::lround(value / 255.0 * most)) << shift;
}

int shown(std::uint32_t pixel, std::uint32_t mask) {
  const int shift = std::countr_zero(mask);
  const std::uint32_t most = mask >> shift;
  const std::uint32_t value = (pixel & mask) >> shift;
  return most > 255 ? static_cast<int>(value >> (std::bit_width(most) - 8))
                    : static_cast<int>(std::lround(255.0 * value / most));
}

std::uint32_t pixel_of(const Image& image, int x, int y, const BmpKind& kind) {
  const auto colour = rgba(image, x, y);
  if (kind.bits <= 8) return static_cast<std::uint32_t>(colour[0]) * ((1U << kind.bits) - 1) / 255;
  std::uint32_t pixel = 0;
  const auto masks = masks_of(kind);
  for (std::size_t c = 0; c < 4; ++c) pixel |= stored(colour[c], masks[c]);
  return pixel;
}

void put_runs(Bytes& out, const std::vector<std::uint32_t>& row, bool eight) {
  for (std::size_t at = 0; at < row.size();) {
    std::size_t end = at;
    while (end < row.size() && end - at < 255 && row[end] == row[at]) ++end;
    const std::size_t left = row.size() - at;
    if (end - at >= 3 || left < 3) {
      put(out, static_cast<std::uint32_t>(end - at), 1);
      put(out, eight ? row[at] : row[at] * 17, 1);
      at = end;
      continue;
    }
    const std::size_t count = std::min<std::size_t>(left, 5);  // as they are, padded to 16 bits
    put(out, 0, 1);
    put(out, static_cast<std::uint32_t>(count), 1);
    const std::size_t begin = out.size();
    for (std::size_t i = 0; i < count; i += eight ? 1 : 2) {
      const std::uint32_t low = !eight && i + 1 < count ? row[at + i + 1] : 0;
      put(out, eight ? row[at + i] : row[at + i] << 4U | low, 1);
    }
    if ((out.size() - begin) % 2 != 0) put(out, 0, 1);
    at += count;
  }
  put(out, 0, 2);
}

}  // namespace

Bytes made_bmp(const Image& image, const BmpKind& kind) {
  Bytes info;
  put(info, kind.header, 4);
  const int size = kind.header == 12 ? 2 : 4;
  put(info, static_cast<std::uint32_t>(image.width), size);
  put(info, static_cast<std::uint32_t>(kind.top_down ? -image.height : image.height), size);
  put(info, 1, 2);
  put(info, kind.bits, 2);
  if (kind.header > 16) {
    put(info, kind.compression, 4);
    for (int i = 0; i < 5; ++i) put(info, 0, 4);
  }
  const bool is_masked = kind.compression == 3 || kind.compression == 6;
  const std::size_t channels = kind.header >= 56 || kind.compression == 6 ? 4 : 3;
  if (is_masked || (kind.header >= 52 && kind.header != 64)) {
    for (std::size_t c = 0; c < channels; ++c) put(info, kind.masks[c], 4);
  }
  if (info.size() < kind.header) info.resize(kind.header);
  if (kind.bits <= 8) {
    for (const auto& colour : palette_of(kind.bits)) {
      for (std::size_t c = 3; c-- > 0;) put(info, static_cast<std::uint32_t>(colour[c]), 1);
      if (kind.header != 12) put(info, 0, 1);
    }
  }
  Bytes pixels;
  for (int line = 0; line < image.height; ++line) {
    const int y = kind.top_down ? line : image.height - 1 - line;
    std::vector<std::uint32_t> row;
    for (int x = 0; x < image.width; ++x) row.push_back(pixel_of(image, x, y, kind));
    if (kind.compression == 1 || kind.compression == 2) {
      put_runs(pixels, row, kind.compression == 1);
      continue;
    }
    const std::size_t begin = pixels.size();
    std::uint32_t held = 0, count = 0;
    for (const std::uint32_t pixel : row) {
      if (kind.bits >= 8) {
        put(pixels, pixel, static_cast<int>(kind.bits / 8));
        continue;
      }
      held = held << kind.bits | pixel;
      if ((count += kind.bits) == 8) {
        put(pixels, held, 1);
        held = count = 0;
      }
    }
    if (count > 0) put(pixels, held << (8 - count), 1);
    while ((pixels.size() - begin) % 4 != 0) pixels.push_back(0);
  }
  if (kind.compression == 1 || kind.compression == 2) put(pixels, 0x0100, 2);
  Bytes out{'B', 'M'};
  const auto offset = static_cast<std::uint32_t>(14 + info.size());
  put(out, static_cast<std::uint32_t>(offset + pixels.size()), 4);
  put(out, 0, 4);
  put(out, offset, 4);
  out.insert(out.end(), info.begin(), info.end());
  out.insert(out.end(), pixels.begin(), pixels.end());
  return out;
}

Image expected_bmp(const Image& image, const BmpKind& kind) {
  Image out;
  out.width = image.width;
  out.height = image.height;
  out.channels = 4;
  const auto masks = masks_of(kind);
  const auto palette = kind.bits <= 8 ? palette_of(kind.bits) : std::vector<std::array<int, 3>>();
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::uint32_t pixel = pixel_of(image, x, y, kind);
      for (std::size_t c = 0; c < 3; ++c) {
        out.pixels.push_back(static_cast<std::uint8_t>(kind.bits <= 8  ? palette[pixel][c]
                                                       : masks[c] == 0 ? 0
                                                                       : shown(pixel, masks[c])));
      }
      out.pixels.push_back(
          static_cast<std::uint8_t>(kind.bits > 8 && masks[3] != 0 ? shown(pixel, masks[3]) : 255));
    }
  }
  return out;
}

}  // namespace camloss::train
