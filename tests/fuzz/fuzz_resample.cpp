// libFuzzer: any size, channels, network size and pixels. What is accepted must be finite, within
// the range of the picture on white and, where that is affordable, equal to the definition in
// double precision; enlarged maps must keep the range of the map.
//
// Input: width 2 bytes, height 2, side 1, kind 1, then pixels (repeated until the picture is full).
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "shared/picture/resample.h"
#include "tests/fuzz/bytes.h"

using namespace camloss;
using fuzz::require;

namespace {

constexpr std::int64_t kMostPixels =
    1 << 16;                        // that an input may ask for: two rows of the widest picture
constexpr float kRounding = 1e-3F;  // of 255, float sums of up to 32768 weights

/// A channel of a pixel on white, as the definition has it.
double on_white(ImageView picture, int x, int y, int channel) {
  const std::uint8_t* const pixel =
      picture.data + (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                      static_cast<std::size_t>(x)) *
                         static_cast<std::size_t>(picture.channels);
  const double alpha = picture.channels == 4 ? pixel[3] / 255.0 : 1.0;
  return pixel[channel] * alpha + 255.0 * (1 - alpha);
}

double weight(int in, int out, int o, int i) {
  const double scale = static_cast<double>(in) / out, support = std::max(1.0, scale);
  return std::max(0.0, 1 - std::abs(i + 0.5 - (o + 0.5) * scale) / support);
}

/// One output value straight from the definition: both filters at once.
double direct(ImageView picture, int side, int channel, int oy, int ox) {
  double sum = 0, total = 0;
  for (int y = 0; y < picture.height; ++y) {
    const double wy = weight(picture.height, side, oy, y);
    if (wy == 0) continue;
    for (int x = 0; x < picture.width; ++x) {
      const double w = wy * weight(picture.width, side, ox, x);
      if (w == 0) continue;
      sum += w * on_white(picture, x, y, channel);
      total += w;
    }
  }
  return sum / total;
}

void check_range(ImageView picture, std::span<const float> planes) {
  for (int c = 0; c < 3; ++c) {
    double low = 255, high = 0;
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        const double value = on_white(picture, x, y, c);
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
    const std::size_t n = planes.size() / 3;
    for (const float value : planes.subspan(static_cast<std::size_t>(c) * n, n)) {
      require(std::isfinite(value) && value >= low - kRounding * 255 &&
              value <= high + kRounding * 255);
    }
  }
}

void check_pictures(fuzz::Bytes& bytes, int width, int height, int side, int channels) {
  // Refused before a pixel is read, so none need be there.
  static ResampleScratch kept;
  std::vector<float> out(3 * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  const bool is_fine = width > 0 && height > 0 && width <= kMaxImageSide &&
                       height <= kMaxImageSide &&
                       static_cast<std::int64_t>(width) * height <= kMaxImagePixels &&
                       (channels == 3 || channels == 4);
  if (!is_fine) {
    const std::uint8_t one[4] = {};
    const Status status = resample_picture({one, width, height, channels}, side, out, kept);
    require(!status && !status.error().what.empty() && !status.error().hint.empty());
    return;
  }
  if (static_cast<std::int64_t>(width) * height > kMostPixels) return;
  // Exactly as long as the picture: a byte too many read is a finding.
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) *
                                   static_cast<std::size_t>(height) *
                                   static_cast<std::size_t>(channels));
  const auto pattern = bytes.take(4096);
  for (std::size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = pattern.empty() ? 77 : pattern[i % pattern.size()];
  const ImageView picture{pixels.data(), width, height, channels};
  require(static_cast<bool>(resample_picture(picture, side, out, kept)));
  check_range(picture, out);
  ResampleScratch fresh;
  std::vector<float> again(out.size());
  require(static_cast<bool>(resample_picture(picture, side, again, fresh)));
  require(out == again);
  if (pixels.size() > 1024 || side > 16) return;
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const float value = out[static_cast<std::size_t>((c * side + y) * side + x)];
        require(std::abs(direct(picture, side, c, y, x) - static_cast<double>(value)) < 0.01);
      }
    }
  }
}

void check_map(fuzz::Bytes& bytes, int width, int height, int cells) {
  width = std::clamp(width, 1, 4096);
  height = std::clamp(height, 1, 4096);
  if (static_cast<std::int64_t>(width) * height > kMostPixels) return;
  std::vector<float> map(static_cast<std::size_t>(cells) * static_cast<std::size_t>(cells));
  float low = std::numeric_limits<float>::infinity(), high = -low;
  for (float& value : map) {
    value = static_cast<float>(bytes.any_int()) / 65536.0F;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::vector<float> out(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  upsample_bilinear(map, cells, cells, out, width, height);
  const float slack = std::max(std::abs(low), std::abs(high)) * 1e-6F;
  for (const float value : out) require(value >= low - slack && value <= high + slack);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Bytes bytes(data, size);
  const int width = bytes.word(), height = bytes.word();
  const int side = 8 * (1 + bytes.byte() % 16);
  const int kind = bytes.byte();
  switch (kind % 4) {
    case 0:
      check_pictures(bytes, width, height, side, 3);
      break;
    case 1:
      check_pictures(bytes, width, height, side, 4);
      break;
    case 2:
      check_map(bytes, width, height, 1 + side / 8);
      break;
    // Sizes that 16 bits do not hold, and channels that do not exist.
    default: {
      const int odd_width = bytes.any_int(), odd_height = bytes.any_int();
      check_pictures(bytes, odd_width, odd_height, 8, kind / 4 % 8);
    }
  }
  return 0;
}
