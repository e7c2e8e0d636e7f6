// BMP as Chromium reads it, also where a file is odd: tests/parity compares both. OpenCV takes the
// channels' masks for granted, and no library in Debian reads them all.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "native/io/decode_formats.h"
#include "native/io/picture_header.h"

namespace camloss::io {
namespace {

using Colour = std::array<std::uint8_t, 4>;  // RGBA

constexpr std::size_t kFileHeader = 14;  // bytes
enum Compression : std::uint32_t {
  kPlain = 0,
  kRle8 = 1,
  kRle4 = 2,
  kMasks = 3,
  kRle24 = 4,  // OS/2 only; to Windows 4 is a JPEG
  kAlphaMasks = 6
};
constexpr Colour kBlack{0, 0, 0, 255};

/// One channel of a pixel of 16 to 32 bits.
class Channel {
 public:
  Channel() = default;
  explicit Channel(std::uint32_t mask)
      : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), most_(mask >> shift_) {}

  [[nodiscard]] std::uint32_t mask() const { return mask_; }
  [[nodiscard]] bool is_contiguous() const { return (most_ & (most_ + 1)) == 0; }
  /// 0…255: the whole range of the channel onto the whole range of a byte; of more than 8 bits the
  /// upper 8.
  [[nodiscard]] std::uint8_t value(std::uint32_t pixel) const {
    if (mask_ == 0) return 0;
    const std::uint32_t v = (pixel & mask_) >> shift_;
    if (most_ > 255) return static_cast<std::uint8_t>(v >> (std::bit_width(most_) - 8));
    return static_cast<std::uint8_t>((v * 255 + most_ / 2) / most_);
  }

 private:
  std::uint32_t mask_ = 0;
  int shift_ = 0;
  std::uint32_t most_ = 0;
};

class Bmp {
 public:
  Bmp(std::span<const std::uint8_t> bytes, std::string_view name) : bytes_(bytes), name_(name) {
    read_header();
    if (bits_ <= 8) {
      read_palette();
    } else {
      read_masks();
    }
    at_ = number(10, 4);  // where the file says, be it within the header
  }

  Image pixels() {
    image_.width = width_;
    image_.height = height_;
    image_.channels = 4;
    image_.pixels.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 4,
                         0);
    if (is_run()) {
      read_runs();
    } else {
      read_rows();
    }
    return without_full_alpha(std::move(image_));
  }

 private:
  [[nodiscard]] UserError damaged(const std::string& why) const {
    return damaged_picture(name_, "BMP", why);
  }
  [[nodiscard]] UserError not_read(const std::string& kind) const {
    return UserError(
        {"a BMP " + kind + " cannot be decoded here", "save it as PNG", std::string(name_)});
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) throw damaged("its data end too early");
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value |= std::uint32_t{bytes_[at + i]} << (8 * i);
    return value;
  }

  [[nodiscard]] bool is_run() const {
    return compression_ == kRle8 || compression_ == kRle4 || compression_ == kRle24;
  }
  [[nodiscard]] bool is_masked() const {
    return compression_ == kMasks || compression_ == kAlphaMasks;
  }

  void read_header() {
    header_ = number(kFileHeader, 4);
    const BmpLayout layout = bmp_layout(header_);
    if (layout == BmpLayout::unknown) {
      throw not_read("with a header of " + std::to_string(header_) + " bytes");
    }
    is_os2_1_ = layout == BmpLayout::os2_1;
    const auto field = [&](std::size_t offset, std::size_t count) -> std::uint32_t {
      return offset + count <= header_ ? number(kFileHeader + offset, count) : 0;
    };
    if (is_os2_1_) {
      width_ = static_cast<int>(field(4, 2));
      height_ = static_cast<int>(field(6, 2));
      bits_ = field(10, 2);
    } else {
      width_ = static_cast<std::int32_t>(field(4, 4));
      height_ = static_cast<std::int32_t>(field(8, 4));
      bits_ = field(14, 2);
      compression_ = field(16, 4);
      colours_ = field(32, 4);
    }
    top_down_ = height_ < 0;
    if (top_down_) height_ = -height_;
    if (layout == BmpLayout::os2_2 && compression_ == 3) {
      throw not_read("with OS/2's Huffman compression");
    }
    check_compression(layout);
    at_ = kFileHeader + header_;
  }

  void check_compression(BmpLayout layout) const {
    if (layout != BmpLayout::os2_2 && (compression_ == 4 || compression_ == 5)) {
      throw not_read(compression_ == 4 ? "that holds a JPEG" : "that holds a PNG");
    }
    if (compression_ > kAlphaMasks || compression_ == 5) {
      throw not_read("with compression " + std::to_string(compression_));
    }
    const bool has_depth = bits_ == 1 || bits_ == 4 || bits_ == 8 || bits_ == 24 ||
                           (!is_os2_1_ && (bits_ == 2 || bits_ == 16 || bits_ == 32));
    if (!has_depth) throw not_read("of " + std::to_string(bits_) + " bits a pixel");
    if ((compression_ == kRle8 && bits_ != 8) || (compression_ == kRle4 && bits_ != 4) ||
        (compression_ == kRle24 && bits_ != 24) || (is_masked() && bits_ != 16 && bits_ != 32)) {
      throw damaged("its compression and its depth do not fit");
    }
  }

  void read_palette() {
    const std::size_t entry = is_os2_1_ ? 3 : 4;
    const std::size_t most = std::size_t{1} << bits_;
    const std::size_t count = colours_ == 0 ? most : std::min<std::size_t>(colours_, most);
    palette_.assign(most, kBlack);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = at_ + i * entry;
      palette_[i] = {static_cast<std::uint8_t>(number(from + 2, 1)),
                     static_cast<std::uint8_t>(number(from + 1, 1)),
                     static_cast<std::uint8_t>(number(from, 1)), 255};
    }
    at_ += count * entry;
  }

  void read_masks() {
    std::array<std::uint32_t, 4> masks{};
    if (bits_ == 16) {
      masks = {0x7C00, 0x3E0, 0x1F, 0};
    } else {
      masks = {0xFF0000, 0xFF00, 0xFF, 0};
    }
    // The masks stand where the larger headers have them, behind a header of 40 bytes too.
    constexpr std::size_t kAt = kFileHeader + 40;
    if (is_masked()) {
      for (std::size_t c = 0; c < 3; ++c) masks[c] = number(kAt + 4 * c, 4);
    }
    // Alpha counts without a word about masks, too, but not of 16 bits.
    const bool may_have_alpha = header_ >= 56 ? header_ != 64 : compression_ == kAlphaMasks;
    if (may_have_alpha && (is_masked() || bits_ == 32)) masks[3] = number(kAt + 12, 4);
    std::uint32_t used = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      if (bits_ < 32 && masks[c] >> bits_ != 0) throw damaged("a mask is wider than its pixels");
      channels_[c] = Channel(masks[c]);
      if ((used & masks[c]) != 0 || !channels_[c].is_contiguous()) {
        throw damaged("its masks overlap or have gaps");
      }
      used |= masks[c];
    }
  }

  void put(int x, int row, const Colour& colour) {
    const auto y = static_cast<std::size_t>(top_down_ ? row : height_ - 1 - row);
    std::copy(colour.begin(), colour.end(),
              image_.pixels.begin() +
                  static_cast<std::ptrdiff_t>(
                      (y * static_cast<std::size_t>(width_) + static_cast<std::size_t>(x)) * 4));
  }

  void read_rows() {
    const std::size_t row_bytes = (static_cast<std::size_t>(width_) * bits_ + 31) / 32 * 4;
    if (at_ > bytes_.size() ||
        row_bytes * static_cast<std::size_t>(height_) > bytes_.size() - at_) {
      throw damaged("its data end too early");
    }
    for (int row = 0; row < height_; ++row) {
      const std::uint8_t* in = bytes_.data() + at_ + row_bytes * static_cast<std::size_t>(row);
      for (int x = 0; x < width_; ++x) {
        const auto bit = static_cast<std::size_t>(x) * bits_;
        if (bits_ <= 8) {
          const unsigned index = in[bit / 8] >> (8 - bits_ - bit % 8) & ((1U << bits_) - 1U);
          put(x, row, palette_[index]);
          continue;
        }
        std::uint32_t pixel = 0;
        for (std::size_t i = 0; i < bits_ / 8; ++i)
          pixel |= std::uint32_t{in[bit / 8 + i]} << (8 * i);
        Colour colour{};
        for (std::size_t c = 0; c < 4; ++c) colour[c] = channels_[c].value(pixel);
        if (channels_[3].mask() == 0) colour[3] = 255;
        put(x, row, colour);
      }
    }
  }

  /// Runs of equal pixels (RLE4, RLE8, RLE24); what they leave out is black, what they draw beyond
  /// the edges is lost. The last row needs its end, or the picture's.
  void read_runs() {
    for (int row = 0; row < height_; ++row) {
      for (int x = 0; x < width_; ++x) put(x, row, kBlack);
    }
    int x = 0;
    int row = 0;
    const auto next = [&] { return number(at_++, 1); };
    const auto place = [&](const Colour& colour) {
      if (x < width_) put(x++, row, colour);
    };
    while (row < height_) {
      const std::uint32_t count = next();
      if (count > 0) {
        const std::size_t begin = at_;
        for (std::uint32_t i = 0; i < count; ++i) place(run_colour(begin, bits_ == 4 ? i % 2 : 0));
        at_ += run_bytes(1);
        continue;
      }
      const std::uint32_t code = next();
      if (code == 0) {
        x = 0;
        ++row;
      } else if (code == 1) {
        return;
      } else if (code == 2) {
        x = std::min(width_, x + static_cast<int>(next()));
        row += static_cast<int>(next());
      } else {
        const std::size_t begin = at_;
        for (std::uint32_t i = 0; i < code; ++i) place(run_colour(begin, i));
        at_ = begin + run_bytes(code) + run_bytes(code) % 2;
      }
    }
  }
  /// Bytes of so many colours of runs.
  [[nodiscard]] std::size_t run_bytes(std::size_t colours) const {
    return (colours * bits_ + 7) / 8;
  }
  /// Colour `i` of those that begin at `begin`.
  [[nodiscard]] Colour run_colour(std::size_t begin, std::uint32_t i) const {
    if (bits_ == 24) {
      const std::uint32_t bgr = number(begin + 3 * std::size_t{i}, 3);
      return {static_cast<std::uint8_t>(bgr >> 16U), static_cast<std::uint8_t>(bgr >> 8U),
              static_cast<std::uint8_t>(bgr), 255};
    }
    if (bits_ == 8) return palette_[number(begin + i, 1)];
    const std::uint32_t two = number(begin + i / 2, 1);
    return palette_[i % 2 == 0 ? two >> 4U : two & 15U];
  }

  /// RGB where nothing is transparent.
  static Image without_full_alpha(Image image) {
    for (std::size_t i = 3; i < image.pixels.size(); i += 4) {
      if (image.pixels[i] != 255) return image;
    }
    Image opaque;
    opaque.width = image.width;
    opaque.height = image.height;
    opaque.pixels.reserve(image.pixels.size() / 4 * 3);
    for (std::size_t i = 0; i < image.pixels.size(); i += 4) {
      for (std::size_t c = 0; c < 3; ++c) opaque.pixels.push_back(image.pixels[i + c]);
    }
    return opaque;
  }

  std::span<const std::uint8_t> bytes_;
  std::string_view name_;
  std::uint32_t header_ = 0;  // bytes
  bool is_os2_1_ = false, top_down_ = false;
  int width_ = 0, height_ = 0;  // pixels
  std::uint32_t bits_ = 0, compression_ = kPlain, colours_ = 0;
  std::size_t at_ = 0;  // where what is read next begins; in the end, the pixels
  std::vector<Colour> palette_;
  std::array<Channel, 4> channels_;  // R, G, B, A
  Image image_;
};

}  // namespace

Image decode_bmp(std::span<const std::uint8_t> bytes, std::string_view name) {
  return Bmp(bytes, name).pixels();
}

}  // namespace camloss::io
