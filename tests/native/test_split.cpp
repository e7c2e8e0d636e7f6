// The division into parts: border colour, stratification, duplicates, the split file.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "native/border_colour.h"
#include "native/dataset.h"
#include "native/decode.h"
#include "native/duplicates.h"
#include "native/picture_source.h"
#include "shared/resample.h"
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
    copies.push_back(decode_picture(encoded(image, ".jpg", quality), "x"));
    copies.push_back(
        decode_picture(encoded(mirrored(resized(image, 100, 80)), ".jpg", quality), "x"));
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

TEST_CASE("groups are transitive and numbered by their first member") {
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
  REQUIRE(data.warnings.size() == 2);
  CHECK(has(data.warnings[0], "shift/a/again.png, train/a/2.png"));
  CHECK(has(data.warnings[1], "both classes: train/a/3.png, train/b/both.png"));
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
  CHECK(has(with([](auto& j) { j["format"] = "x"; }), "no split file"));
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
    prints.push_back(print_of(decode_picture(source->read(i), source->files()[i])));
    const Image image = decode_picture(source->read(i), source->files()[i]);
    if (i % 10 != 0) continue;
    INFO(source->files()[i]);
    for (const Image& copy : copies_of(image)) CHECK(show_the_same(prints[i], print_of(copy)));
  }
  const std::vector<int> groups = duplicate_groups(prints);
  CHECK(std::count_if(groups.begin(), groups.end(), [](int group) { return group >= 0; }) <= 4);
}
