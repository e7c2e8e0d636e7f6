// Bounded reading and atomic writing, also where the disk refuses.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "native/io/files.h"
#include "tests/native/made_pictures.h"

using namespace camloss;
using namespace camloss::train;
namespace fs = std::filesystem;

namespace {

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// Limits the size of files this process may write, as a full disk would.
class SmallFiles {
 public:
  explicit SmallFiles(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallFiles() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  SmallFiles(const SmallFiles&) = delete;
  SmallFiles& operator=(const SmallFiles&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

TEST_CASE("a file comes back as it was written, folders included") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a" / "b" / "c.bin";
  Bytes bytes(100'000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * i);
  io::write_file_atomically(path, bytes);
  CHECK(io::read_file(path) == bytes);
  io::write_file_atomically(path, std::string_view("short"));
  CHECK(io::read_text(path) == "short");
  io::write_file_atomically(path, std::string_view());
  CHECK(io::read_text(path).empty());
  CHECK(entries(path.parent_path()) == 1);
}

TEST_CASE("reading refuses what is no file or too large") {
  const TemporaryFolder folder;
  write(folder.path() / "ten", "0123456789");
  CHECK(io::read_text(folder.path() / "ten", 10) == "0123456789");
  CHECK(text_of(error_of([&] {
          (void)io::read_text(folder.path() / "ten", 9);
        })).find("larger than 9") != std::string::npos);
  CHECK(text_of(error_of([&] { (void)io::read_file(folder.path()); })).find("it is a folder") !=
        std::string::npos);
  CHECK(text_of(error_of([&] { (void)io::read_file(folder.path() / "absent"); })).find("absent") !=
        std::string::npos);
  // A file without a size: the limit holds while it is read.
  CHECK(text_of(error_of([] {
          (void)io::read_file("/dev/zero", 1000);
        })).find("larger than 1000") != std::string::npos);
}

TEST_CASE("a write that fails leaves the earlier file and no other") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "kept";
  io::write_file_atomically(path, std::string_view("earlier"));
  {
    const SmallFiles limit(1000);
    const std::string text = text_of(error_of(
        [&] { io::write_file_atomically(path, std::string_view(std::string(5000, 'x'))); }));
    CHECK(text.find("cannot write") != std::string::npos);
    CHECK(text.find("kept") != std::string::npos);
  }
  CHECK(io::read_text(path) == "earlier");
  CHECK(entries(folder.path()) == 1);

  CHECK_THROWS_AS(io::write_file_atomically(folder.path(), std::string_view("x")), UserError);
  CHECK_THROWS_AS(io::write_file_atomically(path / "below-a-file", std::string_view("x")),
                  UserError);
  CHECK_THROWS_AS(io::write_file_atomically("/proc/nothing/here", std::string_view("x")),
                  UserError);
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("writers at the same time never mix") {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "shared";
  std::vector<std::thread> writers;
  writers.reserve(4);
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&path, w] {
      const std::string text(20'000, static_cast<char>('a' + w));
      for (int i = 0; i < 10; ++i) io::write_file_atomically(path, text);
    });
  }
  for (std::thread& writer : writers) writer.join();
  const std::string text = io::read_text(path);
  CHECK(text == std::string(20'000, text[0]));
  CHECK(entries(folder.path()) == 1);
}
