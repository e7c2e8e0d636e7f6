// BMP as browsers read it. OpenCV takes the channels' masks for granted, and no library in Debian
// reads them all.
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

constexpr std::size_t kFileHeader = 14;  // bytes
enum Compression : std::uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kMasks = 3, kAlphaMasks = 6 };

using Colour = std::array<std::uint8_t, 4>;  // RGBA

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
    if (const std::uint32_t given = number(10, 4); given != 0) {
      if (given < at_) throw damaged("its pixels begin within its header");
      at_ = given;
    }
  }

  Image pixels() {
    image_.width = width_;
    image_.height = height_;
    image_.channels = 4;
    image_.pixels.assign(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_) * 4,
                         0);
    if (compression_ == kRle8 || compression_ == kRle4) {
      read_runs();
      return std::move(image_);
    }
    read_rows();
    return with_meaning(std::move(image_));
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
    if (layout == BmpLayout::os2_2 && (compression_ == 3 || compression_ == 4)) {
      throw not_read("with OS/2 compression");
    }
    check_compression();
    at_ = kFileHeader + header_;
  }

  void check_compression() const {
    if (compression_ == 4 || compression_ == 5) {
      throw not_read(compression_ == 4 ? "that holds a JPEG" : "that holds a PNG");
    }
    if (compression_ > kAlphaMasks) {
      throw not_read("with compression " + std::to_string(compression_));
    }
    const bool has_depth = bits_ == 1 || bits_ == 2 || bits_ == 4 || bits_ == 8 || bits_ == 16 ||
                           bits_ == 24 || bits_ == 32;
    if (!has_depth) throw not_read("of " + std::to_string(bits_) + " bits a pixel");
    const bool is_run = compression_ == kRle8 || compression_ == kRle4;
    const bool is_masked = compression_ == kMasks || compression_ == kAlphaMasks;
    if ((compression_ == kRle8 && bits_ != 8) || (compression_ == kRle4 && bits_ != 4) ||
        (is_masked && bits_ != 16 && bits_ != 32)) {
      throw damaged("its compression and its depth do not fit");
    }
    if (is_run && top_down_) throw damaged("compressed rows cannot go from top to bottom");
  }

  void read_palette() {
    const std::size_t entry = is_os2_1_ ? 3 : 4;
    const std::size_t most = std::size_t{1} << bits_;
    std::size_t count = colours_ == 0 ? most : std::min<std::size_t>(colours_, most);
    // Old programs write fewer colours than they declare; the pixels begin where the file says.
    if (const std::uint32_t given = number(10, 4); given > at_) {
      count = std::min(count, (given - at_) / entry);
    }
    palette_.assign(most, Colour{0, 0, 0, 255});
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
    const bool is_masked = compression_ == kMasks || compression_ == kAlphaMasks;
    if (is_masked) {
      for (std::size_t c = 0; c < 3; ++c) masks[c] = number(kAt + 4 * c, 4);
    }
    if (header_ >= 56 ? header_ != 64 : compression_ == kAlphaMasks) masks[3] = number(kAt + 12, 4);
    if (is_masked && header_ == 40) at_ += compression_ == kAlphaMasks ? 16 : 12;
    std::uint32_t used = 0;
    for (std::size_t c = 0; c < 4; ++c) {
      const std::uint32_t within = bits_ == 32 ? masks[c] : masks[c] & ((1U << bits_) - 1U);
      channels_[c] = Channel(within);
      if ((used & within) != 0 || !channels_[c].is_contiguous()) {
        throw damaged("its masks overlap or have gaps");
      }
      used |= within;
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

  /// Runs of equal pixels (RLE8, RLE4); what they leave out stays transparent, as in browsers.
  void read_runs() {
    int x = 0;
    int row = 0;
    const auto next = [&] { return number(at_++, 1); };
    const auto index = [&](std::uint32_t byte, std::uint32_t i) {
      return bits_ == 8 ? byte : (i % 2 == 0 ? byte >> 4U : byte & 15U);
    };
    const auto place = [&](std::uint32_t colour) {
      if (row >= height_ || x >= width_) throw damaged("a run leaves its row");
      put(x++, row, palette_[colour]);
    };
    for (;;) {
      const std::uint32_t count = next();
      const std::uint32_t code = next();
      if (count > 0) {
        for (std::uint32_t i = 0; i < count && x < width_; ++i) place(index(code, i));
      } else if (code == 0) {
        x = 0;
        if (++row > height_) throw damaged("it has too many rows");
      } else if (code == 1) {
        return;
      } else if (code == 2) {
        x += static_cast<int>(next());
        row += static_cast<int>(next());
        if (x > width_ || row > height_) throw damaged("a jump leaves the picture");
      } else {
        const std::size_t size = bits_ == 8 ? code : (code + 1) / 2;
        const std::size_t begin = at_;
        for (std::uint32_t i = 0; i < code; ++i) {
          const std::uint32_t byte = number(begin + (bits_ == 8 ? i : i / 2), 1);
          if (x < width_) place(index(byte, i));
        }
        at_ = begin + size + size % 2;
      }
      if (row >= height_ && at_ + 2 > bytes_.size()) return;
    }
  }

  /// An alpha channel that is 0 everywhere was never written: the picture is opaque.
  static Image with_meaning(Image image) {
    bool any = false;
    bool all = true;
    for (std::size_t i = 3; i < image.pixels.size(); i += 4) {
      any = any || image.pixels[i] != 0;
      all = all && image.pixels[i] == 255;
    }
    if (any && !all) return image;
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
