// GIF by giflib, record by record up to the first frame, so that a long animation costs nothing.
#include <gif_lib.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "native/io/decode_formats.h"

namespace camloss::io {
namespace {

struct GifInput {
  std::span<const std::uint8_t> bytes;
  std::size_t at = 0;
};

int read_input(GifFileType* gif, GifByteType* out, int count) {
  auto& input = *static_cast<GifInput*>(gif->UserData);
  const std::size_t n =
      std::min(static_cast<std::size_t>(std::max(count, 0)), input.bytes.size() - input.at);
  std::copy_n(input.bytes.begin() + static_cast<std::ptrdiff_t>(input.at), n, out);
  input.at += n;
  return static_cast<int>(n);
}

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

[[noreturn]] void refuse(std::string_view name, const std::string& why) {
  throw damaged_picture(name, "GIF", why);
}

/// As giflib says it. It gives no reason where a frame ends before its code size.
[[noreturn]] void refuse(std::string_view name, const GifFileType& gif) {
  const char* why = GifErrorString(gif.Error);
  refuse(name, std::string(why != nullptr ? why : "its data end too early"));
}

/// Reads extension blocks; a graphic control block gives the transparent palette index.
void read_extension(GifFileType* gif, std::string_view name, std::optional<int>& transparent) {
  int code = 0;
  GifByteType* block = nullptr;
  if (DGifGetExtension(gif, &code, &block) != GIF_OK) refuse(name, *gif);
  while (block != nullptr) {
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && block[0] == 4 &&
        DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
      transparent = control.TransparentColor == NO_TRANSPARENT_COLOR
                        ? std::nullopt
                        : std::optional<int>(control.TransparentColor);
    }
    if (DGifGetExtensionNext(gif, &block) != GIF_OK) refuse(name, *gif);
  }
}

/// The order in which an interlaced frame's rows are stored: every eighth, then what lies between.
std::vector<int> row_order(int height, bool interlaced) {
  std::vector<int> rows;
  rows.reserve(static_cast<std::size_t>(height));
  if (!interlaced) {
    for (int y = 0; y < height; ++y) rows.push_back(y);
    return rows;
  }
  constexpr int kFirst[] = {0, 4, 2, 1};
  constexpr int kStep[] = {8, 8, 4, 2};
  for (int pass = 0; pass < 4; ++pass) {
    for (int y = kFirst[pass]; y < height; y += kStep[pass]) rows.push_back(y);
  }
  return rows;
}

Image read_frame(GifFileType* gif, std::string_view name, std::optional<int> transparent) {
  if (DGifGetImageDesc(gif) != GIF_OK) refuse(name, *gif);
  const GifImageDesc& frame = gif->Image;
  const ColorMapObject* palette = frame.ColorMap != nullptr ? frame.ColorMap : gif->SColorMap;
  if (frame.Width < 1 || frame.Height < 1 || frame.Left < 0 || frame.Top < 0) {
    refuse(name, "empty frame");
  }
  Image image;
  image.channels = 4;
  image.width = std::max(gif->SWidth, frame.Left + frame.Width);
  image.height = std::max(gif->SHeight, frame.Top + frame.Height);
  if (image.width > kMaxImageSide || image.height > kMaxImageSide ||
      std::int64_t{image.width} * image.height > kMaxImagePixels) {
    throw UserError(
        {std::to_string(image.width) + "x" + std::to_string(image.height) + " pixels are too many",
         "make the picture smaller", std::string(name)});
  }
  image.pixels.assign(
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height) * 4, 0);
  std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));  // palette indices
  for (const int y : row_order(frame.Height, frame.Interlace)) {
    if (DGifGetLine(gif, line.data(), frame.Width) != GIF_OK) {
      refuse(name, *gif);
    }
    std::uint8_t* out = image.pixels.data() + (static_cast<std::size_t>(frame.Top + y) *
                                                   static_cast<std::size_t>(image.width) +
                                               static_cast<std::size_t>(frame.Left)) *
                                                  4;
    for (const int index : line) {
      if (palette == nullptr) {
        out[3] = 255;  // black, as in browsers
      } else if (index != transparent && index < palette->ColorCount) {
        const GifColorType& c = palette->Colors[index];
        out[0] = c.Red;
        out[1] = c.Green;
        out[2] = c.Blue;
        out[3] = 255;
      }
      out += 4;
    }
  }
  return image;
}

}  // namespace

Image decode_gif(std::span<const std::uint8_t> bytes, std::string_view name) {
  GifInput input{bytes};
  int error = 0;
  const std::unique_ptr<GifFileType, CloseGif> gif(DGifOpen(&input, read_input, &error));
  if (!gif) {
    const char* why = GifErrorString(error);
    refuse(name, why != nullptr ? why : "no header");
  }
  std::optional<int> transparent;
  for (;;) {
    GifRecordType record = UNDEFINED_RECORD_TYPE;
    if (DGifGetRecordType(gif.get(), &record) != GIF_OK) {
      refuse(name, *gif);
    }
    switch (record) {
      case EXTENSION_RECORD_TYPE:
        read_extension(gif.get(), name, transparent);
        break;
      case IMAGE_DESC_RECORD_TYPE:
        return read_frame(gif.get(), name, transparent);
      default:
        refuse(name, "no frame");
    }
  }
}

}  // namespace camloss::io
