// Pictures that look alike: precision and recall on product shots and photographs, and how the search for them
// grows.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "native/base/rng.h"
#include "native/data/duplicates.h"
#include "native/io/decode.h"
#include "native/io/files.h"
#include "shared/picture/resample.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;
namespace fs = std::filesystem;

namespace {

Fingerprint print_of(const Image& image) {
  std::vector<float> rgb(std::size_t{3} * kThumbnailSide * kThumbnailSide);
  ResampleScratch scratch;
  REQUIRE(resample_picture(image.view(), kThumbnailSide, rgb, scratch));
  return fingerprint(rgb);
}

/// A mug (round handle) or a bottle (neck) of its own place, size, colour and label on a light sheet.
Image product(std::uint64_t seed) {
  constexpr int kSide = 120;
  CounterRng rng(seed, Purpose::augment, 77);
  const bool is_mug = rng.chance(0.5);
  const double x = rng.uniform(0.44, 0.56), y = rng.uniform(0.46, 0.56);
  const double half_width = is_mug ? rng.uniform(0.14, 0.2) : rng.uniform(0.08, 0.12);
  const double half_height = is_mug ? rng.uniform(0.16, 0.22) : rng.uniform(0.26, 0.34);
  const double label_at = rng.uniform(-0.6, 0.5), label_height = rng.uniform(0.15, 0.5);
  std::array<double, 3> body{}, label{};
  for (double& c : body) c = rng.uniform(25, 205);
  for (double& c : label) c = rng.uniform(25, 245);
  Image image{kSide, kSide, 3, {}};
  for (int row = 0; row < kSide; ++row) {
    for (int column = 0; column < kSide; ++column) {
      const double u = ((column + 0.5) / kSide - x) / half_width;
      const double v = ((row + 0.5) / kSide - y) / half_height;
      const bool is_neck = !is_mug && v < -0.5;
      const bool is_body = std::abs(v) < 1 && std::abs(u) < (is_neck ? 0.4 : 1);
      const double handle = std::hypot(u - 1.1, v);
      const bool is_handle = is_mug && u > 1 && handle > 0.45 && handle < 0.7;
      const bool is_label = is_body && !is_neck && v > label_at && v < label_at + label_height;
      for (std::size_t c = 0; c < 3; ++c) {
        const double shade = 1 - 0.3 * std::clamp(u, -1.0, 1.0);
        double value = 229 + static_cast<double>(c);
        if (is_body || is_handle) value = body[c] * shade * 0.77;
        if (is_label) value = label[c] * shade * 0.77;
        image.pixels.push_back(
            static_cast<std::uint8_t>(std::clamp(value + rng.uniform(-4, 4), 0.0, 255.0)));
      }
    }
  }
  return image;
}

/// `share` of each side cut away.
Image cropped(const Image& image, double share) {
  const int dx = static_cast<int>(std::lround(share * image.width));
  const int dy = static_cast<int>(std::lround(share * image.height));
  Image part{image.width - 2 * dx, image.height - 2 * dy, image.channels, {}};
  const auto channels = static_cast<std::size_t>(image.channels);
  for (int row = dy; row < image.height - dy; ++row) {
    const auto at = (static_cast<std::size_t>(row) * static_cast<std::size_t>(image.width) +
                     static_cast<std::size_t>(dx)) *
                    channels;
    part.pixels.insert(
        part.pixels.end(), image.pixels.begin() + static_cast<std::ptrdiff_t>(at),
        image.pixels.begin() +
            static_cast<std::ptrdiff_t>(at + static_cast<std::size_t>(part.width) * channels));
  }
  return part;
}

Image recompressed(const Image& image, int quality) {
  return io::decode_picture(encoded(image, ".jpg", quality), "x");
}

const std::vector<std::pair<std::string, std::function<Image(const Image&)>>> kCopies{
    {"mirrored", [](const Image& image) { return mirrored(image); }},
    {"recompressed", [](const Image& image) { return recompressed(image, 40); }},
    {"reduced",
     [](const Image& image) { return resized(image, image.width / 2, image.height / 2); }},
    {"mirrored, reduced and recompressed",
     [](const Image& image) {
       return recompressed(mirrored(resized(image, image.width / 2, image.height / 2)), 60);
     }},
    {"cropped by 1 % a side", [](const Image& image) { return cropped(image, 0.01); }},
    {"cropped by 3 % a side", [](const Image& image) { return cropped(image, 0.03); }},
    {"cropped by 8 % a side", [](const Image& image) { return cropped(image, 0.08); }},
};

struct Quality {
  std::map<std::string, double> recall;    // by kind of copy
  std::size_t false_pairs = 0, pairs = 0;  // of different pictures: said to be the same, all
};

/// @param same  pairs of the pictures themselves that do show the same
Quality quality_of(const std::vector<Image>& pictures) {
  Quality quality;
  std::vector<Fingerprint> prints;
  for (const Image& picture : pictures) prints.push_back(print_of(picture));
  for (const auto& [name, copy] : kCopies) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      const Fingerprint print = print_of(copy(pictures[i]));
      if (show_the_same(prints[i], print)) ++found;
      // A copy of one is no copy of the next.
      const std::size_t next = (i + 1) % pictures.size();
      if (show_the_same(prints[next], print)) ++quality.false_pairs;
      ++quality.pairs;
    }
    quality.recall[name] = static_cast<double>(found) / static_cast<double>(pictures.size());
  }
  for (std::size_t i = 0; i < prints.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (show_the_same(prints[i], prints[j])) ++quality.false_pairs;
      ++quality.pairs;
    }
  }
  return quality;
}

void tell(const std::string& what, const Quality& quality) {
  std::string text = what + ": " + std::to_string(quality.false_pairs) + " of " +
                     std::to_string(quality.pairs) + " pairs of different pictures";
  for (const auto& [name, copy] : kCopies) {
    text += ", " + name + " " + std::to_string(quality.recall.at(name)).substr(0, 5);
  }
  WARN(text);
}

/// Groups by comparing each picture with each group's first one.
std::vector<int> groups_by_all_pairs(const std::vector<Fingerprint>& prints) {
  std::vector<std::size_t> firsts, owner(prints.size()), members(prints.size(), 0);
  for (std::size_t i = 0; i < prints.size(); ++i) {
    const auto found = std::ranges::find_if(
        firsts, [&](std::size_t first) { return show_the_same(prints[first], prints[i]); });
    owner[i] = found == firsts.end() ? i : *found;
    if (owner[i] == i) firsts.push_back(i);
    ++members[owner[i]];
  }
  std::vector<int> groups(prints.size(), -1);
  int next = 0;
  for (std::size_t i = 0; i < prints.size(); ++i) {
    if (members[owner[i]] < 2) continue;
    groups[i] = owner[i] == i ? next++ : groups[owner[i]];
  }
  return groups;
}

/// A thumbnail of soft colours (a photograph), or of a box on a light sheet (a product), with a little noise.
std::vector<float> thumbnail(std::uint64_t seed, bool is_product) {
  CounterRng rng(seed, Purpose::mix, is_product ? 1 : 0);
  constexpr std::size_t kSide = kThumbnailSide;
  std::array<double, 12> wave{};
  for (double& value : wave) value = rng.uniform(0.05, 0.5);
  std::array<double, 4> box{rng.uniform(6, 12), rng.uniform(20, 26), rng.uniform(5, 10),
                            rng.uniform(22, 28)};
  std::vector<float> rgb;
  for (std::size_t c = 0; c < 3; ++c) {
    const double colour = rng.uniform(20, 200);
    for (std::size_t y = 0; y < kSide; ++y) {
      for (std::size_t x = 0; x < kSide; ++x) {
        const auto u = static_cast<double>(x), v = static_cast<double>(y);
        double value =
            128 + 40 * std::sin(wave[0] * u + 13 * wave[1]) * std::cos(wave[2] * v + 9 * wave[3]) +
            40 * std::sin(wave[4 + c] * u + wave[7 + c] * v + 20 * wave[10]);
        if (is_product) {
          value = u > box[0] && u < box[1] && v > box[2] && v < box[3] ? colour : 229;
        }
        rgb.push_back(static_cast<float>(std::clamp(value + rng.uniform(-3, 3), 0.0, 255.0)));
      }
    }
  }
  return rgb;
}

/// Every tenth is a mirrored copy of an earlier one.
std::vector<Fingerprint> many_prints(std::size_t n, bool is_product) {
  std::vector<Fingerprint> prints;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<float> rgb = thumbnail(i % 10 == 9 ? i - i % 7 - 2 : i, is_product);
    if (i % 10 == 9) {
      for (std::size_t row = 0; row < rgb.size(); row += kThumbnailSide) {
        std::reverse(rgb.begin() + static_cast<std::ptrdiff_t>(row),
                     rgb.begin() + static_cast<std::ptrdiff_t>(row + kThumbnailSide));
      }
    }
    prints.push_back(fingerprint(rgb));
  }
  return prints;
}

}  // namespace

TEST_CASE("product shots on one sheet are told apart, their copies are found", "[duplicates]") {
  std::vector<Image> pictures;
  for (std::uint64_t seed = 0; seed < 60; ++seed) pictures.push_back(product(seed));
  const Quality quality = quality_of(pictures);
  tell("60 drawn products", quality);
  CHECK(quality.false_pairs == 0);
  for (const char* name :
       {"mirrored", "recompressed", "reduced", "mirrored, reduced and recompressed"}) {
    INFO(name);
    CHECK(quality.recall.at(name) == 1);
  }
  CHECK(quality.recall.at("cropped by 1 % a side") > 0.9);
}

TEST_CASE("photographs are told apart, their copies are found", "[duplicates]") {
  const fs::path photos = real_photos();
  if (photos.empty()) {
    WARN("skipped: there are no photographs on this machine");
    return;
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(photos)) {
    if (io::has_picture_ending(entry.path().string())) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Image> pictures;
  for (const fs::path& file : files) {
    pictures.push_back(io::decode_picture(io::read_file(file), file.string()));
  }
  const Quality quality = quality_of(pictures);
  tell(std::to_string(pictures.size()) + " photographs", quality);
  // Two are frames of one burst.
  CHECK(quality.false_pairs <= 1);
  for (const char* name :
       {"mirrored", "recompressed", "reduced", "mirrored, reduced and recompressed"}) {
    INFO(name);
    CHECK(quality.recall.at(name) == 1);
  }
  CHECK(quality.recall.at("cropped by 1 % a side") > 0.9);
  std::vector<Fingerprint> prints;
  for (const Image& picture : pictures) prints.push_back(print_of(picture));
  CHECK(duplicate_groups(prints) == groups_by_all_pairs(prints));
}

TEST_CASE("the search finds the groups that comparing all pairs finds", "[duplicates]") {
  for (const bool is_product : {false, true}) {
    std::vector<Fingerprint> prints = many_prints(400, is_product);
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      prints.push_back(print_of(product(seed)));
      prints.push_back(print_of(blobs(seed % 20, 60, 44)));
    }
    const std::vector<float> flat(std::size_t{3} * kThumbnailSide * kThumbnailSide, 90);
    prints.insert(prints.end(), 3, fingerprint(flat));
    const std::vector<int> groups = duplicate_groups(prints);
    CHECK(groups == groups_by_all_pairs(prints));
    CHECK(*std::ranges::max_element(groups) > 20);
  }
  CHECK(duplicate_groups({}).empty());
}

TEST_CASE("ten thousand pictures are searched in seconds", "[duplicates]") {
  for (const bool is_product : {false, true}) {
    const std::vector<Fingerprint> prints = many_prints(10'000, is_product);
    const std::clock_t start = std::clock();
    const std::vector<int> groups = duplicate_groups(prints);
    const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    CAPTURE(is_product, seconds);
    CHECK(seconds < 20);
    CHECK(*std::ranges::max_element(groups) > 500);
  }
}

/// A fingerprint of a plain ground with a figure of stripes on it.
Fingerprint plain_print(std::uint64_t hash) {
  Fingerprint print;
  print.hash = hash;
  print.mirrored = ~hash;
  print.is_plain = true;
  print.ground = {100, 100, 100};
  print.thumbnail.fill(100);
  for (std::size_t pixel = 0; pixel < print.thumbnail.size() / 3; pixel += 3) {
    print.thumbnail[pixel] = 220;
  }
  return print;
}

TEST_CASE("in a crowd of nearly alike pictures the nearest alone are compared", "[duplicates]") {
  // Two bits of each word of the crowd's hashes differ from a middle's. Of the pair, one is the middle, and three bits
  // of each word of the other differ, those that the search comes to last.
  constexpr std::uint64_t kMiddle = 0x0123456789ABCDEF, kFar = 0xE000E000E000E000;
  const auto groups_in_crowd = [&](std::size_t size, std::uint64_t far) {
    std::vector<Fingerprint> prints{plain_print(kMiddle)};
    for (std::size_t i = 0; i < size; ++i) {
      CounterRng rng(1, Purpose::augment, i);
      std::uint64_t flips = 0;
      for (std::uint64_t word = 0; word < 4; ++word) {
        const std::uint64_t one = rng.below(16), other = (one + 1 + rng.below(15)) % 16;
        flips |= ((std::uint64_t{1} << one) | (std::uint64_t{1} << other)) << (16 * word);
      }
      // Each is unlike all the others, which its squares of 8x8 pixels tell at once.
      Fingerprint print = plain_print(kMiddle ^ flips);
      print.is_plain = false;
      for (std::size_t square = 0; square < 48; ++square) {
        const auto value = static_cast<std::uint8_t>(rng.below(256));
        for (std::size_t p = 0; p < 64; ++p) {
          const std::size_t row = square % 16 / 4 * 8 + p / 8, column = square % 4 * 8 + p % 8;
          print.thumbnail[(square / 16 * kThumbnailSide + row) * kThumbnailSide + column] = value;
        }
      }
      prints.push_back(print);
    }
    prints.push_back(plain_print(kMiddle ^ far));
    return duplicate_groups(prints, 1000);
  };
  for (const std::uint64_t far : {std::uint64_t{0}, std::uint64_t{1}, kFar}) {
    CAPTURE(far);
    CHECK(groups_in_crowd(0, far) == std::vector<int>{0, 0});
    const std::vector<int> groups = groups_in_crowd(3000, far);
    const bool is_found = groups.back() >= 0 && groups.back() == groups.front();
    CHECK(is_found == (far != kFar));
  }
}
