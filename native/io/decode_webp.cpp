// WebP by libwebp; an animation's first frame by its own decoder of animations.
#include <webp/decode.h>
#include <webp/demux.h>

#include <cstddef>
#include <memory>

#include "native/io/decode_formats.h"

namespace camloss::io {
namespace {

constexpr std::string_view kFormat = "WebP";

struct FreeDecoder {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

Image empty_image(int width, int height, int channels) {
  Image image;
  image.width = width;
  image.height = height;
  image.channels = channels;
  image.pixels.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                      static_cast<std::size_t>(channels));
  return image;
}

Image first_frame(std::span<const std::uint8_t> bytes, std::string_view name) {
  const WebPData data{bytes.data(), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, FreeDecoder> decoder(WebPAnimDecoderNew(&data, nullptr));
  WebPAnimInfo info;
  std::uint8_t* canvas = nullptr;
  int time = 0;
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0 ||
      WebPAnimDecoderGetNext(decoder.get(), &canvas, &time) == 0) {
    throw damaged_picture(name, kFormat, "its first frame cannot be read");
  }
  Image image =
      empty_image(static_cast<int>(info.canvas_width), static_cast<int>(info.canvas_height), 4);
  image.pixels.assign(canvas, canvas + image.pixels.size());
  return image;
}

}  // namespace

Image decode_webp(std::span<const std::uint8_t> bytes, std::string_view name) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK) {
    throw damaged_picture(name, kFormat, "its header cannot be read");
  }
  if (features.has_animation != 0) return first_frame(bytes, name);
  Image image = empty_image(features.width, features.height, features.has_alpha != 0 ? 4 : 3);
  const int stride = image.width * image.channels;
  const auto* decoded = image.channels == 4
                            ? WebPDecodeRGBAInto(bytes.data(), bytes.size(), image.pixels.data(),
                                                 image.pixels.size(), stride)
                            : WebPDecodeRGBInto(bytes.data(), bytes.size(), image.pixels.data(),
                                                image.pixels.size(), stride);
  if (decoded == nullptr) throw damaged_picture(name, kFormat, "its data cannot be read");
  return image;
}

}  // namespace camloss::io
