// Where the files of a data set lie: a folder on the disk or an archive, behind one interface.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/error.h"

namespace camloss::train {

/// The source itself is broken, not just one of its files: reading stops.
struct DamagedSource : UserError {
  using UserError::UserError;
};

/// A tree of files, listed once. Hidden files and folders (".x", "__MACOSX", "@eaDir") are left
/// out.
class PictureSource {
 public:
  virtual ~PictureSource() = default;

  /// Names of the regular files, relative to the source, '/' between folders, each once; in the
  /// order in which reading them is cheapest.
  [[nodiscard]] const std::vector<std::string>& files() const { return files_; }
  /// Names of the folders, also of empty ones.
  [[nodiscard]] const std::vector<std::string>& folders() const { return folders_; }

  /// The bytes of files()[index]; ascending calls are cheap, a step back may read all over again. One thread at a
  /// time.
  /// Throws UserError where this file cannot be read, or is larger than kMaxPictureBytes.
  [[nodiscard]] virtual std::vector<std::uint8_t> read(std::size_t index) = 0;

 protected:
  std::vector<std::string> files_;
  std::vector<std::string> folders_;
};

/// Most entries that are listed; a tree with more is an error.
inline constexpr std::size_t kMaxSourceEntries = 2'000'000;

/// Whether a name, or a folder on its way, is hidden.
[[nodiscard]] bool is_hidden(std::string_view name);

/// A folder with everything below it (links to folders are not followed).
/// Throws UserError: absent, a folder in it that cannot be listed.
[[nodiscard]] std::unique_ptr<PictureSource> open_folder(const std::filesystem::path& path);

/// A folder or an archive, told apart by what the path is.
/// Throws UserError: absent, neither.
[[nodiscard]] std::unique_ptr<PictureSource> open_source(const std::filesystem::path& path);

}  // namespace camloss::train
