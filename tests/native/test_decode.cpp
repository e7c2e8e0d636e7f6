// Decoding: formats, orientation, alpha, depth, limits, damaged files.
#include <array>
#include <catch2/catch.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "native/io/decode.h"
#include "native/io/files.h"
#include "native/io/picture_header.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;

namespace {

std::array<int, 4> pixel(const Image& image, int x, int y) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                          static_cast<std::size_t>(x)) *
                         channels;
  std::array<int, 4> out{0, 0, 0, 255};
  for (std::size_t c = 0; c < channels; ++c) out[c] = image.pixels[at + c];
  return out;
}

bool near(const std::array<int, 4>& a, const std::array<int, 4>& b, int tolerance) {
  for (std::size_t c = 0; c < 4; ++c) {
    if (std::abs(a[c] - b[c]) > tolerance) return false;
  }
  return true;
}

/// 48 x 32 with a colour of its own in each quarter: red, green / blue, yellow.
Image quarters() {
  Image image;
  image.width = 48;
  image.height = 32;
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 48; ++x) {
      const bool right = x >= 24;
      const bool low = y >= 16;
      image.pixels.push_back(right == low ? 255 : 0);
      image.pixels.push_back(right ? 255 : 0);
      image.pixels.push_back(low && !right ? 255 : 0);
    }
  }
  return image;
}
constexpr std::array<int, 4> kRed{255, 0, 0, 255};
constexpr std::array<int, 4> kGreen{0, 255, 0, 255};
constexpr std::array<int, 4> kBlue{0, 0, 255, 255};
constexpr std::array<int, 4> kYellow{255, 255, 0, 255};

Bytes encoded_mat(const cv::Mat& mat, const std::string& ending) {
  Bytes bytes;
  REQUIRE(cv::imencode(ending, mat, bytes));
  return bytes;
}

void put_big(Bytes& bytes, std::size_t at, std::uint32_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * (count - 1 - i)));
  }
}

}  // namespace

TEST_CASE("lossless formats give their pixels back") {
  const Image image = blobs(1, 37, 23);
  for (const char* ending : {".png", ".bmp", ".webp"}) {
    INFO(ending);
    const Image decoded = io::decode_picture(encoded(image, ending), "a");
    CHECK(decoded.width == 37);
    CHECK(decoded.height == 23);
    CHECK(decoded.channels == 3);
    CHECK(decoded.pixels == image.pixels);
  }
}

TEST_CASE("a JPEG comes close to its pixels") {
  const Image image = blobs(2, 64, 48);
  const Image decoded = io::decode_picture(encoded(image, ".jpg"), "a");
  REQUIRE(decoded.pixels.size() == image.pixels.size());
  double error = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    error += std::abs(image.pixels[i] - decoded.pixels[i]);
  }
  CHECK(error / static_cast<double>(image.pixels.size()) < 3);
}

TEST_CASE("alpha is kept straight") {
  Image image;
  image.width = 3;
  image.height = 1;
  image.channels = 4;
  image.pixels = {200, 100, 50, 0, 10, 20, 30, 128, 1, 2, 3, 255};
  const Image png = io::decode_picture(encoded(image, ".png"), "a");
  CHECK(png.channels == 4);
  CHECK(png.pixels == image.pixels);
  const Image webp = io::decode_picture(encoded(image, ".webp"), "a");
  CHECK(webp.channels == 4);
  CHECK(pixel(webp, 1, 0) == std::array<int, 4>{10, 20, 30, 128});
}

TEST_CASE("grey and 16-bit PNGs become 8-bit RGB") {
  cv::Mat grey(1, 3, CV_8UC1);
  grey.at<std::uint8_t>(0, 0) = 0;
  grey.at<std::uint8_t>(0, 1) = 77;
  grey.at<std::uint8_t>(0, 2) = 255;
  const Image image = io::decode_picture(encoded_mat(grey, ".png"), "a");
  CHECK(image.channels == 3);
  CHECK(pixel(image, 1, 0) == std::array<int, 4>{77, 77, 77, 255});

  // What Chromium shows of these: the upper byte.
  const std::array<int, 6> deep{0x00FF, 0x0180, 0x80FF, 0xFE7F, 0xFE80, 0xFFFF};
  const std::array<int, 6> shown{0, 1, 128, 254, 254, 255};
  cv::Mat mat(1, 6, CV_16UC3);
  for (int x = 0; x < 6; ++x) {
    const auto value = static_cast<std::uint16_t>(deep[static_cast<std::size_t>(x)]);
    mat.at<cv::Vec3w>(0, x) = {0, 256, value};
  }
  const Image reduced = io::decode_picture(encoded_mat(mat, ".png"), "a");
  for (int x = 0; x < 6; ++x) {
    CHECK(pixel(reduced, x, 0) ==
          std::array<int, 4>{shown[static_cast<std::size_t>(x)], 1, 0, 255});
  }
}

TEST_CASE("EXIF orientations 1 to 8 of a JPEG are applied") {
  // Colours of the corners: upper left, upper right, lower left, lower right.
  const std::array<std::array<std::array<int, 4>, 4>, 8> corners{{
      {kRed, kGreen, kBlue, kYellow},
      {kGreen, kRed, kYellow, kBlue},
      {kYellow, kBlue, kGreen, kRed},
      {kBlue, kYellow, kRed, kGreen},
      {kRed, kBlue, kGreen, kYellow},
      {kBlue, kRed, kYellow, kGreen},
      {kYellow, kGreen, kBlue, kRed},
      {kGreen, kYellow, kRed, kBlue},
  }};
  const Bytes plain = encoded(quarters(), ".jpg");
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      INFO("orientation " << orientation << (big_endian ? " MM" : " II"));
      const Image image =
          io::decode_picture(with_exif(plain, orientation_tiff(orientation, big_endian)), "a");
      const bool turned = orientation >= 5;
      REQUIRE(image.width == (turned ? 32 : 48));
      REQUIRE(image.height == (turned ? 48 : 32));
      const auto& expected = corners[static_cast<std::size_t>(orientation - 1)];
      const int right = image.width - 3;
      const int bottom = image.height - 3;
      CHECK(near(pixel(image, 2, 2), expected[0], 12));
      CHECK(near(pixel(image, right, 2), expected[1], 12));
      CHECK(near(pixel(image, 2, bottom), expected[2], 12));
      CHECK(near(pixel(image, right, bottom), expected[3], 12));
    }
  }
  for (const int nonsense : {0, 9, 255}) {
    const Image image = io::decode_picture(with_exif(plain, orientation_tiff(nonsense, true)), "a");
    CHECK(image.width == 48);
  }
}

TEST_CASE("of two EXIF segments the first one counts") {
  const Bytes plain = encoded(quarters(), ".jpg");
  const auto width = [&](int first, int second) {
    // The last one that is put in stands first.
    const Bytes inner = with_exif(plain, orientation_tiff(second, false));
    return io::decode_picture(with_exif(inner, orientation_tiff(first, true)), "a").width;
  };
  CHECK(width(6, 1) == 32);
  CHECK(width(1, 6) == 48);
}

TEST_CASE("a JPEG with bytes between its segments is read") {
  const Bytes plain = encoded(quarters(), ".jpg");
  const Image expected = io::decode_picture(plain, "a");
  std::size_t at = 2;
  for (int segment = 0; segment < 4; ++segment) {
    for (const Bytes& stray : {Bytes{0}, Bytes{1, 2, 3}, Bytes{0xFF, 0xFF}, Bytes{0xFF, 0}}) {
      Bytes odd = plain;
      odd.insert(odd.begin() + static_cast<std::ptrdiff_t>(at), stray.begin(), stray.end());
      if (segment == 0 && stray[0] != 0xFF)
        continue;  // then the file's first three bytes are no JPEG's
      INFO("segment " << segment << ", " << stray.size() << " bytes");
      CHECK(io::decode_picture(odd, "a").pixels == expected.pixels);
    }
    at += 2 + static_cast<std::size_t>(plain[at + 2] << 8U | plain[at + 3]);
  }
}

TEST_CASE("an EXIF segment that lies about its lengths is ignored") {
  const Bytes plain = encoded(quarters(), ".jpg");
  for (std::size_t cut = 0; cut < 26; ++cut) {
    Bytes tiff = orientation_tiff(6, false);
    tiff.resize(cut);
    CHECK(io::decode_picture(with_exif(plain, tiff), "a").channels == 3);
  }
  Bytes tiff = orientation_tiff(6, true);
  put_big(tiff, 4, 0xFFFFFFF0U, 4);  // directory far outside
  CHECK(io::decode_picture(with_exif(plain, tiff), "a").width == 48);
}

TEST_CASE("a CMYK JPEG in Adobe's inverted form becomes RGB") {
  // Written with inks 10, 100, 200, 50 of 255; Chromium shows 196, 124, 44.
  const Image image =
      io::decode_picture(io::read_file(std::string(CAMLOSS_TEST_DIR) + "/golden/cmyk.jpg"), "a");
  CHECK(image.channels == 3);
  CHECK(near(pixel(image, 8, 8), {196, 124, 44, 255}, 2));
}

TEST_CASE("a GIF gives its first frame") {
  const std::vector<std::array<int, 3>> palette{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {9, 8, 7}};
  const GifFrame second{0, 0, 4, 3, false, -1, std::vector<int>(12, 3)};

  SECTION("with an offset and a transparent colour") {
    const GifFrame first{1, 1, 2, 2, false, 1, {0, 1, 2, 0}};
    const Image image = io::decode_picture(made_gif(4, 3, palette, {first, second}), "a");
    REQUIRE(image.width == 4);
    REQUIRE(image.height == 3);
    REQUIRE(image.channels == 4);
    CHECK(pixel(image, 1, 1) == kRed);
    CHECK(pixel(image, 2, 1)[3] == 0);
    CHECK(pixel(image, 1, 2) == kBlue);
    CHECK(pixel(image, 0, 0)[3] == 0);
    CHECK(pixel(image, 3, 2)[3] == 0);
  }
  SECTION("interlaced") {
    GifFrame first{0, 0, 2, 19, true, -1, {}};
    for (int y = 0; y < 19; ++y) {
      first.indices.push_back(y % 4);
      first.indices.push_back((y / 4) % 4);
    }
    const Image image = io::decode_picture(made_gif(2, 19, palette, {first}), "a");
    for (int y = 0; y < 19; ++y) {
      INFO(y);
      const auto& left = palette[static_cast<std::size_t>(y % 4)];
      const auto& right = palette[static_cast<std::size_t>((y / 4) % 4)];
      CHECK(pixel(image, 0, y) == std::array<int, 4>{left[0], left[1], left[2], 255});
      CHECK(pixel(image, 1, y) == std::array<int, 4>{right[0], right[1], right[2], 255});
    }
  }
}

TEST_CASE("a 32-bit BMP without an alpha mask is opaque") {
  Image image;
  image.width = 2;
  image.height = 1;
  image.channels = 4;
  image.pixels = {10, 20, 30, 0, 40, 50, 60, 0};
  Bytes bytes = encoded(image, ".bmp");
  // As common programs write it: 40-byte header, no masks, the fourth byte 0.
  Bytes plain{'B', 'M', 62, 0, 0, 0, 0, 0,  0, 0, 54, 0, 0,  0,  40, 0, 0,  0,  2,  0, 0,
              0,   1,   0,  0, 0, 1, 0, 32, 0, 0, 0,  0, 0,  8,  0,  0, 0,  0,  0,  0, 0,
              0,   0,   0,  0, 0, 0, 0, 0,  0, 0, 0,  0, 30, 20, 10, 0, 60, 50, 40, 0};
  const Image decoded = io::decode_picture(plain, "a");
  CHECK(decoded.channels == 3);
  CHECK(pixel(decoded, 0, 0) == std::array<int, 4>{10, 20, 30, 255});
  CHECK(pixel(decoded, 1, 0) == std::array<int, 4>{40, 50, 60, 255});
}

TEST_CASE("formats without a decoder are named") {
  const auto refused = [](std::string_view head, std::string_view format) {
    std::string text(head);
    text.resize(200, ' ');
    const Bytes bytes(text.begin(), text.end());
    const std::string message =
        text_of(error_of([&] { (void)io::decode_picture(bytes, "x.pic"); }));
    INFO(message);
    CHECK(message.find(format) != std::string::npos);
    CHECK(message.find("x.pic") != std::string::npos);
  };
  using std::string_view_literals::operator""sv;
  refused(
      "\0\0\0\x20"
      "ftypavif"sv,
      "AVIF");
  refused(
      "\0\0\0\x20"
      "ftypheic"sv,
      "HEIC");
  refused(
      "\0\0\0\x20"
      "ftypmif1"sv,
      "HEIC");
  refused("II*\0"sv, "TIFF");
  refused("\xFF\x0A"sv, "JPEG XL");
  refused("  <svg xmlns"sv, "SVG");
  refused("\xEF\xBB\xBF<!DOCTYPE html>"sv, "HTML");
  refused("hello", "is not a picture");
  const std::string empty = text_of(error_of([] { (void)io::decode_picture({}, "x.jpg"); }));
  CHECK(empty.find("x.jpg: the file is empty") != std::string::npos);
}

TEST_CASE("a picture cut off anywhere is refused, never shown in part") {
  const Image image = blobs(3, 61, 47);
  std::vector<std::pair<std::string, Bytes>> files;
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp"}) {
    files.emplace_back(ending, encoded(image, ending));
  }
  GifFrame frame{0, 0, 40, 40, false, -1, {}};
  for (int i = 0; i < 1600; ++i) frame.indices.push_back((i * i / 7) % 4);
  const Bytes gif =
      made_gif(40, 40, {{1, 2, 3}, {50, 60, 70}, {0, 0, 0}, {255, 255, 255}}, {frame});
  files.emplace_back(".gif", gif);
  for (const auto& [ending, whole] : files) {
    CHECK_NOTHROW(io::decode_picture(whole, "x"));
    // A GIF's first frame is whole before the file is: its last bytes are an end mark. Those of a PNG
    // are its end mark's checksum, which nobody misses.
    const std::size_t longest = whole.size() - (ending == ".gif" ? 8 : ending == ".png" ? 5 : 1);
    for (std::size_t length = 1; length <= longest; length += 1 + longest / 61) {
      INFO(ending << " cut to " << length << " of " << whole.size());
      CHECK_THROWS_AS(io::decode_picture(std::span(whole).first(length), "x"), UserError);
    }
    CHECK_THROWS_AS(io::decode_picture(std::span(whole).first(longest), "x"), UserError);
  }
}

TEST_CASE("a GIF cut off at any byte before its last pixels is refused") {
  const GifFrame frame{0, 0, 9, 7, false, -1, std::vector<int>(63, 2)};
  const Bytes whole = made_gif(9, 7, {{1, 2, 3}, {50, 60, 70}, {0, 0, 0}, {9, 9, 9}}, {frame});
  for (std::size_t length = 1; length + 8 <= whole.size(); ++length) {
    INFO(length << " of " << whole.size());
    CHECK_THROWS_AS(io::decode_picture(std::span(whole).first(length), "x"), UserError);
  }
  // Where the picture's pixels should begin, giflib says no reason.
  const Bytes cut{'G', 'I', 'F', '8', '9',  'a', 9, 0, 7, 0, 0x80, 0, 0, 1, 2,
                  3,   4,   5,   6,   0x2C, 0,   0, 0, 0, 9, 0,    7, 0, 0};
  const std::string message = text_of(error_of([&] { (void)io::decode_picture(cut, "x"); }));
  CHECK(message.find("damaged GIF: its data end too early") != std::string::npos);
}

TEST_CASE("sizes are checked before anything is decoded") {
  const auto refused = [](const Bytes& bytes) {
    return text_of(error_of([&] { (void)io::decode_picture(bytes, "bomb"); }));
  };
  const Image image = blobs(4, 32, 32);
  Bytes png = encoded(image, ".png");
  put_big(png, 16, 40'000, 4);
  put_big(png, 20, 4'000, 4);
  CHECK(refused(png).find("40000x4000") != std::string::npos);
  put_big(png, 16, 30'000, 4);
  put_big(png, 20, 30'000, 4);
  CHECK(refused(png).find("200 million") != std::string::npos);
  put_big(png, 16, 0, 4);
  CHECK(refused(png).find("no size") != std::string::npos);

  Bytes jpeg = encoded(image, ".jpg");
  for (std::size_t i = 0; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) {
      put_big(jpeg, i + 5, 65'500, 2);
      put_big(jpeg, i + 7, 65'500, 2);
      break;
    }
  }
  CHECK(refused(jpeg).find("65500x65500") != std::string::npos);

  Bytes bmp = encoded(image, ".bmp");
  bmp[20] = 1;  // width + 65536
  CHECK(refused(bmp).find("65568x32") != std::string::npos);

  Bytes gif =
      made_gif(8, 8, {{0, 0, 0}, {1, 1, 1}}, {{0, 0, 8, 8, false, -1, std::vector<int>(64)}});
  gif[7] = gif[9] = 0xFF;  // 65288 x 65288
  CHECK(refused(gif).find("65288x65288") != std::string::npos);
}

TEST_CASE("bytes flipped at random never do harm") {
  const Image image = blobs(5, 40, 30);
  std::uint32_t state = 1;
  const auto random = [&state] { return state = state * 1664525U + 1013904223U; };
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp"}) {
    const Bytes whole = encoded(image, ending);
    int readable = 0;
    for (int round = 0; round < 150; ++round) {
      Bytes broken = whole;
      for (int flips = 0; flips < 3; ++flips) {
        broken[random() % broken.size()] = static_cast<std::uint8_t>(random() >> 24U);
      }
      try {
        const Image decoded = io::decode_picture(broken, "x");
        REQUIRE(decoded.pixels.size() == static_cast<std::size_t>(decoded.width) *
                                             static_cast<std::size_t>(decoded.height) *
                                             static_cast<std::size_t>(decoded.channels));
        ++readable;
      } catch (const UserError&) {
      }
    }
    CHECK(readable < 150);
  }
}

TEST_CASE("endings of pictures") {
  CHECK(io::has_picture_ending("a.JPG"));
  CHECK(io::has_picture_ending("a.b.webp"));
  CHECK(io::has_picture_ending("a.heic"));
  CHECK_FALSE(io::has_picture_ending("jpg"));
  CHECK_FALSE(io::has_picture_ending("a.txt"));
  CHECK_FALSE(io::has_picture_ending("Thumbs.db"));
}
