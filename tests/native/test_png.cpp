// PNG: transparency in every depth, chunks behind the pixels, animations; WebP animations; silence.
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdio>

#include "native/io/decode.h"
#include "native/io/files.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;

namespace {

void put_big(Bytes& out, std::uint32_t value, int count) {
  for (int i = count - 1; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_little(Bytes& out, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_chunk(Bytes& out, const std::string& type, const Bytes& body) {
  put_big(out, static_cast<std::uint32_t>(body.size()), 4);
  const std::size_t start = out.size();
  out.insert(out.end(), type.begin(), type.end());
  out.insert(out.end(), body.begin(), body.end());
  put_big(out,
          static_cast<std::uint32_t>(
              ::crc32(0, out.data() + start, static_cast<uInt>(out.size() - start))),
          4);
}

Bytes header_of(int width, int height, int depth, int colour) {
  Bytes body;
  put_big(body, static_cast<std::uint32_t>(width), 4);
  put_big(body, static_cast<std::uint32_t>(height), 4);
  for (const int byte : {depth, colour, 0, 0, 0}) body.push_back(static_cast<std::uint8_t>(byte));
  return body;
}

/// Rows of samples of `depth` bits, filter 0, compressed.
Bytes compressed(const std::vector<std::vector<std::uint32_t>>& rows, int depth) {
  Bytes raw;
  for (const auto& row : rows) {
    raw.push_back(0);
    std::uint32_t held = 0;
    int count = 0;
    for (const std::uint32_t sample : row) {
      if (depth >= 8) {
        put_big(raw, sample, depth / 8);
        continue;
      }
      held = held << depth | sample;
      if ((count += depth) == 8) {
        raw.push_back(static_cast<std::uint8_t>(held));
        held = 0;
        count = 0;
      }
    }
    if (count > 0) raw.push_back(static_cast<std::uint8_t>(held << (8 - count)));
  }
  uLongf size = ::compressBound(raw.size());
  Bytes out(size);
  REQUIRE(::compress(out.data(), &size, raw.data(), raw.size()) == Z_OK);
  out.resize(size);
  return out;
}

using Chunks = std::vector<std::pair<std::string, Bytes>>;

Bytes made_png(const Chunks& chunks) {
  Bytes out{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  for (const auto& [type, body] : chunks) put_chunk(out, type, body);
  put_chunk(out, "IEND", {});
  return out;
}

/// One colour all over, 8-bit RGB.
Bytes plain(int width, int height, std::array<std::uint32_t, 3> colour) {
  std::vector<std::uint32_t> row;
  for (int x = 0; x < width; ++x) row.insert(row.end(), colour.begin(), colour.end());
  return compressed(std::vector(static_cast<std::size_t>(height), row), 8);
}

std::array<int, 4> pixel(const Image& image, int x, int y) {
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t at = static_cast<std::size_t>(y * image.width + x) * channels;
  std::array<int, 4> out{0, 0, 0, 255};
  for (std::size_t c = 0; c < channels; ++c) out[c] = image.pixels[at + c];
  return out;
}

Bytes control(std::uint32_t sequence, int width, int height, int left, int top) {
  Bytes body;
  put_big(body, sequence, 4);
  for (const int value : {width, height, left, top})
    put_big(body, static_cast<std::uint32_t>(value), 4);
  put_big(body, 0x00010064, 4);
  put_big(body, 0, 2);
  return body;
}

/// What is written to the process's stderr meanwhile, by any library.
template <class Call>
std::string said(const Call& call) {
  const TemporaryFolder folder;
  const std::string path = folder.str("stderr");
  std::fflush(stderr);
  const int kept = ::dup(STDERR_FILENO);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(file, STDERR_FILENO);
  call();
  std::fflush(stderr);
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(file);
  return io::read_text(path);
}

}  // namespace

TEST_CASE("one transparent shade of a grey PNG, in every depth") {
  for (const int depth : {1, 2, 4, 8, 16}) {
    INFO(depth << " bits");
    const std::uint32_t most = (1U << depth) - 1;
    Bytes shade;
    put_big(shade, most - most / 3, 2);
    // Of 16 bits all count: a shade that shares the upper byte is opaque.
    const std::vector<std::uint32_t> row{0, most - most / 3, most,
                                         depth == 16 ? most - most / 3 + 1 : 0};
    const Image image = io::decode_picture(made_png({{"IHDR", header_of(4, 2, depth, 0)},
                                                     {"tRNS", shade},
                                                     {"IDAT", compressed({row, row}, depth)}}),
                                           "a");
    REQUIRE(image.channels == 4);
    CHECK(pixel(image, 0, 1) == std::array<int, 4>{0, 0, 0, 255});
    CHECK(pixel(image, 1, 0)[3] == 0);
    CHECK(pixel(image, 2, 1)[0] == 255);
    CHECK(pixel(image, 3, 1)[3] == 255);
  }
}

TEST_CASE("one transparent colour of an RGB PNG, and palettes with alpha, in every depth") {
  for (const int depth : {8, 16}) {
    INFO(depth << " bits");
    const std::uint32_t unit = depth == 8 ? 1 : 257;
    Bytes colour;
    for (const std::uint32_t value : {10U, 20U, 30U}) put_big(colour, value * unit, 2);
    const std::vector<std::uint32_t> row{10 * unit, 20 * unit, 30 * unit,
                                         10 * unit, 20 * unit, 31 * unit};
    const Image image = io::decode_picture(made_png({{"IHDR", header_of(2, 1, depth, 2)},
                                                     {"tRNS", colour},
                                                     {"IDAT", compressed({row}, depth)}}),
                                           "a");
    CHECK(pixel(image, 0, 0)[3] == 0);
    CHECK(pixel(image, 1, 0) == std::array<int, 4>{10, 20, 31, 255});
  }
  for (const int depth : {1, 2, 4, 8}) {
    INFO(depth << " bits of a palette");
    const Image image = io::decode_picture(made_png({{"IHDR", header_of(3, 1, depth, 3)},
                                                     {"PLTE", {1, 2, 3, 200, 100, 50}},
                                                     {"tRNS", {128}},
                                                     {"IDAT", compressed({{0, 1, 0}}, depth)}}),
                                           "a");
    CHECK(pixel(image, 0, 0) == std::array<int, 4>{1, 2, 3, 128});
    CHECK(pixel(image, 1, 0) == std::array<int, 4>{200, 100, 50, 255});
  }
}

TEST_CASE("grey with alpha of 8 and 16 bits") {
  for (const int depth : {8, 16}) {
    const std::uint32_t unit = depth == 8 ? 1 : 256;
    const Image image = io::decode_picture(
        made_png({{"IHDR", header_of(2, 1, depth, 4)},
                  {"IDAT", compressed({{200 * unit, 90 * unit, 7 * unit, 255 * unit}}, depth)}}),
        "a");
    CHECK(pixel(image, 0, 0) == std::array<int, 4>{200, 200, 200, 90});
    CHECK(pixel(image, 1, 0) == std::array<int, 4>{7, 7, 7, 255});
  }
}

TEST_CASE("an orientation turns a PNG where it stands before the pixels, not behind them") {
  const Bytes header = header_of(5, 3, 8, 2), pixels = plain(5, 3, {1, 2, 3});
  const Bytes turned = orientation_tiff(6, true), upside = orientation_tiff(1, true);
  const auto width = [](const Chunks& chunks) {
    return io::decode_picture(made_png(chunks), "a").width;
  };
  CHECK(width({{"IHDR", header}, {"eXIf", turned}, {"IDAT", pixels}}) == 3);
  CHECK(width({{"IHDR", header}, {"IDAT", pixels}, {"eXIf", turned}}) == 5);
  CHECK(width({{"IHDR", header}, {"eXIf", upside}, {"IDAT", pixels}, {"eXIf", turned}}) == 5);
}

TEST_CASE("an animated PNG gives its first frame, also where the default picture is hidden") {
  const Bytes header = header_of(6, 4, 8, 2), red = plain(6, 4, {255, 0, 0});
  Bytes animation;
  put_big(animation, 2, 4);
  put_big(animation, 0, 4);
  const auto frame = [](std::uint32_t sequence, const Bytes& pixels) {
    Bytes body;
    put_big(body, sequence, 4);
    body.insert(body.end(), pixels.begin(), pixels.end());
    return body;
  };
  const Bytes blue = plain(6, 4, {0, 0, 255}), small = plain(2, 2, {0, 255, 0});

  const Image shown = io::decode_picture(made_png({{"IHDR", header},
                                                   {"acTL", animation},
                                                   {"fcTL", control(0, 6, 4, 0, 0)},
                                                   {"IDAT", red},
                                                   {"fcTL", control(1, 6, 4, 0, 0)},
                                                   {"fdAT", frame(2, blue)}}),
                                         "a");
  CHECK(pixel(shown, 0, 0) == std::array<int, 4>{255, 0, 0, 255});

  const Image hidden = io::decode_picture(made_png({{"IHDR", header},
                                                    {"acTL", animation},
                                                    {"IDAT", red},
                                                    {"fcTL", control(0, 6, 4, 0, 0)},
                                                    {"fdAT", frame(1, blue)},
                                                    {"fcTL", control(2, 2, 2, 1, 1)},
                                                    {"fdAT", frame(3, small)}}),
                                          "a");
  CHECK(pixel(hidden, 5, 3) == std::array<int, 4>{0, 0, 255, 255});

  const Image placed = io::decode_picture(made_png({{"IHDR", header},
                                                    {"acTL", animation},
                                                    {"IDAT", red},
                                                    {"fcTL", control(0, 2, 2, 3, 1)},
                                                    {"fdAT", frame(1, small)}}),
                                          "a");
  REQUIRE(placed.width == 6);
  CHECK(pixel(placed, 3, 1) == std::array<int, 4>{0, 255, 0, 255});
  CHECK(pixel(placed, 4, 2) == std::array<int, 4>{0, 255, 0, 255});
  CHECK(pixel(placed, 2, 1)[3] == 0);
  CHECK(pixel(placed, 3, 3)[3] == 0);
}

TEST_CASE("an animated PNG with a second header is refused before its size is believed") {
  const Bytes first = header_of(6, 4, 8, 2), second = header_of(3000, 2000, 8, 2);
  Bytes animation, frame;
  put_big(animation, 1, 4);
  put_big(animation, 0, 4);
  put_big(frame, 1, 4);
  const Bytes red = plain(6, 4, {255, 0, 0});
  frame.insert(frame.end(), red.begin(), red.end());
  const auto refused = [&](const Chunks& chunks) {
    return text_of(error_of([&] { (void)io::decode_picture(made_png(chunks), "x"); }));
  };
  for (const bool behind : {false, true}) {
    Chunks chunks{{"IHDR", first},
                  {"acTL", animation},
                  {"IDAT", red},
                  {"fcTL", control(0, 6, 4, 0, 0)},
                  {"fdAT", frame}};
    chunks.insert(chunks.begin() + (behind ? 3 : 1), {"IHDR", second});
    CHECK(refused(chunks).find("damaged PNG: it has a second header") != std::string::npos);
  }
  // A first header of a wrong length gives no size, and a second one none in its place.
  Bytes longer = first;
  longer.push_back(0);
  CHECK(refused({{"IHDR", longer},
                 {"IHDR", second},
                 {"acTL", animation},
                 {"IDAT", red},
                 {"fcTL", control(0, 6, 4, 0, 0)},
                 {"fdAT", frame}})
            .find("damaged PNG") != std::string::npos);
}

TEST_CASE("an animated WebP gives its first frame at its place") {
  const Image small = blobs(9, 12, 8);
  const Bytes still = encoded(small, ".webp");
  const Bytes stream(still.begin() + 12, still.end());  // its one chunk
  Bytes body;
  const auto chunk = [&body](const std::string& type, const Bytes& content) {
    body.insert(body.end(), type.begin(), type.end());
    put_little(body, static_cast<std::uint32_t>(content.size()), 4);
    body.insert(body.end(), content.begin(), content.end());
    if (content.size() % 2 != 0) body.push_back(0);
  };
  Bytes extended{0x12, 0, 0, 0};  // animated, with alpha
  put_little(extended, 20 - 1, 3);
  put_little(extended, 16 - 1, 3);
  chunk("VP8X", extended);
  chunk("ANIM", {0, 0, 0, 255, 0, 0});
  for (const std::uint32_t left : {4U, 0U}) {
    Bytes frame;
    put_little(frame, left / 2, 3);
    put_little(frame, 6 / 2, 3);
    put_little(frame, 12 - 1, 3);
    put_little(frame, 8 - 1, 3);
    put_little(frame, 100, 3);
    frame.push_back(0);
    frame.insert(frame.end(), stream.begin(), stream.end());
    chunk("ANMF", frame);
  }
  Bytes file{'R', 'I', 'F', 'F'};
  put_little(file, static_cast<std::uint32_t>(body.size() + 4), 4);
  for (const char c : {'W', 'E', 'B', 'P'}) file.push_back(static_cast<std::uint8_t>(c));
  file.insert(file.end(), body.begin(), body.end());
  const Image image = io::decode_picture(file, "a");
  REQUIRE(image.width == 20);
  REQUIRE(image.height == 16);
  CHECK(pixel(image, 0, 0)[3] == 0);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 12; ++x) CHECK(pixel(image, 4 + x, 6 + y) == pixel(small, x, y));
  }
  file.resize(file.size() / 2);
  CHECK_THROWS_AS(io::decode_picture(file, "a"), UserError);
}

TEST_CASE("no library writes to stderr") {
  const Image image = blobs(10, 40, 30);
  std::vector<Bytes> files;
  for (const char* ending : {".jpg", ".png", ".webp", ".bmp"})
    files.push_back(encoded(image, ending));
  // A colour profile and a gamma that libpng complains about.
  files.push_back(made_png({{"IHDR", header_of(5, 3, 8, 2)},
                            {"gAMA", {0, 0, 0, 0}},
                            {"iCCP", {'x', 0, 0, 1, 2}},
                            {"IDAT", plain(5, 3, {1, 2, 3})}}));
  std::uint32_t state = 3;
  const auto random = [&state] { return state = state * 1664525U + 1013904223U; };
  int refused = 0;
  const std::string text = said([&] {
    for (const Bytes& whole : files) {
      for (int round = 0; round < 60; ++round) {
        Bytes broken = whole;
        if (round % 2 == 0) broken.resize(1 + random() % broken.size());
        if (round > 0)
          broken[random() % broken.size()] = static_cast<std::uint8_t>(random() >> 24U);
        try {
          (void)io::decode_picture(broken, "x");
        } catch (const UserError&) {
          ++refused;
        }
      }
    }
  });
  CHECK(text.empty());
  CHECK(refused > 30);
}
