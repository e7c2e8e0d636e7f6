// An advisory lock on a file that also names its holder.
#include "native/io/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "native/base/error.h"

namespace camloss::io {
namespace {

/// Whether the descriptor's file is still the one of that name: its holder removes it when it is
/// done.
bool still_there(int descriptor, const std::filesystem::path& path) {
  struct stat held {
  }, named{};
  return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

std::string holder(int descriptor) {
  char text[32] = {};
  const ssize_t got = ::pread(descriptor, text, sizeof text - 1, 0);
  std::string id(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!id.empty() && (id.back() < '0' || id.back() > '9')) id.pop_back();
  return id.empty() ? "another process" : "process " + id;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : path_(folder / ".lock") {
  std::error_code made;
  std::filesystem::create_directories(folder, made);
  if (made)
    throw UserError("cannot make the folder " + folder.string() + ": " + made.message(),
                    "choose another --out");
  for (;;) {
    descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor_ < 0) {
      throw UserError("cannot write to " + folder.string() + ": " + std::strerror(errno),
                      "choose another --out");
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const std::string who = holder(descriptor_);
      ::close(descriptor_);
      descriptor_ = -1;
      throw UserError("a training is running in " + folder.string() + " (" + who + ")",
                      "wait for it, or choose another --out");
    }
    if (still_there(descriptor_, path_)) break;
    ::close(descriptor_);
  }
  const std::string id = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor_, 0) != 0 || ::pwrite(descriptor_, id.data(), id.size(), 0) < 0) {
    // The lock holds all the same; only its holder stays unnamed.
  }
}

FolderLock::~FolderLock() {
  if (descriptor_ < 0) return;
  ::unlink(path_.c_str());
  ::close(descriptor_);
}

}  // namespace camloss::io
