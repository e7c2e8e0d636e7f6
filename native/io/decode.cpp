// Decoding by one decoder a format, with limits from the header and the orientation applied here.
#include "native/io/decode.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "native/base/error.h"
#include "native/io/decode_formats.h"
#include "native/io/picture_header.h"

namespace camloss::io {
namespace {

void check_size(const PictureHeader& header, std::string_view name) {
  const auto refused = [&](std::string why, std::string hint) {
    return UserError({std::move(why), std::move(hint), std::string(name)});
  };
  if (header.width < 1 || header.height < 1) {
    throw refused("damaged " + std::string(to_string(header.format)) + ": no size in its header",
                  "the file may be incomplete");
  }
  const std::string size = std::to_string(header.width) + "x" + std::to_string(header.height);
  if (header.width > kMaxImageSide || header.height > kMaxImageSide) {
    throw refused(size + " pixels: a side is longer than " + std::to_string(kMaxImageSide),
                  "make the picture smaller");
  }
  if (header.width * header.height > kMaxImagePixels) {
    throw refused(
        size + " pixels are more than " + std::to_string(kMaxImagePixels / 1'000'000) + " million",
        "make the picture smaller");
  }
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

Image decoded(std::span<const std::uint8_t> bytes, const PictureHeader& header,
              std::string_view name) {
  const auto damaged = [&](const std::string& why) {
    return damaged_picture(name, to_string(header.format), why);
  };
  if (!header.complete) throw damaged("its data end too early");
  Image (*const decode)(std::span<const std::uint8_t>, std::string_view) =
      header.format == PictureFormat::jpeg   ? decode_jpeg
      : header.format == PictureFormat::png  ? decode_png
      : header.format == PictureFormat::webp ? decode_webp
                                             : decode_bmp;
  Image image = decode(bytes, name);
  if (image.width != header.width || image.height != header.height) {
    throw damaged("its header and its data disagree about the size");
  }
  return image;
}

}  // namespace

Image decode_picture(std::span<const std::uint8_t> bytes, std::string_view name) {
  if (bytes.empty()) throw UserError({"the file is empty", "remove it", std::string(name)});
  if (bytes.size() > kMaxPictureBytes) {
    throw UserError({"larger than " + std::to_string(kMaxPictureBytes >> 20U) + " MiB",
                     "that is the limit for a picture file", std::string(name)});
  }
  const PictureHeader header = read_picture_header(bytes);
  const std::string formats = "use JPEG, PNG, WebP, GIF or BMP";
  switch (header.format) {
    case PictureFormat::jpeg:
    case PictureFormat::png:
    case PictureFormat::webp:
    case PictureFormat::bmp:
      check_size(header, name);
      return oriented(decoded(bytes, header, name), header.orientation);
    case PictureFormat::gif:
      return decode_gif(bytes, name);
    case PictureFormat::unknown:
      throw UserError({"is not a picture", formats, std::string(name)});
    default:
      throw UserError({std::string(to_string(header.format)) + " cannot be decoded here", formats,
                       std::string(name)});
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
