// Bounded reading and atomic writing of whole files.
#include "native/io/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "native/base/error.h"

namespace camloss::io {
namespace {

namespace fs = std::filesystem;

[[nodiscard]] std::string reason(int error) { return std::strerror(error); }

/// Closes a descriptor at the end of a scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  /// Closing can be what reports a failed write (network file systems).
  [[nodiscard]] int close() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

template <class Bytes>
Bytes read_whole(const fs::path& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    throw UserError("cannot read " + path.string() + ": " + reason(errno),
                    errno == ENOENT ? "check the path" : "");
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    throw UserError("cannot read " + path.string() + ": " + reason(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    throw UserError("cannot read " + path.string() + ": it is a folder", "name a file");
  }
  const auto too_large = [&] {
    return UserError(path.string() + " is larger than " + std::to_string(max_bytes) + " bytes",
                     "that is the limit for such a file");
  };
  if (status.st_size > 0 && static_cast<std::size_t>(status.st_size) > max_bytes) {
    throw too_large();
  }
  // The size is a hint only: a pipe has none, and a file may grow while it is read.
  Bytes bytes(static_cast<std::size_t>(status.st_size) + 1, typename Bytes::value_type{});
  std::size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) {
      if (filled > max_bytes) throw too_large();
      bytes.resize(filled * 2);
    }
    const ssize_t got = ::read(file.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw UserError("cannot read " + path.string() + ": " + reason(errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  if (filled > max_bytes) throw too_large();
  bytes.resize(filled);
  return bytes;
}

/// Removes the temporary file unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(fs::path path) : path_(std::move(path)) {}
  ~TemporaryFile() {
    if (!kept_) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  bool kept_ = false;
};

}  // namespace

std::vector<std::uint8_t> read_file(const fs::path& path, std::size_t max_bytes) {
  return read_whole<std::vector<std::uint8_t>>(path, max_bytes);
}

std::string read_text(const fs::path& path, std::size_t max_bytes) {
  return read_whole<std::string>(path, max_bytes);
}

void write_file_atomically(const fs::path& path, std::span<const std::uint8_t> bytes) {
  const auto failed = [&](int error) {
    return UserError("cannot write " + path.string() + ": " + reason(error),
                     error == ENOSPC ? "the disk is full" : "");
  };
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code made;
  fs::create_directories(folder, made);
  if (made) {
    throw UserError("cannot make the folder " + folder.string() + ": " + made.message());
  }
  if (fs::is_directory(path, made)) throw failed(EISDIR);

  // A name of its own for every process and call, so that two writers never share a temporary file.
  static std::atomic<unsigned> counter{0};
  TemporaryFile temporary(folder /
                          ("." + path.filename().string() + "." + std::to_string(::getpid()) + "-" +
                           std::to_string(counter.fetch_add(1)) + ".part"));
  Descriptor file(::open(temporary.path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.get() < 0) {
    const int error = errno;
    temporary.keep();  // nothing was made
    throw failed(error);
  }
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t put = ::write(file.get(), bytes.data() + written, bytes.size() - written);
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw failed(errno);
    written += static_cast<std::size_t>(put);
  }
  if (::fsync(file.get()) != 0) throw failed(errno);
  if (file.close() != 0) throw failed(errno);
  if (::rename(temporary.path().c_str(), path.c_str()) != 0) throw failed(errno);
  temporary.keep();

  // The rename itself survives a power cut only once the folder is on the disk; some file systems
  // refuse to flush a folder, which is no reason to fail.
  const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() >= 0) static_cast<void>(::fsync(parent.get()));
}

void write_file_atomically(const fs::path& path, std::string_view text) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(text.data());
  write_file_atomically(path, std::span<const std::uint8_t>(first, text.size()));
}

}  // namespace camloss::io
