// resample_picture, and what its planes are turned into.
#include "native/data/resampled.h"

#include <algorithm>
#include <cstddef>

#include "native/base/error.h"
#include "shared/picture/packed.h"
#include "shared/picture/resample.h"

namespace camloss::train {

std::uint8_t whole_level(float level) {
  return static_cast<std::uint8_t>(std::clamp(level + 0.5F, 0.0F, 255.0F));
}

std::vector<float> resampled(ImageView picture, int side, const std::string& name) {
  const auto n = static_cast<std::size_t>(side);
  std::vector<float> planes(3 * n * n);
  ResampleScratch scratch;
  value_or_throw(resample_picture(picture, side, planes, scratch), name);
  return planes;
}

std::vector<std::uint16_t> resampled_packed(ImageView picture, int side, const std::string& name) {
  const std::vector<float> planes = resampled(picture, side, name);
  std::vector<std::uint16_t> result(planes.size());
  std::ranges::transform(planes, result.begin(), packed);
  return result;
}

Image image_of(std::span<const float> planes, int side) {
  const std::size_t pixels = planes.size() / 3;
  Image image{side, side, 3, std::vector<std::uint8_t>(planes.size())};
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      image.pixels[i * 3 + c] = whole_level(planes[c * pixels + i]);
    }
  }
  return image;
}

}  // namespace camloss::train
