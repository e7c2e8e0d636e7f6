// JPEG by libjpeg, with the settings of browsers: exact DCT, smooth upsampling of colour.
#include <csetjmp>
#include <cstddef>
#include <cstdio>
// Needs <cstdio> before it.
#include <jerror.h>
#include <jpeglib.h>

#include <string>
#include <vector>

#include "native/io/decode_formats.h"

namespace camloss::io {
namespace {

/// libjpeg's errors return to `back`; its warnings are kept, not printed.
struct Errors {
  jpeg_error_mgr base;  // first, so that libjpeg's pointer to it is a pointer to this
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
  bool ended_early;
};

void leave(j_common_ptr info) {
  auto* errors = reinterpret_cast<Errors*>(info->err);
  (*info->err->format_message)(info, errors->message);
  std::longjmp(errors->back, 1);
}

void note(j_common_ptr info, int level) {
  if (level >= 0) return;  // a trace
  ++info->err->num_warnings;
  if (info->err->msg_code == JWRN_JPEG_EOF)
    reinterpret_cast<Errors*>(info->err)->ended_early = true;
}

void print_nothing(j_common_ptr) {}

class Decompressor {
 public:
  Decompressor(std::span<const std::uint8_t> bytes, std::string_view name) : name_(name) {
    errors_.message[0] = '\0';
    errors_.ended_early = false;
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = leave;
    errors_.base.emit_message = note;
    errors_.base.output_message = print_nothing;
    run([&] {
      jpeg_create_decompress(&info_);
      jpeg_mem_src(&info_, bytes.data(), static_cast<unsigned long>(bytes.size()));
    });
  }
  ~Decompressor() { jpeg_destroy_decompress(&info_); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  /// Calls libjpeg. `call` makes no object with a destructor: libjpeg's errors jump over it.
  template <class Call>
  void run(const Call& call) {
    if (setjmp(errors_.back) != 0) throw damaged(errors_.message);
    call();
  }
  [[nodiscard]] UserError damaged(const std::string& why) const {
    return damaged_picture(name_, "JPEG", why);
  }
  [[nodiscard]] bool ended_early() const { return errors_.ended_early; }
  [[nodiscard]] std::string_view name() const { return name_; }
  jpeg_decompress_struct& info() { return info_; }

 private:
  std::string_view name_;
  jpeg_decompress_struct info_{};
  Errors errors_{};
};

/// One row of libjpeg's samples to RGB.
void to_rgb(const std::uint8_t* in, std::uint8_t* out, std::size_t width, int components) {
  for (std::size_t x = 0; x < width; ++x, out += 3) {
    if (components == 1) {
      out[0] = out[1] = out[2] = in[x];
      continue;
    }
    // Inks as Adobe stores them, 255 for none: each is darkened by black.
    const std::uint8_t* ink = in + 4 * x;
    for (int c = 0; c < 3; ++c) out[c] = static_cast<std::uint8_t>(ink[c] * ink[3] / 255);
  }
}

}  // namespace

Image decode_jpeg(std::span<const std::uint8_t> bytes, std::string_view name) {
  Decompressor jpeg(bytes, name);
  jpeg_decompress_struct& info = jpeg.info();
  jpeg.run([&] { jpeg_read_header(&info, TRUE); });
  if (info.num_components != 1 && info.num_components != 3 && info.num_components != 4) {
    throw jpeg.damaged(std::to_string(info.num_components) + " channels");
  }
  info.out_color_space = info.num_components == 1   ? JCS_GRAYSCALE
                         : info.num_components == 3 ? JCS_RGB
                                                    : JCS_CMYK;
  jpeg.run([&] { jpeg_start_decompress(&info); });
  Image image;
  image.width = static_cast<int>(info.output_width);
  image.height = static_cast<int>(info.output_height);
  const std::size_t width = info.output_width;
  image.pixels.resize(width * info.output_height * 3);
  std::vector<std::uint8_t> row(width * static_cast<std::size_t>(info.output_components));
  const bool direct = info.output_components == 3;
  while (info.output_scanline < info.output_height) {
    std::uint8_t* out = image.pixels.data() + info.output_scanline * width * 3;
    JSAMPROW line = direct ? out : row.data();
    jpeg.run([&] { jpeg_read_scanlines(&info, &line, 1); });
    if (!direct) to_rgb(row.data(), out, width, info.output_components);
  }
  jpeg.run([&] { jpeg_finish_decompress(&info); });
  if (jpeg.ended_early()) throw jpeg.damaged("its data end too early");
  return image;
}

}  // namespace camloss::io
