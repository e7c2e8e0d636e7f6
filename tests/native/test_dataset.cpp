// Data sets: what is understood as one, what a sample holds, and refusals of all others.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>

#include "native/data/dataset.h"
#include "native/data/layout.h"
#include "native/io/decode.h"
#include "shared/maps/metrics.h"
#include "shared/picture/resample.h"
#include "tests/native/dataset_folder.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;
namespace fs = std::filesystem;

TEST_CASE("two folders of pictures are a data set") {
  const TemporaryFolder folder;
  fill(folder.path() / "zebra", 3, 1, ".jpg");
  fill(folder.path() / "ant", 4, 2);
  write(folder.path() / "ant" / "notes.txt", "no picture");
  write(folder.path() / "ant" / ".hidden.png", "no picture");
  write(folder.path() / "README.md", "no picture");
  write(folder.path() / "zebra" / "deeper" / "UPPER.PNG", encoded(blobs(9, 30, 30), ".png"));
  const Dataset data = load_dataset(at(folder));
  CHECK(data.classes == std::vector<std::string>{"ant", "zebra"});
  CHECK(names_of(data) == std::vector<std::string>{"ant/1.png", "ant/2.png", "ant/3.png",
                                                   "ant/4.png", "zebra/1.jpg", "zebra/2.jpg",
                                                   "zebra/3.jpg", "zebra/deeper/UPPER.PNG"});
  CHECK(data.samples[3].label == 0);
  CHECK(data.samples[4].label == 1);
  CHECK(data.name == folder.path().filename());
  CHECK_FALSE(data.has_parts);
  CHECK_FALSE(data.has_masks);
  CHECK(data.unreadable.empty());
  CHECK(has(data.description, "4 pictures of ant, 4 of zebra"));
}

TEST_CASE("a sample is the core's resampling of the decoded file") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 2, 1, ".jpg");
  fill(folder.path() / "b", 2, 2);
  DataOptions options = at(folder);
  options.input_size = 40;
  const Dataset data = load_dataset(options);
  const Image image = io::decode_picture(encoded(blobs(1001, 50, 40), ".jpg"), "x");
  std::vector<float> expected(std::size_t{3} * 40 * 40);
  ResampleScratch scratch;
  REQUIRE(resample_picture(image.view(), 40, expected, scratch));
  CHECK(data.samples[0].name == "a/1.jpg");
  REQUIRE(data.samples[0].packed.size() == expected.size());
  const std::vector<float> kept = data.samples[0].rgb();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    REQUIRE(std::abs(kept[i] - expected[i]) <= 1.0F / 512);
  }
}

TEST_CASE("the result depends on neither threads nor the order on the disk") {
  const TemporaryFolder one;
  const TemporaryFolder two;
  fill(one.path() / "a", 9, 1);
  fill(one.path() / "b", 9, 2);
  fill(two.path() / "b", 9, 2);
  for (int i = 9; i >= 1; --i) {
    const std::string name = "a/" + std::to_string(i) + ".png";
    fs::create_directories(two.path() / "a");
    fs::copy_file(one.path() / name, two.path() / name);
  }
  DataOptions first = at(one);
  first.threads = 1;
  DataOptions second = at(two);
  second.threads = 5;
  const Dataset x = load_dataset(first);
  const Dataset y = load_dataset(second);
  REQUIRE(names_of(x) == names_of(y));
  for (std::size_t i = 0; i < x.samples.size(); ++i) {
    CHECK(x.samples[i].packed == y.samples[i].packed);
    CHECK(x.samples[i].part == y.samples[i].part);
    CHECK(x.samples[i].hash == y.samples[i].hash);
  }
}

TEST_CASE("given parts are used as given; a missing val is drawn from train") {
  const TemporaryFolder folder;
  fill(folder.path() / "train" / "a", 20, 1);
  fill(folder.path() / "train" / "b", 10, 2);
  fill(folder.path() / "shift" / "a", 3, 3);
  fill(folder.path() / "shift" / "b", 2, 4);
  fill(folder.path() / "other" / "a", 1, 5);
  const Dataset data = load_dataset(at(folder));
  CHECK(data.has_parts);
  CHECK(data.count(Part::shift, 0) == 3);
  CHECK(data.count(Part::shift, 1) == 2);
  CHECK(data.count(Part::val, 0) == 3);  // 15 % of 20
  CHECK(data.count(Part::val, 1) == 2);  // of 10, rounded
  CHECK(data.count(Part::train, 0) == 17);
  REQUIRE_FALSE(data.warnings.empty());
  CHECK(has(data.warnings[0], "other"));

  DataOptions options = at(folder);
  options.split_seed = 2;
  const Dataset again = load_dataset(options);
  CHECK(again.count(Part::val, 0) == 3);
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (const Sample* sample : data.part(Part::val)) first.push_back(sample->name);
  for (const Sample* sample : again.part(Part::val)) second.push_back(sample->name);
  CHECK(first != second);

  fill(folder.path() / "val" / "a", 2, 6);
  fill(folder.path() / "val" / "b", 1, 7);
  const Dataset whole = load_dataset(at(folder));
  CHECK(whole.count(Part::val, 0) == 2);
  CHECK(whole.count(Part::train, 0) == 20);
}

TEST_CASE("without a division every picture of a plain folder is left alone") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 8, 1);
  fill(folder.path() / "b", 8, 2);
  DataOptions options = at(folder);
  options.split = false;
  const Dataset data = load_dataset(options);
  CHECK(data.part(Part::train).size() == 16);
}

TEST_CASE("what is no data set is refused with a reason") {
  const TemporaryFolder folder;
  CHECK(has(refusal(at(folder, "absent")), "there is no"));
  CHECK(has(refusal(at(folder)), "is empty"));
  fill(folder.path(), 2, 1);
  CHECK(has(refusal(at(folder)), "2 pictures among 2 files, and no sub-folder"));
  fill(folder.path() / "only", 2, 1);
  CHECK(has(refusal(at(folder)), "there is one class only: \"only\""));
  fs::create_directories(folder.path() / "void");
  CHECK(has(refusal(at(folder)), "the folder void holds no pictures"));
  write(folder.path() / "void" / "1.txt", "x");
  CHECK(has(refusal(at(folder)), "the folder void holds no pictures"));
  // Beside two folders of pictures it is left out: an old training's results, say.
  fill(folder.path() / "second", 2, 2);
  const Dataset data = load_dataset(at(folder));
  CHECK(data.classes == std::vector<std::string>{"only", "second"});
  REQUIRE_FALSE(data.warnings.empty());
  CHECK(has(data.warnings[0], "the folder void holds no pictures and is left out"));
  for (const auto& [name, why] : std::vector<std::pair<std::string, std::string>>{
           {"cats ", "begins or ends with a space"},
           {std::string(65, 'x'), "is longer than 64 bytes"},
           {"cats, big", "has a comma in it"},
           {"cats\xc2\x85", "has a control character in it"}}) {
    const TemporaryFolder named;
    fill(named.path() / name, 2, 2);
    fill(named.path() / "dogs", 2, 3);
    CHECK(has(refusal(at(named)), "the name of a class, \"" + name + "\", " + why));
  }
  for (const int size : {0, 7, 12, 1032}) {
    DataOptions options = at(folder);
    options.input_size = size;
    CHECK(has(refusal(options), "multiple of 8"));
  }

  const TemporaryFolder parts;
  fill(parts.path() / "train" / "a", 3, 1);
  fill(parts.path() / "shift" / "b", 3, 1);
  CHECK(has(refusal(at(parts)), "the train part has no picture of b"));
}

TEST_CASE("unreadable pictures are named and counted, more than a tenth is an error") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 10, 1);
  fill(folder.path() / "b", 10, 2);
  write(folder.path() / "a" / "bad.jpg", "not a picture at all");
  const Bytes whole = encoded(blobs(3, 50, 50), ".jpg");
  write(folder.path() / "b" / "cut.jpg", std::span(whole).first(whole.size() / 2));
  const Dataset data = load_dataset(at(folder));
  CHECK(data.samples.size() == 20);
  REQUIRE(data.unreadable.size() == 2);
  CHECK(data.unreadable[0].name == "a/bad.jpg");
  CHECK(data.unreadable[0].reason == "is not a picture");
  CHECK(data.unreadable[1].name == "b/cut.jpg");
  CHECK(has(data.unreadable[1].reason, "end too early"));
  write(folder.path() / "b" / "empty.png", "");
  const std::string text = refusal(at(folder));
  CHECK(has(text, "3 of 23 pictures cannot be read"));
  CHECK(has(text, "a/bad.jpg"));
}

TEST_CASE("iPhone pictures are told how to become JPEG") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 4, 1);
  fill(folder.path() / "b", 4, 2);
  for (const char* name : {"1.heic", "2.HEIC"}) {
    write(folder.path() / "b" / name, std::string("\0\0\0\x18"
                                                  "ftypheic\0\0\0\0mif1heic",
                                                  24));
  }
  const std::string text = refusal(at(folder));
  CHECK(has(text, "2 of 10 pictures cannot be read"));
  CHECK(has(text, "convert them to JPEG"));
  CHECK(has(text, "heif-convert"));
  // What that command leaves: each picture beside its original.
  for (const char* name : {"1.heic.jpg", "2.HEIC.jpg"}) {
    write(folder.path() / "b" / name, encoded(blobs(40, 50, 50), ".jpg"));
  }
  const Dataset data = load_dataset(at(folder));
  CHECK(data.samples.size() == 10);
  CHECK(data.unreadable.empty());
}

TEST_CASE("what is converted is told apart in one pass, however many files there are") {
  struct Listed : PictureSource {
    Listed() {
      for (int i = 0; i < 60000; ++i) {
        const std::string name =
            "a/IMG_" + std::to_string(100000 + i) + (i % 2 == 0 ? ".heic" : ".HEIF");
        files_.push_back(name);
        files_.push_back(name + ".jpg");
      }
      files_.insert(files_.end(), {"a/alone.heic", "a/1.png", "a/1.mask.png", "a/notes.txt"});
    }
    std::vector<std::uint8_t> read(std::size_t) override { return {}; }
  };
  const Listed source;
  const auto start = std::chrono::steady_clock::now();
  const std::vector<std::size_t> pictures = picture_files(source);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  REQUIRE(pictures.size() == 60002);
  CHECK(source.files()[pictures[0]] == "a/IMG_100000.heic.jpg");
  CHECK(source.files()[pictures[60000]] == "a/alone.heic");
  CHECK(source.files()[pictures[60001]] == "a/1.png");
}

TEST_CASE("the memory that is counted is all that a picture takes") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 3, 1);
  fill(folder.path() / "b", 3, 2);
  // 8 GiB over 6 MiB of tensor alone are 1365 pictures; with cut-outs of 4 MiB 819.
  DataOptions options = at(folder);
  options.input_size = 1024;
  CHECK(most_pictures(options) > 1200);
  CHECK(most_pictures(options) < 1365);
  options.cut_outs = true;
  CHECK(most_pictures(options) > 720);
  CHECK(most_pictures(options) < 819);
  options.input_size = 8;
  options.cut_outs = false;
  CHECK(most_pictures(options) == kMaxPictures);
}

TEST_CASE("a class of fewer than ten pictures is warned of") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 10, 1);
  fill(folder.path() / "b", 9, 2);
  const Dataset data = load_dataset(at(folder));
  REQUIRE(data.warnings.size() == 1);
  CHECK(has(data.warnings[0], "b has 9 pictures: too few"));
  fs::remove(folder.path() / "b" / "9.png");
  fill(folder.path() / "b", 10, 2);
  CHECK(load_dataset(at(folder)).warnings.empty());
}

TEST_CASE("thumbnails that other programs left are no pictures") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 3, 1);
  fill(folder.path() / "b", 3, 2);
  for (const char* hidden : {"@eaDir", "__MACOSX", ".AppleDouble"}) {
    fill(folder.path() / "a" / hidden, 2, 3);
    fill(folder.path() / hidden, 2, 4);
  }
  CHECK(load_dataset(at(folder)).samples.size() == 6);
}

TEST_CASE("a class that cannot be read at all is an error") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 20, 1);
  write(folder.path() / "b" / "1.jpg", "x");
  CHECK(has(refusal(at(folder)), "no picture of b can be read"));
}

TEST_CASE("masks lie beside the pictures") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 2, 1);
  fill(folder.path() / "b", 2, 2);
  Image mask;
  mask.width = 64;
  mask.height = 64;
  mask.pixels.assign(std::size_t{64} * 64 * 3, 0);
  for (std::size_t i = 0; i < std::size_t{32} * 64 * 3; ++i) mask.pixels[i] = 255;
  write(folder.path() / "a" / "1.mask.png", encoded(mask, ".png"));
  write(folder.path() / "b" / "1.mask.png", "damaged");
  const Dataset data = load_dataset(at(folder));
  CHECK(data.samples.size() == 4);
  CHECK(data.has_masks);
  REQUIRE(data.samples[0].mask.size() == 16);
  CHECK(data.samples[0].mask[0] == 1);
  CHECK(data.samples[0].mask[15] == 0);
  CHECK(data.samples[1].mask.empty());
  REQUIRE_FALSE(data.warnings.empty());
  CHECK(has(data.warnings[0], "b/1.mask.png"));
}

TEST_CASE("the embedded scenes are a data set with masks, and the same when written and read") {
  const Dataset data = scenes_dataset(3, 24);
  CHECK(data.samples.size() == 277 + 64 + 128);
  CHECK(data.count(Part::train, 0) == 188);
  CHECK(data.count(Part::train, 1) == 89);
  CHECK(data.count(Part::val, 1) == 32);
  CHECK(data.count(Part::shift, 0) == 64);
  const auto names = names_of(data);
  CHECK(std::is_sorted(names.begin(), names.end()));

  const TemporaryFolder folder;
  for (const auto& [part, name] : {std::pair{ScenePart::train, "train"},
                                   {ScenePart::val, "val"},
                                   {ScenePart::shift, "shift"}}) {
    for (const SceneClass animal : {SceneClass::leopard, SceneClass::orca}) {
      for (int i = 0; i < 3; ++i) {
        const Scene scene = draw_scene(3, part, animal, i);
        const std::string file = scene_name(part, animal, i);
        CHECK(file.starts_with(name));
        write(folder.path() / file, encoded(scene.picture, ".png"));
        Image mask;
        mask.width = mask.height = kSceneSize;
        for (const std::uint8_t value : scene.mask) mask.pixels.insert(mask.pixels.end(), 3, value);
        write(folder.path() / (file.substr(0, file.size() - 4) + ".mask.png"),
              encoded(mask, ".png"));
      }
    }
  }
  DataOptions options = at(folder);
  options.input_size = 24;
  const Dataset read = load_dataset(options);
  CHECK(read.classes == data.classes);
  REQUIRE(read.samples.size() == 18);
  for (const Sample& sample : read.samples) {
    const auto same = std::find_if(data.samples.begin(), data.samples.end(),
                                   [&](const Sample& s) { return s.name == sample.name; });
    REQUIRE(same != data.samples.end());
    CHECK(same->packed == sample.packed);
    CHECK(same->mask == sample.mask);
    CHECK(same->label == sample.label);
    CHECK(same->part == sample.part);
  }
}

TEST_CASE("reading tells how far it has come, and its listener is forgotten afterwards") {
  const TemporaryFolder folder;
  fill(folder.path() / "a", 20, 1);
  fill(folder.path() / "b", 20, 2);
  DataOptions options = at(folder);
  std::vector<std::size_t> reads;
  options.progress = [&](std::size_t read, std::size_t all) {
    CHECK(all == 40);
    reads.push_back(read);
  };
  const Dataset data = load_dataset(options);
  CHECK(data.samples.size() == 40);
  REQUIRE(reads.size() == 2);
  CHECK(reads[0] < reads[1]);
  CHECK(reads[1] == 40);
  REQUIRE(data.origin);
  CHECK_FALSE(data.origin->progress);
}

TEST_CASE("real photographs load without a loss") {
  const fs::path photos = real_photos();
  if (photos.empty()) {
    WARN("skipped: no photographs on this machine (set CAMLOSS_PHOTOS)");
    return;
  }
  DataOptions options;
  options.path = photos.string();
  options.input_size = 32;
  const Dataset data = load_dataset(options);
  CHECK(data.unreadable.empty());
  CHECK(data.has_parts);
  CHECK(data.samples.size() > 100);
  CHECK(data.count(Part::val, 0) > 0);
}
