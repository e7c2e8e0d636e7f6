// PNG by OpenCV.
#include "native/io/png.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "native/base/error.h"
#include "native/io/files.h"

namespace camloss::io {

void write_png(const std::filesystem::path& path, ImageView picture) {
  // OpenCV reads only; its constructor takes no pointer to constant data.
  const cv::Mat view(picture.height, picture.width, CV_8UC(picture.channels),
                     const_cast<std::uint8_t*>(picture.data));
  cv::Mat stored;
  if (picture.channels == 1) {
    stored = view;
  } else {
    cv::cvtColor(view, stored, picture.channels == 3 ? cv::COLOR_RGB2BGR : cv::COLOR_RGBA2BGRA);
  }
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", stored, bytes))
    throw UserError("cannot encode " + path.string() + " as PNG");
  write_file_atomically(path, bytes);
}

Image reduced_rgb(ImageView picture, int side) {
  Image rgb;
  rgb.width = picture.width;
  rgb.height = picture.height;
  const std::size_t count =
      static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  rgb.pixels.resize(count * 3);
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* p = picture.data + i * channels;
    const int alpha = channels == 4 ? p[3] : 255;
    for (std::size_t c = 0; c < 3; ++c) {
      rgb.pixels[i * 3 + c] =
          static_cast<std::uint8_t>((p[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  const int longest = std::max(rgb.width, rgb.height);
  if (longest <= side) return rgb;
  const auto scaled = [&](int length) {
    return std::max(1, (length * side + longest / 2) / longest);
  };
  Image small;
  small.width = scaled(rgb.width);
  small.height = scaled(rgb.height);
  small.pixels.resize(static_cast<std::size_t>(small.width) *
                      static_cast<std::size_t>(small.height) * 3);
  const cv::Mat from(rgb.height, rgb.width, CV_8UC3, rgb.pixels.data());
  cv::Mat to(small.height, small.width, CV_8UC3, small.pixels.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
  return small;
}

}  // namespace camloss::io
