// Keeps two trainers out of one output folder.
#pragma once

#include <filesystem>

namespace camloss::io {

/// Holds `.lock` in a folder while it lives. The kernel drops the lock with the process, so one
/// that died leaves nothing to clean up.
class FolderLock {
 public:
  /// Makes the folder where it is missing.
  /// Throws UserError: another process holds it (named by its id), the folder cannot be written.
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace camloss::io
