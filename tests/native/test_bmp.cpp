// BMPs of every header, depth, order of channels and of rows.
#include <catch2/catch.hpp>

#include "native/io/decode.h"
#include "tests/native/made_bmp.h"

using namespace camloss;
using namespace camloss::train;

namespace {

Image rgba(const Image& image) {
  if (image.channels == 4) return image;
  Image out{image.width, image.height, 4, {}};
  for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
    out.pixels.insert(out.pixels.end(),
                      {image.pixels[i], image.pixels[i + 1], image.pixels[i + 2], 255});
  }
  return out;
}

std::string refused(const Bytes& bytes) {
  return text_of(error_of([&] { (void)io::decode_picture(bytes, "a.bmp"); }));
}

}  // namespace

TEST_CASE("BMPs of all headers, depths, masks and orders of rows") {
  struct Row {
    const char* what;
    std::vector<std::uint32_t> headers;
    BmpKind kind;
  };
  const std::vector<std::uint32_t> windows{40, 52, 56, 108, 124};
  const std::vector<std::uint32_t> later{16, 40, 42, 46, 52, 56, 64, 108, 124};
  std::vector<Row> rows;
  for (const std::uint32_t bits : {1U, 2U, 4U, 8U, 16U, 24U, 32U}) {
    rows.push_back({"plain", later, {40, bits, 0, {}, false}});
    rows.push_back({"plain, top down", windows, {40, bits, 0, {}, true}});
  }
  for (const std::uint32_t bits : {1U, 4U, 8U, 24U}) {
    rows.push_back({"plain, OS/2's first header", {12}, {12, bits, 0, {}, false}});
  }
  const std::vector<std::array<std::uint32_t, 4>> masks16{
      {0xF800, 0x7E0, 0x1F, 0}, {0x1F, 0x7E0, 0xF800, 0}, {0x7C00, 0x3E0, 0x1F, 0},
      {0xF00, 0xF0, 0xF, 0},    {0xE0, 0x1C, 0x3, 0},     {0x3, 0xFC, 0xFF00, 0}};
  for (const auto& masks : masks16) rows.push_back({"16 bits", windows, {40, 16, 3, masks, false}});
  const std::vector<std::array<std::uint32_t, 4>> masks32{
      {0xFF, 0xFF00, 0xFF0000, 0},       {0xFF000000, 0xFF0000, 0xFF00, 0},
      {0xFF00, 0xFF0000, 0xFF000000, 0}, {0x3FF00000, 0xFFC00, 0x3FF, 0},
      {0xF0000000, 0x1F0000, 0x7F0, 0},  {0xFF00, 0xFF, 0xFF0000, 0}};
  for (const auto& masks : masks32) {
    rows.push_back({"32 bits", windows, {40, 32, 3, masks, false}});
    rows.push_back({"32 bits, top down", windows, {40, 32, 3, masks, true}});
  }
  rows.push_back(
      {"alpha", {56, 108, 124}, {40, 32, 3, {0xFF, 0xFF00, 0xFF0000, 0xFF000000}, false}});
  rows.push_back({"alpha of 16", {56, 108, 124}, {40, 16, 3, {0xF00, 0xF0, 0xF, 0xF000}, true}});
  rows.push_back(
      {"one bit of alpha", {56, 108, 124}, {40, 16, 3, {0x7C00, 0x3E0, 0x1F, 0x8000}, false}});
  rows.push_back(
      {"alpha behind the header", {40}, {40, 32, 6, {0xFF0000, 0xFF00, 0xFF, 0xFF000000}, false}});
  rows.push_back({"RLE8", windows, {40, 8, 1, {}, false}});
  rows.push_back({"RLE4", windows, {40, 4, 2, {}, false}});
  rows.push_back({"RLE8, top down", windows, {40, 8, 1, {}, true}});

  for (const auto& [width, height] : {std::pair{37, 23}, {1, 1}, {8, 5}}) {
    Image image = blobs(7, width, height);
    Image seen{width, height, 4, {}};
    for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
      seen.pixels.insert(seen.pixels.end(),
                         {image.pixels[i], image.pixels[i + 1], image.pixels[i + 2],
                          static_cast<std::uint8_t>(255 - i % 200)});
    }
    for (const Row& row : rows) {
      for (const std::uint32_t header : row.headers) {
        BmpKind kind = row.kind;
        kind.header = header;
        INFO(row.what << ", " << kind.bits << " bits, header " << header << ", " << width << "x"
                      << height);
        const Image found = rgba(io::decode_picture(made_bmp(seen, kind), "a.bmp"));
        REQUIRE(found.width == width);
        REQUIRE(found.height == height);
        CHECK(found.pixels == expected_bmp(seen, kind).pixels);
      }
    }
  }
}

TEST_CASE("white is white with 5 bits a channel") {
  const Image white{3, 2, 3, std::vector<std::uint8_t>(18, 255)};
  const Image found = io::decode_picture(made_bmp(white, {40, 16, 0, {}, false}), "a.bmp");
  CHECK(found.pixels == white.pixels);
}

TEST_CASE("BMPs that are not read are refused by name") {
  const Image image = blobs(8, 9, 9);
  CHECK(refused(made_bmp(image, {40, 24, 4, {}, false})).find("holds a JPEG") != std::string::npos);
  CHECK(refused(made_bmp(image, {40, 24, 5, {}, false})).find("holds a PNG") != std::string::npos);
  CHECK(refused(made_bmp(image, {64, 1, 3, {}, false})).find("OS/2's Huffman") !=
        std::string::npos);
  for (const std::uint32_t bits : {2U, 16U, 32U}) {
    const std::string words = std::to_string(bits) + " bits a pixel";
    CHECK(refused(made_bmp(image, {12, bits, 0, {}, false})).find(words) != std::string::npos);
  }
  CHECK(refused(made_bmp(image, {40, 24, 77, {}, false})).find("compression 77") !=
        std::string::npos);
  CHECK(refused(made_bmp(image, {200, 24, 0, {}, false})).find("header of 200 bytes") !=
        std::string::npos);
  CHECK(refused(made_bmp(image, {40, 16, 3, {0xF80000, 0x7E0, 0x1F, 0}, false})).find("wider") !=
        std::string::npos);
  CHECK(refused(made_bmp(image, {40, 32, 3, {0xFF00FF, 0xFF00, 0xFF, 0}, false})).find("masks") !=
        std::string::npos);
  Bytes odd = made_bmp(image, {40, 24, 0, {}, false});
  odd[28] = 48;
  CHECK(refused(odd).find("48 bits") != std::string::npos);
}

namespace {

/// A BMP of 6x4 pixels whose runs are `body`; its palette is grey, index i the shade i (4 bits: 17 i).
Bytes runs_of(std::uint32_t bits, std::uint32_t compression, const Bytes& body) {
  Image image{6, 4, 4, std::vector<std::uint8_t>(6 * 4 * 4, 255)};
  BmpKind kind{compression == 4 ? 64U : 40U, bits, 0, {}, false};
  Bytes out = made_bmp(image, kind);
  const std::size_t colours = bits <= 8 ? std::size_t{1} << bits : 0;
  out.resize(14 + kind.header + 4 * colours);
  for (std::size_t i = 0; i < colours; ++i) {
    const auto shade = static_cast<std::uint8_t>(bits == 4 ? 17 * i : i);
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(14 + kind.header + 4 * i), 3, shade);
  }
  out[30] = static_cast<std::uint8_t>(compression);
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

/// The blue channel, one string a row from the lowest one up.
std::vector<std::vector<int>> rows_of(const Bytes& file) {
  const Image image = rgba(io::decode_picture(file, "a.bmp"));
  std::vector<std::vector<int>> rows;
  for (int y = image.height - 1; y >= 0; --y) {
    std::vector<int> row;
    for (int x = 0; x < image.width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y * image.width + x) * 4;
      CHECK(image.pixels[at + 3] == 255);
      row.push_back(image.pixels[at + 2]);
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("runs of a BMP that jump, leave the picture or end early, as Chromium reads them") {
  using Rows = std::vector<std::vector<int>>;
  const std::vector<int> black(6, 0);
  const auto full = [](int shade) { return std::vector<int>(6, shade); };
  // What a jump leaves out is black; after one beyond the row's end nothing of that row is drawn.
  CHECK(rows_of(runs_of(8, 1, {2, 90, 0, 2, 9, 1, 2, 60, 0, 0, 6, 120, 0, 1})) ==
        Rows{{90, 90, 0, 0, 0, 0}, black, full(120), black});
  CHECK(rows_of(runs_of(8, 1, {2, 90, 0, 2, 1, 1, 2, 60, 0, 1})) ==
        Rows{{90, 90, 0, 0, 0, 0}, {0, 0, 0, 60, 60, 0}, black, black});
  CHECK(rows_of(runs_of(8, 1, {2, 90, 0, 2, 0, 9, 2, 60})) ==
        Rows{{90, 90, 0, 0, 0, 0}, black, black, black});
  CHECK(rows_of(runs_of(8, 1, {9, 90, 3, 60, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1})) ==
        Rows{full(90), {1, 2, 3, 4, 5, 6}, black, black});
  CHECK(rows_of(runs_of(4, 2, {5, 0x12, 0, 0, 0, 3, 0x34, 0x50, 0, 1})) ==
        Rows{{17, 34, 17, 34, 17, 0}, {51, 68, 85, 0, 0, 0}, black, black});
  CHECK(rows_of(runs_of(24, 4, {2, 7, 8, 9, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 1})) ==
        Rows{{7, 7, 1, 2, 3, 0}, black, black, black});
  // The last row is ended by a code; more rows than there are do no harm.
  const Bytes rows{6, 9, 0, 0, 6, 8, 0, 0, 6, 7, 0, 0, 6, 6};
  CHECK(refused(runs_of(8, 1, rows)).find("too early") != std::string::npos);
  Bytes ended = rows;
  ended.insert(ended.end(), {0, 0, 6, 5, 0, 0});
  CHECK(rows_of(runs_of(8, 1, ended)) == Rows{full(9), full(8), full(7), full(6)});
}

TEST_CASE(
    "a BMP whose alpha channel is declared and 0 is transparent; 16 bits need the word masks") {
  const Image clear{3, 2, 4, std::vector<std::uint8_t>(24, 0)};
  const std::array<std::uint32_t, 4> masks{0xFF0000, 0xFF00, 0xFF, 0xFF000000};
  const Bytes masked = made_bmp(clear, {124, 32, 3, masks, false});
  CHECK(rgba(io::decode_picture(masked, "a.bmp")).pixels[3] == 0);
  Bytes plain = made_bmp(clear, {124, 32, 3, masks, false});
  plain[30] = 0;
  CHECK(rgba(io::decode_picture(plain, "a.bmp")).pixels[3] == 0);
  Bytes few = made_bmp(clear, {124, 16, 3, {0x7C00, 0x3E0, 0x1F, 0x8000}, false});
  CHECK(rgba(io::decode_picture(few, "a.bmp")).pixels[3] == 0);
  few[30] = 0;
  CHECK(rgba(io::decode_picture(few, "a.bmp")).pixels[3] == 255);
}
