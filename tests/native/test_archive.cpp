// Archives as sources: listing, reading, damage.
#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "native/data/archive.h"
#include "native/data/dataset.h"
#include "native/io/files.h"
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
    CHECK(data.samples[0].packed.size() == 3 * 32 * 32);
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

TEST_CASE("bytes behind an archive's end mark do not matter") {
  const TemporaryFolder folder;
  Bytes bytes = made_tar({{"a/1.png", {1, 2, 3}}});
  for (const std::size_t more : {1U, 511U, 512U, 20'000U}) {
    Bytes longer = bytes;
    longer.insert(longer.end(), more, 'x');
    write(folder.path() / "a.tar", longer);
    CHECK(open_archive(folder.path() / "a.tar")->files().size() == 1);
  }
}

TEST_CASE("hard links are files, and each has its target's bytes") {
  const TemporaryFolder folder;
  const std::string path = folder.str("links.tar");
  archive* handle = archive_write_new();
  archive_write_set_format_gnutar(handle);
  archive_write_open_filename(handle, path.c_str());
  const auto add = [&](const char* name, const char* target, const std::string& bytes) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (target != nullptr) archive_entry_set_hardlink(entry, target);
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_write_header(handle, entry);
    archive_write_data(handle, bytes.data(), bytes.size());
    archive_entry_free(entry);
  };
  add("./a/1.png", nullptr, "first");
  add("./a/.hidden", nullptr, "hidden");
  add("./a/2.png", nullptr, "second");
  add("./b/1-again.png", "./a/1.png", "");
  add("./b/chain.png", "./b/1-again.png", "");
  add("./b/seen.png", "./a/.hidden", "");
  add("./b/lost.png", "./a/absent.png", "");
  archive_write_close(handle);
  archive_write_free(handle);

  const auto source = open_archive(path);
  const std::map<std::string, std::string> expected{{"a/1.png", "first"},
                                                    {"a/2.png", "second"},
                                                    {"b/1-again.png", "first"},
                                                    {"b/chain.png", "first"},
                                                    {"b/seen.png", "hidden"}};
  REQUIRE(source->files().size() == expected.size() + 1);
  for (const bool backwards : {false, true}) {
    for (std::size_t i = 0; i < source->files().size(); ++i) {
      const std::size_t index = backwards ? source->files().size() - 1 - i : i;
      const std::string& name = source->files()[index];
      INFO(name);
      if (name == "b/lost.png") {
        CHECK_THROWS_AS(source->read(index), UserError);
        continue;
      }
      const auto bytes = source->read(index);
      CHECK(std::string(bytes.begin(), bytes.end()) == expected.at(name));
    }
  }
}

TEST_CASE("sparse files come with their holes") {
  const TemporaryFolder folder;
  const std::string path = folder.str("sparse.tar");
  constexpr std::size_t kSize = 100'000;
  archive* handle = archive_write_new();
  archive_write_set_format_pax(handle);
  archive_write_open_filename(handle, path.c_str());
  Bytes bytes(kSize, 0);
  std::fill_n(bytes.begin() + 512, 1024, std::uint8_t{7});
  std::fill_n(bytes.begin() + 51'200, 512, std::uint8_t{9});
  for (const char* name : {"a/1.png", "a/2.png"}) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(kSize));
    archive_entry_sparse_add_entry(entry, 512, 1024);
    archive_entry_sparse_add_entry(entry, 51'200, 512);
    archive_write_header(handle, entry);
    archive_write_data(handle, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(handle);
  archive_write_free(handle);
  REQUIRE(std::filesystem::file_size(path) < kSize);
  const auto source = open_archive(path);
  REQUIRE(source->files().size() == 2);
  for (std::size_t i = 0; i < 2; ++i) CHECK(source->read(i) == bytes);
}

TEST_CASE("sparse files of GNU tar in each of its forms come with their holes") {
  const TemporaryFolder folder;
  // Thirty islands: more than a header of GNU's own form has room for. The last hole ends the file.
  Bytes bytes(400'000, 0);
  for (std::size_t i = 0; i < 30; ++i) {
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(i * 12'288 + 4096), 700,
                static_cast<std::uint8_t>(i + 1));
  }
  const Bytes plain = text("not sparse");
  std::filesystem::create_directories(folder.path() / "a");
  write(folder.path() / "a/2.png", plain);
  // tar looks for holes in what the disk stores with holes.
  for (const char* name : {"a/1.png", "a/3.png"}) {
    std::ofstream file(folder.path() / name, std::ios::binary);
    for (std::size_t i = 0; i < 30; ++i) {
      file.seekp(static_cast<std::streamoff>(i * 12'288 + 4096));
      file << std::string(700, static_cast<char>(i + 1));
    }
    file.close();
    std::filesystem::resize_file(folder.path() / name, bytes.size());
  }
  for (const std::string form :
       {"--format=gnu", "--format=oldgnu", "--format=pax --sparse-version=0.0",
        "--format=pax --sparse-version=0.1", "--format=pax --sparse-version=1.0"}) {
    INFO(form);
    const std::string path = folder.str("sparse.tar");
    const std::string command = "cd '" + folder.path().string() +
                                "' && tar --sparse --hole-detection=raw " + form +
                                " -cf sparse.tar a/1.png a/2.png a/3.png";
    REQUIRE(std::system(command.c_str()) == 0);
    if (std::filesystem::file_size(path) > bytes.size()) WARN("this disk stores no holes");
    const auto source = open_archive(path);
    REQUIRE(source->files() == std::vector<std::string>{"a/1.png", "a/2.png", "a/3.png"});
    for (const std::size_t i : {2U, 0U, 1U}) CHECK(source->read(i) == (i == 1 ? plain : bytes));
    // Cut within the second sparse file.
    const Bytes whole = camloss::io::read_file(path);
    write(path, std::span(whole).first(whole.size() / 2));
    CHECK(text_of(error_of([&] { (void)open_archive(path); })).find("damaged archive") !=
          std::string::npos);
  }
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
