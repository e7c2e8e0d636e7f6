// PNG by libpng and its transforms; the first frame of an animation whose default picture is hidden.
#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "native/io/decode_formats.h"

namespace camloss::io {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kSignature = 8, kChunkFrame = 12;  // bytes; length, type and sum of a chunk
constexpr std::size_t kFrameControl = 26;                // bytes of fcTL
constexpr std::uint32_t kEnd = 0x49454E44;               // "IEND"

struct PngInput {
  std::span<const std::uint8_t> bytes;
  std::size_t at = 0;
};

void read_input(png_structp png, png_bytep out, std::size_t count) {
  auto& input = *static_cast<PngInput*>(png_get_io_ptr(png));
  if (count > input.bytes.size() - input.at) png_error(png, "its data end too early");
  std::copy_n(input.bytes.begin() + static_cast<std::ptrdiff_t>(input.at), count, out);
  input.at += count;
}

/// What libpng says last; fixed, as its errors jump over destructors.
struct Message {
  char text[160] = {};
};

void leave(png_structp png, png_const_charp why) {
  auto& message = *static_cast<Message*>(png_get_error_ptr(png));
  std::strncpy(message.text, why, sizeof message.text - 1);
  png_longjmp(png, 1);
}

void print_nothing(png_structp, png_const_charp) {}

class Png {
 public:
  Png(std::span<const std::uint8_t> bytes, std::string_view name) : name_(name), input_{bytes} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &message_, leave, print_nothing);
    info_ = png_ != nullptr ? png_create_info_struct(png_) : nullptr;
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, &info_, nullptr);
      throw std::bad_alloc();
    }
    png_set_read_fn(png_, &input_, read_input);
  }
  ~Png() { png_destroy_read_struct(&png_, &info_, nullptr); }
  Png(const Png&) = delete;
  Png& operator=(const Png&) = delete;

  /// Calls libpng. `call` makes no object with a destructor: libpng's errors jump over it.
  template <class Call>
  void run(const Call& call) {
    if (setjmp(png_jmpbuf(png_)) != 0) throw damaged_picture(name_, "PNG", message_.text);
    call();
  }
  /// Reads what stands behind the pixels. The end chunk counts even where its checksum is cut off.
  void read_end() {
    if (setjmp(png_jmpbuf(png_)) != 0) {
      if (png_get_io_chunk_type(png_) == kEnd) return;
      throw damaged_picture(name_, "PNG", message_.text);
    }
    png_read_end(png_, nullptr);
  }
  [[nodiscard]] png_structp png() const { return png_; }
  [[nodiscard]] png_infop info() const { return info_; }

 private:
  std::string_view name_;
  PngInput input_;
  Message message_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

/// A palette that is shorter than its depth allows goes on with its last colour, as in browsers.
void fill_palette(png_structp png, png_infop info) {
  png_colorp colours = nullptr;
  int count = 0;
  if (png_get_PLTE(png, info, &colours, &count) == 0 || count == 0) return;
  const int most = 1 << png_get_bit_depth(png, info);
  if (png_get_color_type(png, info) != PNG_COLOR_TYPE_PALETTE || count >= most) return;
  png_color filled[PNG_MAX_PALETTE_LENGTH];
  std::copy_n(colours, count, filled);
  std::fill(filled + count, filled + most, filled[count - 1]);
  png_bytep alpha = nullptr;
  int alpha_count = 0;
  png_byte filled_alpha[PNG_MAX_PALETTE_LENGTH];
  if (png_get_tRNS(png, info, &alpha, &alpha_count, nullptr) != 0 && alpha_count == count) {
    std::copy_n(alpha, count, filled_alpha);
    std::fill(filled_alpha + count, filled_alpha + most, filled_alpha[count - 1]);
    png_set_tRNS(png, info, filled_alpha, most, nullptr);
  }
  png_set_PLTE(png, info, filled, most);
}

Image decode_still(std::span<const std::uint8_t> bytes, std::string_view name) {
  Png file(bytes, name);
  png_structp png = file.png();
  png_infop info = file.info();
  file.run([&] {
    png_set_user_limits(png, kMaxImageSide, kMaxImageSide);
    png_read_info(png, info);
    fill_palette(png, info);
    png_set_expand(png);  // palettes, fewer bits than 8, and tRNS to alpha
    png_set_gray_to_rgb(png);
    png_set_strip_16(png);  // the upper byte of 16, as browsers take it
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
  });
  Image image;
  image.width = static_cast<int>(png_get_image_width(png, info));
  image.height = static_cast<int>(png_get_image_height(png, info));
  image.channels = png_get_channels(png, info);
  const std::size_t row = png_get_rowbytes(png, info);
  image.pixels.resize(row * static_cast<std::size_t>(image.height));
  std::vector<png_bytep> rows(static_cast<std::size_t>(image.height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = image.pixels.data() + y * row;
  file.run([&] { png_read_image(png, rows.data()); });
  file.read_end();
  return image;
}

std::uint32_t big(std::span<const std::uint8_t> bytes, std::size_t at) {
  return png_get_uint_32(bytes.data() + at);
}

void put_big(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
}

void put_chunk(Bytes& out, std::string_view type, std::span<const std::uint8_t> body) {
  put_big(out, static_cast<std::uint32_t>(body.size()));
  const std::size_t start = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), body.begin(), body.end());
  put_big(out, static_cast<std::uint32_t>(
                   ::crc32(0, out.data() + start, static_cast<uInt>(out.size() - start))));
}

/// The first frame of an animation as a PNG of its own, and its place on the canvas.
struct Frame {
  Bytes png;
  std::uint32_t left = 0, top = 0;  // pixels
  std::uint32_t canvas_width = 0, canvas_height = 0;
};

/// Null where the file's default picture is what is shown (APNG specification: an fcTL before IDAT
/// makes it the first frame). Throws UserError for a frame that makes no sense.
std::optional<Frame> hidden_first_frame(std::span<const std::uint8_t> bytes,
                                        std::string_view name) {
  if (bytes.size() < kSignature + kChunkFrame + 13) return std::nullopt;
  Frame frame;
  Bytes header, before;  // IHDR's body; the chunks that the pixels need
  Bytes pixels;
  bool is_animated = false, after_default = false, in_frame = false;
  std::uint32_t sequence = 0;
  const auto check_sequence = [&](std::uint32_t number) {
    if (number != sequence++) throw damaged_picture(name, "PNG", "its frames are out of order");
  };
  for (std::size_t at = kSignature; at + kChunkFrame <= bytes.size();) {
    const std::size_t length = big(bytes, at);
    if (length > bytes.size() - at - kChunkFrame) return std::nullopt;
    const std::string_view type(reinterpret_cast<const char*>(bytes.data()) + at + 4, 4);
    const auto body = bytes.subspan(at + 8, length);
    if (type == "IHDR") {
      // The caller has checked the size in the first one only.
      if (at != kSignature) throw damaged_picture(name, "PNG", "it has a second header");
      if (length == 13) header.assign(body.begin(), body.end());
    } else if (type == "acTL" && !after_default) {
      is_animated = length == 8 && big(body, 0) > 0;
    } else if (type == "PLTE" || type == "tRNS") {
      put_chunk(before, type, body);
    } else if (type == "IDAT") {
      if (!is_animated || in_frame) return std::nullopt;
      after_default = true;
    } else if (type == "fcTL") {
      if (!is_animated || length != kFrameControl || header.empty() || in_frame) break;
      check_sequence(big(body, 0));
      const std::uint32_t width = big(body, 4), height = big(body, 8);
      frame.left = big(body, 12);
      frame.top = big(body, 16);
      frame.canvas_width = big(header, 0);
      frame.canvas_height = big(header, 4);
      if (width == 0 || height == 0 || std::uint64_t{frame.left} + width > frame.canvas_width ||
          std::uint64_t{frame.top} + height > frame.canvas_height) {
        throw damaged_picture(name, "PNG", "its first frame leaves the picture");
      }
      if (!after_default) return std::nullopt;
      std::copy_n(body.begin() + 4, 8, header.begin());
      in_frame = true;
    } else if (type == "fdAT" && in_frame && length > 4) {
      check_sequence(big(body, 0));
      pixels.insert(pixels.end(), body.begin() + 4, body.end());
    } else if (type == "IEND") {
      break;
    }
    at += length + kChunkFrame;
  }
  if (!in_frame || pixels.empty()) return std::nullopt;
  frame.png.assign(bytes.begin(), bytes.begin() + kSignature);
  put_chunk(frame.png, "IHDR", header);
  frame.png.insert(frame.png.end(), before.begin(), before.end());
  put_chunk(frame.png, "IDAT", pixels);
  put_chunk(frame.png, "IEND", {});
  return frame;
}

/// A frame at its place on a transparent canvas.
Image on_canvas(const Image& image, const Frame& frame) {
  Image canvas;
  canvas.width = static_cast<int>(frame.canvas_width);
  canvas.height = static_cast<int>(frame.canvas_height);
  if (canvas.width == image.width && canvas.height == image.height) return image;
  canvas.channels = 4;
  canvas.pixels.assign(std::size_t{frame.canvas_width} * frame.canvas_height * 4, 0);
  const auto channels = static_cast<std::size_t>(image.channels);
  const auto width = static_cast<std::size_t>(image.width);
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t* in = image.pixels.data() + (y * width + x) * channels;
      std::uint8_t* out =
          canvas.pixels.data() + ((y + frame.top) * frame.canvas_width + x + frame.left) * 4;
      std::copy_n(in, 3, out);
      out[3] = channels == 4 ? in[3] : 255;
    }
  }
  return canvas;
}

/// The file with a tRNS no longer than its palette: of a longer one libpng drops all, browsers the
/// rest; empty where there is nothing to change.
Bytes with_fitting_alpha(std::span<const std::uint8_t> bytes) {
  std::size_t colours = 0;
  for (std::size_t at = kSignature; at + kChunkFrame <= bytes.size();) {
    const std::size_t length = big(bytes, at);
    const std::string_view type(reinterpret_cast<const char*>(bytes.data()) + at + 4, 4);
    if (type == "IDAT" || length > bytes.size() - at - kChunkFrame) break;
    if (type == "IHDR" && (length != 13 || bytes[at + 17] != PNG_COLOR_TYPE_PALETTE)) break;
    if (type == "PLTE") colours = length / 3;
    if (type == "tRNS" && colours > 0 && length > colours) {
      const auto before = bytes.first(at);
      const auto after = bytes.subspan(at + kChunkFrame + length);
      Bytes out(before.begin(), before.end());
      put_chunk(out, type, bytes.subspan(at + 8, colours));
      out.insert(out.end(), after.begin(), after.end());
      return out;
    }
    at += length + kChunkFrame;
  }
  return {};
}

}  // namespace

Image decode_png(std::span<const std::uint8_t> bytes, std::string_view name) {
  const Bytes fitting = with_fitting_alpha(bytes);
  if (!fitting.empty()) bytes = fitting;
  if (const auto frame = hidden_first_frame(bytes, name)) {
    return on_canvas(decode_still(frame->png, name), *frame);
  }
  return decode_still(bytes, name);
}

}  // namespace camloss::io
