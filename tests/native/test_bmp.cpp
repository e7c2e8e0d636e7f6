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
  const std::vector<std::uint32_t> all{12, 16, 40, 42, 46, 52, 56, 64, 108, 124};
  std::vector<Row> rows;
  for (const std::uint32_t bits : {1U, 2U, 4U, 8U, 16U, 24U, 32U}) {
    rows.push_back({"plain", all, {40, bits, 0, {}, false}});
    rows.push_back({"plain, top down", windows, {40, bits, 0, {}, true}});
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
  CHECK(refused(made_bmp(image, {64, 24, 4, {}, false})).find("OS/2 compression") !=
        std::string::npos);
  CHECK(refused(made_bmp(image, {40, 24, 77, {}, false})).find("compression 77") !=
        std::string::npos);
  CHECK(refused(made_bmp(image, {200, 24, 0, {}, false})).find("header of 200 bytes") !=
        std::string::npos);
  CHECK(refused(made_bmp(image, {40, 8, 1, {}, true})).find("top to bottom") != std::string::npos);
  CHECK(refused(made_bmp(image, {40, 32, 3, {0xFF00FF, 0xFF00, 0xFF, 0}, false})).find("masks") !=
        std::string::npos);
  Bytes odd = made_bmp(image, {40, 24, 0, {}, false});
  odd[28] = 48;
  CHECK(refused(odd).find("48 bits") != std::string::npos);
}
