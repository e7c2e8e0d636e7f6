// Decoding by OpenCV (giflib for GIF), with limits from the header and the orientation applied by
// hand.
#include "native/io/decode.h"

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "native/base/error.h"
#include "native/io/decode_gif.h"
#include "native/io/picture_header.h"

namespace camloss::io {
namespace {

void check_size(const PictureHeader& header, std::string_view name) {
  const std::string of = std::string(name) + ": ";
  if (header.width < 1 || header.height < 1) {
    throw UserError(
        of + "damaged " + std::string(to_string(header.format)) + ": no size in its header",
        "the file may be incomplete");
  }
  const std::string size = std::to_string(header.width) + "x" + std::to_string(header.height);
  if (header.width > kMaxImageSide || header.height > kMaxImageSide) {
    throw UserError(of + size + " pixels: a side is longer than " + std::to_string(kMaxImageSide),
                    "make the picture smaller");
  }
  if (header.width * header.height > kMaxImagePixels) {
    throw UserError(of + size + " pixels are more than " +
                        std::to_string(kMaxImagePixels / 1'000'000) + " million",
                    "make the picture smaller");
  }
}

/// A decoded matrix (grey, BGR or BGRA; 8 or 16 bits) to RGB or RGBA bytes.
template <class Channel>
Image to_image(const cv::Mat& decoded) {
  const int in_channels = decoded.channels();
  Image image;
  image.width = decoded.cols;
  image.height = decoded.rows;
  image.channels = in_channels == 4 ? 4 : 3;
  image.pixels.resize(static_cast<std::size_t>(image.width) *
                      static_cast<std::size_t>(image.height) *
                      static_cast<std::size_t>(image.channels));
  // The upper byte of 16, as browsers take it.
  const auto byte = [](Channel value) {
    return static_cast<std::uint8_t>(value >> (8 * (sizeof(Channel) - 1)));
  };
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < decoded.rows; ++y) {
    const auto* in = decoded.ptr<Channel>(y);
    for (int x = 0; x < decoded.cols; ++x, in += in_channels, out += image.channels) {
      out[0] = byte(in[in_channels == 1 ? 0 : 2]);
      out[1] = byte(in[in_channels == 1 ? 0 : 1]);
      out[2] = byte(in[0]);
      if (in_channels == 4) out[3] = byte(in[3]);
    }
  }
  return image;
}

/// The picture as it is meant to be seen: EXIF orientations 2…8 are mirrorings and quarter turns of
/// the stored one.
Image oriented(Image stored, int orientation) {
  if (orientation <= 1 || orientation > 8) return stored;
  const bool swaps = orientation >= 5;
  Image image;
  image.channels = stored.channels;
  image.width = swaps ? stored.height : stored.width;
  image.height = swaps ? stored.width : stored.height;
  image.pixels.resize(stored.pixels.size());
  const int right = stored.width - 1;
  const int bottom = stored.height - 1;
  const auto source = [&](int x, int y) -> std::array<int, 2> {
    switch (orientation) {
      case 2:
        return {right - x, y};
      case 3:
        return {right - x, bottom - y};
      case 4:
        return {x, bottom - y};
      case 5:
        return {y, x};
      case 6:
        return {y, bottom - x};
      case 7:
        return {right - y, bottom - x};
      default:
        return {right - y, x};
    }
  };
  std::uint8_t* out = image.pixels.data();
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x, out += image.channels) {
      const auto [from_x, from_y] = source(x, y);
      const std::uint8_t* in = stored.pixels.data() + (static_cast<std::size_t>(from_y) *
                                                           static_cast<std::size_t>(stored.width) +
                                                       static_cast<std::size_t>(from_x)) *
                                                          static_cast<std::size_t>(stored.channels);
      std::copy_n(in, stored.channels, out);
    }
  }
  return image;
}

/// How OpenCV is asked: alpha and depth are kept where they mean something.
int decoder_flags(const PictureHeader& header) {
  switch (header.format) {
    case PictureFormat::jpeg:
      return cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;
    case PictureFormat::bmp:
      // The fourth byte of most 32-bit BMPs is no alpha but padding, usually 0.
      return header.bmp_has_alpha ? cv::IMREAD_UNCHANGED
                                  : cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;
    default:
      return cv::IMREAD_UNCHANGED;
  }
}

Image decode_with_opencv(std::span<const std::uint8_t> bytes, const PictureHeader& header,
                         std::string_view name) {
  const auto damaged = [&](const std::string& why) {
    return UserError(std::string(name) + ": damaged " + std::string(to_string(header.format)) + why,
                     "the file may be incomplete");
  };
  if (!header.complete) throw damaged(": its data end too early");
  cv::Mat decoded;
  try {
    // imdecode takes a matrix of bytes and does not write to it.
    const cv::Mat input(1, static_cast<int>(bytes.size()), CV_8UC1,
                        const_cast<std::uint8_t*>(bytes.data()));
    decoded = cv::imdecode(input, decoder_flags(header));
  } catch (const cv::Exception& error) {
    throw damaged(": " + error.err);
  }
  const int channels = decoded.channels();
  if (decoded.empty() || (channels != 1 && channels != 3 && channels != 4)) throw damaged("");
  if (decoded.cols != header.width || decoded.rows != header.height) {
    throw damaged(": its header and its data disagree about the size");
  }
  switch (decoded.depth()) {
    case CV_8U:
      return to_image<std::uint8_t>(decoded);
    case CV_16U:
      return to_image<std::uint16_t>(decoded);
    default:
      throw damaged(": neither 8 nor 16 bits a channel");
  }
}

}  // namespace

Image decode_picture(std::span<const std::uint8_t> bytes, std::string_view name) {
  if (bytes.empty()) throw UserError(std::string(name) + ": the file is empty", "remove it");
  if (bytes.size() > kMaxPictureBytes) {
    throw UserError(
        std::string(name) + ": larger than " + std::to_string(kMaxPictureBytes >> 20U) + " MiB",
        "that is the limit for a picture file");
  }
  const PictureHeader header = read_picture_header(bytes);
  const std::string formats = "use JPEG, PNG, WebP, GIF or BMP";
  switch (header.format) {
    case PictureFormat::jpeg:
    case PictureFormat::png:
    case PictureFormat::webp:
    case PictureFormat::bmp:
      check_size(header, name);
      return oriented(decode_with_opencv(bytes, header, name), header.orientation);
    case PictureFormat::gif:
      return decode_gif(bytes, name);
    case PictureFormat::unknown:
      throw UserError(std::string(name) + ": is not a picture", formats);
    default:
      throw UserError(std::string(name) + ": " + std::string(to_string(header.format)) +
                          " cannot be decoded here",
                      formats);
  }
}

bool has_picture_ending(std::string_view name) {
  static constexpr std::array<std::string_view, 15> kEndings{
      ".jpg", ".jpeg", ".jpe",  ".jfif", ".png", ".webp", ".gif", ".bmp",
      ".dib", ".avif", ".heic", ".heif", ".tif", ".tiff", ".jxl"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  });
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return lower.ends_with(ending); });
}

}  // namespace camloss::io
