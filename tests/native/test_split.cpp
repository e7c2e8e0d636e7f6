// The division into parts: border colour, stratification, duplicates, the split file.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "native/base/rng.h"
#include "native/data/border_colour.h"
#include "native/data/dataset.h"
#include "native/data/duplicates.h"
#include "native/data/picture_source.h"
#include "native/io/decode.h"
#include "shared/picture/resample.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;
namespace fs = std::filesystem;

namespace {

constexpr std::array<int, 3> kGrass{90, 130, 40};
constexpr std::array<int, 3> kSea{30, 90, 170};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void put(const fs::path& path, std::uint64_t seed, std::array<int, 3> border,
         const std::string& ending = ".png") {
  write(path, encoded(blobs(seed, 60, 44, border), ending));
}

/// 20 of each class before their own colour and 4 before the other's, called odd*.
void two_worlds(const fs::path& folder) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    put(folder / "land" / (std::to_string(100 + i) + ".png"), 1000 + i, kGrass);
    put(folder / "water" / (std::to_string(100 + i) + ".png"), 2000 + i, kSea);
  }
  for (std::uint64_t i = 0; i < 4; ++i) {
    put(folder / "land" / ("odd" + std::to_string(i) + ".png"), 3000 + i, kSea);
    put(folder / "water" / ("odd" + std::to_string(i) + ".png"), 4000 + i, kGrass);
  }
}

Dataset load(const TemporaryFolder& folder, std::uint64_t seed = 1, const std::string& split = "") {
  DataOptions options;
  options.path = folder.str();
  options.input_size = 16;
  options.split_seed = seed;
  options.split_file = split;
  return load_dataset(options);
}

Fingerprint print_of(const Image& image) {
  std::vector<float> rgb(std::size_t{3} * kThumbnailSide * kThumbnailSide);
  ResampleScratch scratch;
  REQUIRE(resample_picture(image.view(), kThumbnailSide, rgb, scratch));
  return fingerprint(rgb);
}

std::vector<Image> copies_of(const Image& image) {
  std::vector<Image> copies{mirrored(image), resized(image, image.width / 2, image.height / 3),
                            resized(image, image.width * 2, image.height)};
  for (const int quality : {90, 40}) {
    copies.push_back(io::decode_picture(encoded(image, ".jpg", quality), "x"));
    copies.push_back(
        io::decode_picture(encoded(mirrored(resized(image, 100, 80)), ".jpg", quality), "x"));
  }
  return copies;
}

}  // namespace

TEST_CASE("the ring's hues are shares, colourless pixels left out") {
  const int side = 16;
  std::vector<float> rgb(std::size_t{3} * side * side, 128);  // grey
  BorderHues hues = border_hues(rgb, side);
  CHECK(std::all_of(hues.begin(), hues.end(), [](float share) { return share == 0; }));
  std::fill(rgb.begin(), rgb.begin() + side * side, 255.0F);  // red, also in the middle
  std::fill(rgb.begin() + side * side, rgb.end(), 0.0F);
  hues = border_hues(rgb, side);
  CHECK(hues[0] == 1);
  // A blue middle does not count: the ring is two pixels wide.
  for (int y = 2; y < 14; ++y) {
    for (int x = 2; x < 14; ++x) {
      rgb[static_cast<std::size_t>(y * side + x)] = 0;
      rgb[static_cast<std::size_t>((2 * side + y) * side + x)] = 255;
    }
  }
  CHECK(border_hues(rgb, side)[0] == 1);
  CHECK(border_hues(rgb, side)[16] == 0);  // blue: 240 degrees
}

TEST_CASE("how far the borders of two classes overlap") {
  BorderHues green{}, blue{}, grey{};
  green[6] = 1;
  blue[14] = 1;
  const auto overlap = [](const std::vector<BorderHues>& hues, const std::vector<int>& labels) {
    return border_overlap(hues, labels);
  };
  CHECK(overlap({green, green, blue}, {0, 0, 1}).value() == Approx(0));
  CHECK(overlap({green, blue, green, blue}, {0, 0, 1, 1}).value() == Approx(1));
  CHECK(overlap({green, blue, blue, blue}, {0, 0, 1, 1}).value() == Approx(0.5));
  CHECK(overlap({grey, grey}, {0, 1}).value() == Approx(1));  // colourless is a colour, too
  CHECK_FALSE(overlap({green}, {0}).has_value());
}

TEST_CASE("contradicting borders become the shift part") {
  const TemporaryFolder folder;
  two_worlds(folder.path());
  const Dataset data = load(folder);
  // 15 % of 24 is 3.6.
  CHECK(data.count(Part::shift, 0) == 4);
  CHECK(data.count(Part::shift, 1) == 4);
  for (const Sample* sample : data.part(Part::shift)) {
    INFO(sample->name);
    CHECK(has(sample->name, "odd"));
    CHECK(sample->contradiction > 0.6F);
  }
  CHECK(data.count(Part::val, 0) == 3);
  CHECK(data.count(Part::train, 0) == 17);

  // Another seed changes val, never shift.
  Dataset other = load(folder);
  assign_parts(other, 7);
  bool val_differs = false;
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    CHECK((data.samples[i].part == Part::shift) == (other.samples[i].part == Part::shift));
    val_differs = val_differs || data.samples[i].part != other.samples[i].part;
  }
  CHECK(val_differs);
  assign_parts(other, 1);
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    CHECK(data.samples[i].part == other.samples[i].part);
  }
}

TEST_CASE("the division does not depend on the input size") {
  const TemporaryFolder folder;
  two_worlds(folder.path());
  DataOptions options;
  options.path = folder.str();
  options.input_size = 16;
  const Dataset small = load_dataset(options);
  options.input_size = 72;
  const Dataset large = load_dataset(options);
  for (std::size_t i = 0; i < small.samples.size(); ++i) {
    CHECK(small.samples[i].part == large.samples[i].part);
  }
}

TEST_CASE("few pictures still leave some for training, and shift is never more than a third") {
  for (int n = 1; n <= 8; ++n) {
    const TemporaryFolder folder;
    for (int i = 0; i < n; ++i) {
      put(folder.path() / "a" / (std::to_string(i) + ".png"), 10 + static_cast<unsigned>(i),
          kGrass);
      put(folder.path() / "b" / (std::to_string(i) + ".png"), 50 + static_cast<unsigned>(i), kSea);
    }
    const Dataset data = load(folder);
    for (const int label : {0, 1}) {
      INFO(n << " pictures, class " << label);
      CHECK(data.count(Part::train, label) >= 1);
      CHECK(3 * data.count(Part::shift, label) <= n);
      if (n >= 3) {
        CHECK(data.count(Part::shift, label) >= 1);
      }
      if (n >= 2) {
        CHECK(data.count(Part::val, label) >= 1);
      }
    }
  }
}

TEST_CASE("copies and mirror images are recognised, other pictures are not") {
  std::vector<Image> pictures;
  for (std::uint64_t seed = 0; seed < 30; ++seed) pictures.push_back(blobs(seed, 120, 90, kSea));
  std::vector<Fingerprint> prints;
  prints.reserve(pictures.size());
  for (const Image& picture : pictures) prints.push_back(print_of(picture));
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    INFO("picture " << i);
    for (const Image& copy : copies_of(pictures[i]))
      CHECK(show_the_same(prints[i], print_of(copy)));
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(show_the_same(prints[i], prints[j]));
  }
}

TEST_CASE("flat pictures are the same where their colour is") {
  const auto flat = [](std::uint8_t r, std::uint8_t g, std::uint8_t b) {
    Image image;
    image.width = image.height = 40;
    for (int i = 0; i < 1600; ++i) image.pixels.insert(image.pixels.end(), {r, g, b});
    return print_of(image);
  };
  CHECK(show_the_same(flat(10, 20, 30), flat(10, 20, 30)));
  CHECK_FALSE(show_the_same(flat(10, 20, 30), flat(200, 20, 30)));
  CHECK_FALSE(show_the_same(flat(10, 20, 30), print_of(blobs(1, 40, 40))));
}

TEST_CASE("groups are numbered by their first member") {
  const Image a = blobs(1, 80, 60);
  const Image b = blobs(2, 80, 60);
  const Image c = blobs(3, 80, 60);
  const std::vector<Fingerprint> prints{print_of(c),
                                        print_of(b),
                                        print_of(a),
                                        print_of(mirrored(b)),
                                        print_of(resized(a, 50, 50)),
                                        print_of(mirrored(a))};
  CHECK(duplicate_groups(prints) == std::vector<int>{-1, 0, 1, 0, 1, 1});
}

namespace {

/// A product on a light sheet: a mug (broad, with a handle) or a bottle (tall), of its own colour,
/// size and place, with the noise of a camera.
Image product(std::uint64_t seed, bool is_bottle) {
  constexpr int kSize = 120;
  CounterRng rng(seed, Purpose::augment, is_bottle ? 1 : 0);
  const double x = rng.uniform(0.42, 0.58), y = rng.uniform(0.42, 0.58);
  const double height = is_bottle ? rng.uniform(0.28, 0.40) : rng.uniform(0.15, 0.24);
  const double width = is_bottle ? rng.uniform(0.07, 0.12) : rng.uniform(0.13, 0.20);
  const std::array<double, 3> colour{rng.uniform(20, 220), rng.uniform(20, 220),
                                     rng.uniform(20, 220)};
  Image image{kSize, kSize, 3, {}};
  for (int row = 0; row < kSize; ++row) {
    for (int column = 0; column < kSize; ++column) {
      const double u = (column + 0.5) / kSize - x, v = (row + 0.5) / kSize - y;
      const bool in_body = std::abs(u) < width && std::abs(v) < height;
      const double ring = std::hypot(u - width, v);
      const bool in_handle = !is_bottle && ring < 0.09 && ring > 0.05;
      const double shade = 1 - 0.4 * std::abs(u) / width;
      for (std::size_t c = 0; c < 3; ++c) {
        const double value = (in_body || in_handle ? colour[c] * shade : 222) + rng.uniform(-4, 4);
        image.pixels.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
      }
    }
  }
  return image;
}

}  // namespace

TEST_CASE("products on one sheet are no copies of each other, and their copies are found") {
  std::vector<Fingerprint> prints;
  std::size_t copies = 0, found = 0;
  for (std::uint64_t i = 0; i < 60; ++i) {
    for (const bool is_bottle : {false, true}) {
      const Image image = product(i, is_bottle);
      prints.push_back(print_of(image));
      if (i >= 10) continue;
      for (const Image& copy : copies_of(image)) {
        ++copies;
        found += show_the_same(prints.back(), print_of(copy)) ? 1 : 0;
      }
    }
  }
  std::map<int, int> sizes;
  for (const int group : duplicate_groups(prints)) {
    if (group >= 0) ++sizes[group];
  }
  int largest = 0, grouped = 0;
  for (const auto& [group, size] : sizes) {
    largest = std::max(largest, size);
    grouped += size;
  }
  INFO(sizes.size() << " groups, the largest of " << largest << ", " << grouped
                    << " of 120 pictures; " << found << " of " << copies << " copies found");
  CHECK(largest <= 3);
  CHECK(grouped <= 4);
  CHECK(10 * found >= 9 * copies);
}

TEST_CASE("a chain of small steps is no group: each member is like the first") {
  // Every picture is like the next one, the last is unlike the first.
  const Image from = blobs(1, 80, 60), to = blobs(2, 80, 60);
  std::vector<Fingerprint> prints;
  for (int step = 0; step <= 20; ++step) {
    Image image = from;
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      image.pixels[i] =
          static_cast<std::uint8_t>((from.pixels[i] * (20 - step) + to.pixels[i] * step) / 20);
    }
    prints.push_back(print_of(image));
  }
  for (std::size_t i = 0; i + 1 < prints.size(); ++i)
    CHECK(show_the_same(prints[i], prints[i + 1]));
  REQUIRE_FALSE(show_the_same(prints.front(), prints.back()));
  const std::vector<int> groups = duplicate_groups(prints);
  for (std::size_t i = 0; i < prints.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (groups[j] != groups[i] || groups[i] < 0) continue;
      CHECK(show_the_same(prints[j], prints[i]));
      break;  // the first of its group
    }
  }
  CHECK(groups.front() != groups.back());
}

TEST_CASE("copies and mirror images never straddle parts that are made here") {
  const TemporaryFolder folder;
  two_worlds(folder.path());
  // Each of twelve pictures twice more: re-encoded, and mirrored and shrunk.
  for (std::uint64_t i = 0; i < 12; ++i) {
    const Image image = blobs(1000 + i, 60, 44, kGrass);
    const std::string name = std::to_string(i);
    write(folder.path() / "land" / ("copy" + name + ".jpg"), encoded(image, ".jpg", 70));
    write(folder.path() / "land" / ("turned" + name + ".jpg"),
          encoded(resized(mirrored(image), 48, 40), ".jpg", 80));
  }
  // A contradicting one and its mirror image.
  write(folder.path() / "water" / "mirror.png",
        encoded(mirrored(blobs(4000, 60, 44, kGrass)), ".png"));
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Dataset data = load(folder, seed);
    REQUIRE(data.duplicates.size() == 13);
    std::map<int, std::set<Part>> parts;
    for (const Sample& sample : data.samples) {
      if (sample.group >= 0) parts[sample.group].insert(sample.part);
    }
    for (const auto& [group, of_group] : parts) CHECK(of_group.size() == 1);
    CHECK(data.count(Part::val, 0) >= 3);
  }
}

TEST_CASE("a copy that straddles given parts is told and left") {
  const TemporaryFolder folder;
  for (std::uint64_t i = 0; i < 6; ++i) {
    put(folder.path() / "train" / "a" / (std::to_string(i) + ".png"), 10 + i, kGrass);
    put(folder.path() / "train" / "b" / (std::to_string(i) + ".png"), 30 + i, kSea);
  }
  put(folder.path() / "shift" / "a" / "again.png", 12, kGrass);
  put(folder.path() / "shift" / "b" / "new.png", 99, kSea);
  write(folder.path() / "train" / "b" / "both.png",
        encoded(mirrored(blobs(13, 60, 44, kGrass)), ".png"));
  const Dataset data = load(folder);
  REQUIRE(data.warnings.size() == 4);  // the first two: few pictures
  CHECK(has(data.warnings[2], "shift/a/again.png, train/a/2.png"));
  CHECK(has(data.warnings[3], "both classes: train/a/3.png, train/b/both.png"));
  CHECK(data.count(Part::shift, 0) == 1);
  CHECK(data.samples[0].part == Part::shift);
}

TEST_CASE("a division is written down and given back") {
  const TemporaryFolder folder;
  two_worlds(folder.path());
  const Dataset data = load(folder, 5);
  const std::string json = split_json(data);
  CHECK(json == split_json(load(folder, 5)));
  const TemporaryFolder out;
  write(out.path() / "split-s5.json", json);
  const Dataset back = load(folder, 1, out.str("split-s5.json"));
  CHECK(split_json(back) == json);
  CHECK(back.split_seed == 5);

  // Parts that a person moved are taken as they are.
  nlohmann::ordered_json edited = nlohmann::ordered_json::parse(json);
  for (auto& picture : edited["pictures"]) picture["part"] = "train";
  write(out.path() / "all.json", edited.dump());
  CHECK(load(folder, 1, out.str("all.json")).part(Part::train).size() == data.samples.size());
}

TEST_CASE("names that are not UTF-8 survive the split file") {
  const TemporaryFolder folder;
  two_worlds(folder.path());
  put(folder.path() / "land" / "B\xe4r \xff.png", 77, kGrass);
  const Dataset data = load(folder, 3);
  const std::string json = split_json(data);
  const TemporaryFolder out;
  write(out.path() / "split.json", json);
  const Dataset back = load(folder, 1, out.str("split.json"));
  CHECK(split_json(back) == json);
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    CHECK(back.samples[i].name == data.samples[i].name);
    CHECK(back.samples[i].part == data.samples[i].part);
  }
  CHECK(back.shift_is_chosen);
}

TEST_CASE("a split file of other pictures is refused") {
  const TemporaryFolder folder;
  two_worlds(folder.path());
  const Dataset data = load(folder);
  const nlohmann::ordered_json good = nlohmann::ordered_json::parse(split_json(data));
  const auto refusal = [&](const std::string& text) {
    Dataset copy = data;
    std::string message = text_of(error_of([&] { apply_split(copy, text, "split-s1.json"); }));
    INFO(message);
    CHECK(has(message, "split-s1.json"));
    return message;
  };
  const auto with = [&](const auto& change) {
    nlohmann::ordered_json json = good;
    change(json);
    return refusal(json.dump());
  };
  CHECK(has(with([](auto& j) { j["pictures"][0]["name"] = "land/other.png"; }), "land/other.png"));
  CHECK(has(with([](auto& j) { j["pictures"].erase(0); }), "land/100.png"));
  CHECK(has(with([](auto& j) { j["pictures"][3]["hash"] = "0000000000000000"; }),
            "not the same as when it was written: land/103.png"));
  CHECK(has(with([](auto& j) { j["pictures"][0]["label"] = "water"; }), "land/100.png"));
  CHECK(has(with([](auto& j) { j["pictures"].push_back(j["pictures"][0]); }), "twice"));
  CHECK(has(with([](auto& j) { j["pictures"][2]["part"] = "test"; }), "pictures[2]"));
  CHECK(has(with([](auto& j) { j["pictures"][2].erase("hash"); }), "\"hash\""));
  CHECK(has(with([](auto& j) { j["pictures"][2] = 5; }), "pictures[2]"));
  CHECK(has(with([](auto& j) { j["pictures"] = 5; }), "\"pictures\""));
  CHECK(has(with([](auto& j) { j["classes"] = {"cat", "dog"}; }), "cat, dog"));
  CHECK(has(with([](auto& j) { j["classes"] = 5; }), "classes"));
  CHECK(has(with([](auto& j) { j["version"] = 2; }), "version"));
  CHECK(has(with([](auto& j) { j["format"] = "x"; }), "not a split file"));
  for (const char* text : {"", "[]", "5", "{", "{}"}) CHECK_FALSE(refusal(text).empty());
}

TEST_CASE("real photographs: frames of one burst are found, nothing else") {
  const fs::path photos = real_photos();
  if (photos.empty()) {
    WARN("skipped: no photographs on this machine (set CAMLOSS_PHOTOS)");
    return;
  }
  const auto source = open_source(photos / "train");
  std::vector<Fingerprint> prints;
  for (std::size_t i = 0; i < source->files().size(); ++i) {
    prints.push_back(print_of(io::decode_picture(source->read(i), source->files()[i])));
    const Image image = io::decode_picture(source->read(i), source->files()[i]);
    if (i % 10 != 0) continue;
    INFO(source->files()[i]);
    for (const Image& copy : copies_of(image)) CHECK(show_the_same(prints[i], print_of(copy)));
  }
  const std::vector<int> groups = duplicate_groups(prints);
  CHECK(std::count_if(groups.begin(), groups.end(), [](int group) { return group >= 0; }) <= 4);
}
