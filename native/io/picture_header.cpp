// Header parsers of the picture formats: bounds are checked at every read.
#include "native/io/picture_header.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace camloss::io {
namespace {

/// A bounded reader of integers at absolute positions; beyond the end it gives nothing.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool has(std::size_t at, std::string_view text) const {
    if (at > bytes_.size() || text.size() > bytes_.size() - at) return false;
    return std::equal(text.begin(), text.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at),
                      [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
  }
  [[nodiscard]] std::optional<std::uint32_t> big(std::size_t at, int count) const {
    return number(at, count, true);
  }
  [[nodiscard]] std::optional<std::uint32_t> little(std::size_t at, int count) const {
    return number(at, count, false);
  }
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, int count,
                                                    bool big_endian) const {
    const auto n = static_cast<std::size_t>(count);
    if (at > bytes_.size() || n > bytes_.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      value = value << 8U | bytes_[at + (big_endian ? i : n - 1 - i)];
    }
    return value;
  }
  /// Whether the CRC-32 of `count` bytes stands behind them.
  [[nodiscard]] bool has_sum(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) return false;
    const auto sum = ::crc32(0, bytes_.data() + at, static_cast<uInt>(count));
    return big(at + count, 4) == static_cast<std::uint32_t>(sum);
  }
  [[nodiscard]] Reader part(std::size_t at, std::size_t count) const {
    if (at > bytes_.size()) return Reader({});
    return Reader(bytes_.subspan(at, std::min(count, bytes_.size() - at)));
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

constexpr std::string_view kExifMark{"Exif\0\0", 6};

/// The orientation tag of a TIFF structure (EXIF 2.3, tag 0x0112 of IFD 0); 1 where there is none.
int exif_orientation(const Reader& tiff) {
  const bool big_endian = tiff.has(0, "MM");
  if (!big_endian && !tiff.has(0, "II")) return 1;
  const auto number = [&](std::size_t at, int count) { return tiff.number(at, count, big_endian); };
  if (number(2, 2) != 42U) return 1;
  const auto directory = number(4, 4);
  if (!directory) return 1;
  const auto entries = number(*directory, 2);
  for (std::size_t i = 0; i < entries.value_or(0); ++i) {
    const std::size_t entry = std::size_t{*directory} + 2 + 12 * i;
    const auto tag = number(entry, 2);
    if (!tag) return 1;
    if (*tag != 0x0112) continue;
    const auto value = number(entry + 8, 2);
    const bool is_short = number(entry + 2, 2) == 3U && number(entry + 4, 4) == 1U;
    return is_short && value && *value >= 1 && *value <= 8 ? static_cast<int>(*value) : 1;
  }
  return 1;
}

/// ITU T.81: walks the markers up to the first scan. Of several EXIF segments the first one counts,
/// as in browsers.
void read_jpeg(const Reader& file, PictureHeader& header) {
  bool has_exif = false;
  std::size_t at = 2;
  while (const auto lead = file.big(at, 1)) {
    if (*lead != 0xFF) {  // stray bytes between segments: decoders skip them
      ++at;
      continue;
    }
    const auto mark = file.big(at + 1, 1);
    if (!mark || *mark == 0xD9 || *mark == 0xDA) return;
    if (*mark == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    at += 2;
    if (*mark == 0 || *mark == 0x01 || (*mark >= 0xD0 && *mark <= 0xD8)) continue;
    const auto length = file.big(at, 2);
    if (!length) return;
    const bool is_frame =
        *mark >= 0xC0 && *mark <= 0xCF && *mark != 0xC4 && *mark != 0xC8 && *mark != 0xCC;
    if (is_frame && header.width == 0) {
      header.height = file.big(at + 3, 2).value_or(0);
      header.width = file.big(at + 5, 2).value_or(0);
    } else if (*mark == 0xE1 && file.has(at + 2, kExifMark) && *length >= 8 && !has_exif) {
      has_exif = true;
      header.orientation = exif_orientation(file.part(at + 8, *length - 2 - 6));
    }
    at += std::max<std::uint32_t>(*length, 2);  // a shorter one is odd; decoders go on behind it
  }
}

/// PNG specification, chunks up to the pixels; what stands behind them, and EXIF whose checksum is
/// wrong, is not read, as in browsers.
void read_png(const Reader& file, PictureHeader& header) {
  std::size_t at = 8;
  if (!file.has(at + 4, "IHDR")) return;
  header.width = file.big(at + 8, 4).value_or(0);
  header.height = file.big(at + 12, 4).value_or(0);
  bool has_exif = false;
  while (const auto length = file.big(at, 4)) {
    if (file.has(at + 4, "IDAT") || file.has(at + 4, "IEND")) return;
    if (file.has(at + 4, "eXIf") && !has_exif && file.has_sum(at + 4, std::size_t{*length} + 4)) {
      has_exif = true;
      header.orientation = exif_orientation(file.part(at + 8, *length));
    }
    at += std::size_t{*length} + 12;
  }
}

/// WebP container (RIFF): VP8, VP8L or the extended form VP8X. Its EXIF chunk is left alone, as
/// browsers do.
void read_webp(const Reader& file, PictureHeader& header) {
  header.complete = file.little(4, 4).value_or(0) <= file.size() - 8;
  std::size_t at = 12;
  while (const auto length = file.little(at + 4, 4)) {
    const std::size_t body = at + 8;
    if (file.has(at, "VP8X")) {
      header.width = std::int64_t{file.little(body + 4, 3).value_or(0)} + 1;
      header.height = std::int64_t{file.little(body + 7, 3).value_or(0)} + 1;
    } else if (file.has(at, "VP8 ") && header.width == 0) {
      header.width = file.little(body + 6, 2).value_or(0) & 0x3FFFU;
      header.height = file.little(body + 8, 2).value_or(0) & 0x3FFFU;
    } else if (file.has(at, "VP8L") && header.width == 0) {
      const std::uint32_t bits = file.little(body + 1, 4).value_or(0);
      header.width = (bits & 0x3FFFU) + 1;
      header.height = (bits >> 14U & 0x3FFFU) + 1;
    }
    at = body + *length + (*length & 1U);
  }
}

void read_gif(const Reader& file, PictureHeader& header) {
  header.width = file.little(6, 2).value_or(0);
  header.height = file.little(8, 2).value_or(0);
}

void read_bmp(const Reader& file, PictureHeader& header) {
  if (bmp_layout(file.little(14, 4).value_or(0)) == BmpLayout::os2_1) {
    header.width = file.little(18, 2).value_or(0);
    header.height = file.little(20, 2).value_or(0);
    return;
  }
  header.width = static_cast<std::int32_t>(file.little(18, 4).value_or(0));
  header.height = static_cast<std::int32_t>(file.little(22, 4).value_or(0));
  if (header.height < 0) header.height = -header.height;  // rows top to bottom
}

/// ISO base media files name their brand behind "ftyp".
PictureFormat media_brand(const Reader& file) {
  for (const std::string_view brand : {"avif", "avis"}) {
    if (file.has(8, brand)) return PictureFormat::avif;
  }
  for (const std::string_view brand :
       {"heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"}) {
    if (file.has(8, brand)) return PictureFormat::heic;
  }
  return PictureFormat::unknown;
}

/// Text formats, behind a byte order mark and white space.
PictureFormat text_format(const Reader& file) {
  std::size_t at = file.has(0, "\xEF\xBB\xBF") ? 3 : 0;
  while (at < 512) {
    const auto next = file.big(at, 1);
    if (!next ||
        std::string_view(" \t\r\n").find(static_cast<char>(*next)) == std::string_view::npos)
      break;
    ++at;
  }
  for (const std::string_view start : {"<svg", "<?xml"}) {
    if (file.has(at, start)) return PictureFormat::svg;
  }
  for (const std::string_view start : {"<!DOCTYPE", "<!doctype", "<html", "<HTML"}) {
    if (file.has(at, start)) return PictureFormat::html;
  }
  return PictureFormat::unknown;
}

PictureFormat sniff(const Reader& file) {
  if (file.has(0, "\xFF\xD8\xFF")) return PictureFormat::jpeg;
  if (file.has(0, "\x89PNG\r\n\x1A\n")) return PictureFormat::png;
  if (file.has(0, "RIFF") && file.has(8, "WEBP")) return PictureFormat::webp;
  if (file.has(0, "GIF87a") || file.has(0, "GIF89a")) return PictureFormat::gif;
  if (file.has(4, "ftyp")) return media_brand(file);
  if (file.has(0, std::string_view("II*\0", 4)) || file.has(0, std::string_view("MM\0*", 4))) {
    return PictureFormat::tiff;
  }
  if (file.has(0, "\xFF\x0A") || file.has(4, "JXL ")) return PictureFormat::jpeg_xl;
  if (file.has(4, "jP  ") || file.has(0, "\xFF\x4F\xFF\x51")) return PictureFormat::jpeg_2000;
  if (file.has(0, "BM") && file.size() >= 26) return PictureFormat::bmp;
  return text_format(file);
}

}  // namespace

std::string_view to_string(PictureFormat format) {
  switch (format) {
    case PictureFormat::jpeg:
      return "JPEG";
    case PictureFormat::png:
      return "PNG";
    case PictureFormat::webp:
      return "WebP";
    case PictureFormat::gif:
      return "GIF";
    case PictureFormat::bmp:
      return "BMP";
    case PictureFormat::avif:
      return "AVIF";
    case PictureFormat::heic:
      return "HEIC";
    case PictureFormat::tiff:
      return "TIFF";
    case PictureFormat::jpeg_xl:
      return "JPEG XL";
    case PictureFormat::jpeg_2000:
      return "JPEG 2000";
    case PictureFormat::svg:
      return "SVG or XML";
    case PictureFormat::html:
      return "HTML";
    case PictureFormat::unknown:
      break;
  }
  return "unknown";
}

BmpLayout bmp_layout(std::uint32_t header_bytes) {
  switch (header_bytes) {
    case 12:
      return BmpLayout::os2_1;
    case 40:
    case 52:
    case 56:
    case 108:
    case 124:
      return BmpLayout::windows;
    default:
      break;
  }
  const bool is_os2_2 = header_bytes >= 16 && header_bytes <= 64 &&
                        (header_bytes % 4 == 0 || header_bytes == 42 || header_bytes == 46);
  return is_os2_2 ? BmpLayout::os2_2 : BmpLayout::unknown;
}

PictureHeader read_picture_header(std::span<const std::uint8_t> bytes) {
  const Reader file(bytes);
  PictureHeader header;
  header.format = sniff(file);
  switch (header.format) {
    case PictureFormat::jpeg:
      read_jpeg(file, header);
      break;
    case PictureFormat::png:
      read_png(file, header);
      break;
    case PictureFormat::webp:
      read_webp(file, header);
      break;
    case PictureFormat::gif:
      read_gif(file, header);
      break;
    case PictureFormat::bmp:
      read_bmp(file, header);
      break;
    default:
      break;
  }
  return header;
}

}  // namespace camloss::io
