// Archives as sources: listing, reading, damage.
#include <algorithm>
#include <catch2/catch.hpp>

#include "native/data/archive.h"
#include "native/data/dataset.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;

namespace {

Bytes text(std::string_view value) { return {value.begin(), value.end()}; }

/// A Caltech-256 tree of three classes with three pictures each.
std::vector<TarEntry> caltech() {
  std::vector<TarEntry> entries{{"256_ObjectCategories/", {}}};
  std::uint64_t seed = 1;
  for (const std::string folder : {"003.backpack", "124.killer-whale", "129.leopards-101"}) {
    entries.push_back({"256_ObjectCategories/" + folder + "/", {}});
    for (int i = 1; i <= 3; ++i) {
      const std::string number = folder.substr(0, 3) + "_000" + std::to_string(i) + ".jpg";
      entries.push_back({"256_ObjectCategories/" + folder + "/" + number,
                         encoded(blobs(seed++, 60, 40), ".jpg")});
    }
  }
  return entries;
}

std::string load_error(const std::string& path, const std::string& classes = "") {
  DataOptions options;
  options.path = path;
  options.classes = classes;
  return text_of(error_of([&] { (void)load_dataset(options); }));
}

}  // namespace

TEST_CASE("an archive lists its files and reads them in any order") {
  const TemporaryFolder folder;
  const std::vector<TarEntry> entries{{"./a/", {}},
                                      {"./a/1.txt", text("one")},
                                      {"/abs/2.txt", text("two")},
                                      {"../out.txt", text("climbs")},
                                      {"a/.hidden", text("no")},
                                      {"__MACOSX/a/._1.txt", text("no")},
                                      {"a/1.txt", text("later")},
                                      {"ä/ö.txt", text("three")},
                                      {"empty.txt", {}}};
  for (const std::string filter : {"", "gzip", "xz"}) {
    INFO(filter);
    write(folder.path() / "x.tar", made_tar(entries, filter));
    const auto source = open_archive(folder.path() / "x.tar");
    const std::vector<std::string> expected{"abs/2.txt", "a/1.txt", "ä/ö.txt", "empty.txt"};
    REQUIRE(source->files() == expected);
    CHECK(source->folders() == std::vector<std::string>{"a"});
    CHECK(source->read(2) == text("three"));
    CHECK(source->read(0) == text("two"));  // back
    CHECK(source->read(1) == text("later"));
    CHECK(source->read(1) == text("later"));
    CHECK(source->read(3).empty());
  }
}

TEST_CASE("a Caltech-256 archive is read directly, as is the unpacked tree") {
  const TemporaryFolder folder;
  write(folder.path() / "c.tar", made_tar(caltech()));
  write(folder.path() / "c.tar.gz", made_tar(caltech(), "gzip"));
  for (const TarEntry& entry : caltech()) {
    if (!entry.name.ends_with('/')) write(folder.path() / "tree" / entry.name, entry.bytes);
  }
  std::vector<std::string> splits;
  for (const char* path : {"c.tar", "c.tar.gz", "tree", "tree/256_ObjectCategories"}) {
    INFO(path);
    DataOptions options;
    options.path = folder.str(path);
    options.input_size = 32;
    const Dataset data = load_dataset(options);
    CHECK(data.classes == std::vector<std::string>{"leopard", "orca"});
    REQUIRE(data.samples.size() == 6);
    CHECK(data.samples[0].name.ends_with("124.killer-whale/124_0001.jpg"));
    CHECK(data.samples[0].label == 1);
    CHECK(data.samples[5].label == 0);
    CHECK(data.samples[0].rgb.size() == 3 * 32 * 32);
    std::string parts;
    for (const Sample& sample : data.samples) parts += to_string(sample.part).substr(0, 1);
    splits.push_back(parts);
  }
  CHECK(splits == std::vector<std::string>(4, splits[0]));
}

TEST_CASE("classes of an archive are chosen by name, with or without their numbers") {
  const TemporaryFolder folder;
  write(folder.path() / "c.tar", made_tar(caltech()));
  DataOptions options;
  options.path = folder.str("c.tar");
  options.classes = "killer-whale,003.backpack=bag";
  const Dataset data = load_dataset(options);
  CHECK(data.classes == std::vector<std::string>{"killer-whale", "bag"});
  CHECK(data.samples[0].label == 1);  // 003.backpack
  const std::string absent = load_error(folder.str("c.tar"), "killer-whale,zebra");
  CHECK(absent.find("\"zebra\"") != std::string::npos);
  CHECK(absent.find("003.backpack, 124.killer-whale, 129.leopards-101") != std::string::npos);
}

TEST_CASE("a damaged archive is refused wherever it is cut or altered") {
  const TemporaryFolder folder;
  const Bytes whole = made_tar(caltech());
  const std::string path = folder.str("c.tar");
  std::size_t end = whole.size();  // behind the last entry's bytes
  while (whole[end - 1] == 0) --end;
  for (std::size_t length = 1; length < end; length += 311) {
    write(path, std::span(whole).first(length));
    const std::string message = load_error(path);
    INFO("cut to " << length << ": " << message);
    CHECK(message.find("c.tar") != std::string::npos);
    CHECK((message.find("damaged archive") != std::string::npos ||
           message.find("neither a folder nor an archive") != std::string::npos ||
           message.find("cannot read") != std::string::npos));
  }
  // Between two entries, at a block's border: only the missing end mark tells.
  write(path, std::span(whole).first((end + 511) / 512 * 512));
  CHECK(load_error(path).find("end mark") != std::string::npos);

  Bytes checksum = whole;
  checksum[512 + 150] = '9';  // the second header's checksum
  write(path, checksum);
  CHECK(load_error(path).find("damaged archive") != std::string::npos);

  const Bytes packed = made_tar(caltech(), "gzip");
  for (std::size_t length = 1; length < packed.size() - 8; length += 997) {
    write(path, std::span(packed).first(length));
    const std::string message = load_error(path);
    INFO("cut to " << length << ": " << message);
    CHECK((message.find("damaged archive") != std::string::npos ||
           message.find("cannot read") != std::string::npos));
  }
}

TEST_CASE("files that are no archive are refused") {
  const TemporaryFolder folder;
  write(folder.path() / "photo.jpg", encoded(blobs(1, 30, 30), ".jpg"));
  write(folder.path() / "empty.tar", "");
  write(folder.path() / "zeros.tar", Bytes(10'240, 0));
  for (const char* name : {"photo.jpg", "empty.tar", "zeros.tar", "absent.tar"}) {
    const std::string message = load_error(folder.str(name));
    INFO(message);
    CHECK(message.find(name) != std::string::npos);
  }
}
