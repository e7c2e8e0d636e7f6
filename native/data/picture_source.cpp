// Listing and reading a folder.
#include "native/data/picture_source.h"

#include <algorithm>
#include <string_view>

#include "native/base/error.h"
#include "native/data/archive.h"
#include "native/io/decode.h"
#include "native/io/files.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

class FolderSource final : public PictureSource {
 public:
  explicit FolderSource(fs::path root) : root_(std::move(root)) {
    list(root_, "");
    std::sort(files_.begin(), files_.end());
    std::sort(folders_.begin(), folders_.end());
  }

  std::vector<std::uint8_t> read(std::size_t index) override {
    return io::read_file(root_ / files_[index], io::kMaxPictureBytes);
  }

 private:
  void list(const fs::path& folder, const std::string& prefix) {
    const auto check = [&](const std::error_code& error) {
      if (error) {
        throw UserError("cannot list " + folder.string() + ": " + error.message(),
                        "check its permissions");
      }
    };
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    check(error);
    for (; entry != fs::directory_iterator(); entry.increment(error), check(error)) {
      const std::string name = entry->path().filename().string();
      if (is_hidden(name)) continue;
      if (files_.size() + folders_.size() >= kMaxSourceEntries) {
        throw UserError(
            root_.string() + " holds more than " + std::to_string(kMaxSourceEntries) + " files",
            "name the folder of the data set itself");
      }
      // An entry that vanishes or dangles while it is looked at is no file.
      std::error_code ignored;
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
        folders_.push_back(prefix + name);
        list(entry->path(), prefix + name + "/");
      } else if (entry->is_directory(ignored) && prefix.empty()) {
        // A link to a class or part folder is a common way to arrange pictures; deeper ones could
        // go in circles.
        folders_.push_back(name);
        list(entry->path(), name + "/");
      } else if (entry->is_regular_file(ignored)) {
        files_.push_back(prefix + name);
      }
    }
  }

  fs::path root_;
};

}  // namespace

bool is_hidden(std::string_view name) {
  while (!name.empty()) {
    const std::size_t slash = name.find('/');
    const std::string_view part = name.substr(0, slash);
    if (part.starts_with('.') || part == "__MACOSX" || part == "@eaDir") return true;
    if (slash == std::string_view::npos) break;
    name.remove_prefix(slash + 1);
  }
  return false;
}

std::unique_ptr<PictureSource> open_folder(const fs::path& path) {
  return std::make_unique<FolderSource>(path);
}

std::unique_ptr<PictureSource> open_source(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) return open_folder(path);
  if (fs::is_regular_file(status) && io::has_picture_ending(path.string())) {
    throw UserError(path.string() + " is one picture",
                    "name the folder that holds a folder of pictures for each class");
  }
  if (fs::is_regular_file(status)) return open_archive(path);
  if (fs::exists(status)) {
    throw UserError(path.string() + " is neither a folder nor an archive",
                    "name a folder of pictures or a .tar");
  }
  throw UserError("there is no " + path.string(), error && status.type() != fs::file_type::not_found
                                                      ? error.message()
                                                      : "check the path");
}

}  // namespace camloss::train
