// libarchive as a stream: one pass lists, a second one reads the wanted entries in order.
#include "native/data/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "native/base/error.h"
#include "native/io/decode.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

struct FreeArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};

/// A name as it is used here: without leading "./" and "/", and without the slash of a folder;
/// nothing where it climbs out of the archive or is empty.
std::optional<std::string> clean_name(const char* raw) {
  if (raw == nullptr) return std::nullopt;
  std::string clean;
  std::string_view rest(raw);
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part == "..") return std::nullopt;
    if (!part.empty() && part != ".") {
      if (!clean.empty()) clean += '/';
      clean += part;
    }
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (clean.empty()) return std::nullopt;
  return clean;
}

class ArchiveSource final : public PictureSource {
 public:
  explicit ArchiveSource(fs::path path) : path_(std::move(path)) {
    open();
    std::map<std::string, std::size_t, std::less<>> last;      // name → index in `found`
    std::map<std::string, std::size_t, std::less<>> contents;  // name, hidden ones too → its entry
    std::vector<std::pair<std::string, std::size_t>> found;
    while (archive_entry* entry = next()) {
      if (entry_ > kMaxSourceEntries) {
        throw UserError(
            path_.string() + " has more than " + std::to_string(kMaxSourceEntries) + " entries",
            "pack the data set alone");
      }
      check_extent(entry);
      const char* raw = archive_entry_pathname_utf8(entry);
      const auto name = clean_name(raw != nullptr ? raw : archive_entry_pathname(entry));
      if (!name) continue;
      std::size_t content = entry_;
      if (archive_entry_hardlink(entry) != nullptr) {
        const char* linked = archive_entry_hardlink_utf8(entry);
        const auto target = clean_name(linked != nullptr ? linked : archive_entry_hardlink(entry));
        const auto there = target ? contents.find(*target) : contents.end();
        content = there != contents.end() ? there->second : kNoContent;
      } else if (archive_entry_filetype(entry) == AE_IFDIR) {
        if (!is_hidden(*name)) folders_.push_back(*name);
        continue;
      } else if (archive_entry_filetype(entry) != AE_IFREG) {
        continue;
      }
      contents[*name] = content;
      if (is_hidden(*name)) continue;
      // As tar does when it unpacks: of two entries with one name the later one counts.
      last[*name] = found.size();
      found.emplace_back(*name, content);
    }
    std::erase_if(
        found, [&, i = std::size_t{0}](const auto& one) mutable { return last[one.first] != i++; });
    // Links come with the entry that has their bytes, which so is read once.
    std::ranges::stable_sort(found, {}, &std::pair<std::string, std::size_t>::second);
    for (auto& [name, content] : found) {
      files_.push_back(std::move(name));
      positions_.push_back(content);
    }
  }

  std::vector<std::uint8_t> read(std::size_t index) override {
    if (positions_[index] == kNoContent) {
      throw UserError(files_[index] + ": a link to what is not in " + path_.string(),
                      "pack the data set again");
    }
    if (positions_[index] == read_entry_) return read_;
    if (positions_[index] <= entry_ || !handle_) open();
    archive_entry* entry = nullptr;
    while (entry_ < positions_[index]) {
      entry = next();
      if (entry == nullptr) throw damaged("it has fewer entries than before");
    }
    std::vector<std::uint8_t> bytes;
    constexpr std::size_t kBlock = std::size_t{1} << 16;
    for (;;) {
      const std::size_t filled = bytes.size();
      if (filled > io::kMaxPictureBytes) {
        throw UserError(
            files_[index] + ": larger than " + std::to_string(io::kMaxPictureBytes >> 20U) + " MiB",
            "that is the limit for a picture file");
      }
      bytes.resize(filled + kBlock);
      const la_ssize_t got = archive_read_data(handle_.get(), bytes.data() + filled, kBlock);
      if (got < 0) throw damaged(reason());
      bytes.resize(filled + static_cast<std::size_t>(got));
      if (got == 0) break;
    }
    // A sparse file may end in a hole.
    const auto size = static_cast<std::size_t>(std::max<la_int64_t>(archive_entry_size(entry), 0));
    if (archive_entry_sparse_count(entry) > 0 && bytes.size() < size &&
        size <= io::kMaxPictureBytes)
      bytes.resize(size);
    read_ = std::move(bytes);
    read_entry_ = positions_[index];
    return read_;
  }

 private:
  [[nodiscard]] std::string reason() const {
    const char* text = archive_error_string(handle_.get());
    return text != nullptr ? text : "unknown error";
  }
  [[nodiscard]] DamagedSource damaged(const std::string& why) const {
    return DamagedSource("damaged archive " + path_.string() + ": " + why,
                         "it may be incomplete; download or pack it again");
  }

  void open() {
    handle_.reset(archive_read_new());
    entry_ = 0;
    if (!handle_) throw std::bad_alloc();
    archive* handle = handle_.get();
    archive_read_support_format_tar(handle);
    // By name rather than all: some filters would start other programs.
    archive_read_support_filter_gzip(handle);
    archive_read_support_filter_bzip2(handle);
    archive_read_support_filter_xz(handle);
    archive_read_support_filter_zstd(handle);
    constexpr std::size_t kBlock = std::size_t{1} << 18;
    if (archive_read_open_filename(handle, path_.c_str(), kBlock) != ARCHIVE_OK) {
      throw UserError("cannot read " + path_.string() + ": " + reason(),
                      "name a folder of pictures or a whole .tar");
    }
  }

  /// The next entry, counted from 1; null at the end.
  archive_entry* next() {
    archive_entry* entry = nullptr;
    switch (archive_read_next_header(handle_.get(), &entry)) {
      case ARCHIVE_OK:
      case ARCHIVE_WARN:  // for instance a name in an unknown character set
        ++entry_;
        return entry;
      case ARCHIVE_EOF:
        check_end();
        return nullptr;
      default:
        if (entry_ == 0) {
          throw UserError(path_.string() + " is neither a folder nor an archive: " + reason(),
                          "name a folder of pictures or a whole .tar");
        }
        throw damaged(reason());
    }
  }

  /// Of a sparse file only what is no hole.
  [[nodiscard]] static std::uintmax_t stored_bytes(archive_entry* entry) {
    if (archive_entry_sparse_reset(entry) == 0)
      return static_cast<std::uintmax_t>(archive_entry_size(entry));
    std::uintmax_t sum = 0;
    la_int64_t offset = 0, length = 0;
    while (archive_entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK)
      sum += static_cast<std::uintmax_t>(std::max<la_int64_t>(length, 0));
    return sum;
  }

  /// libarchive skips an entry's bytes without looking whether they are there.
  void check_extent(archive_entry* entry) const {
    if (archive_filter_count(handle_.get()) > 1) return;  // compressed: the decoder notices
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path_, error);
    const auto begin = static_cast<std::uintmax_t>(archive_read_header_position(handle_.get()));
    const auto bytes = stored_bytes(entry);
    if (!error && (begin > size || bytes > size - begin)) {
      throw damaged("cut off within its entry " + std::to_string(entry_));
    }
  }

  /// A block of zeros stands behind the last entry of a whole .tar; one cut off between two entries
  /// has none. Whatever follows the mark does not matter.
  void check_end() const {
    if (archive_filter_count(handle_.get()) > 1) return;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path_.c_str(), "rb"),
                                                               std::fclose);
    const auto end = static_cast<off_t>(archive_read_header_position(handle_.get()));
    unsigned char block[512];
    if (!file || ::fseeko(file.get(), end, SEEK_SET) != 0 ||
        std::fread(block, 1, sizeof block, file.get()) != sizeof block ||
        std::ranges::any_of(block, [](unsigned char byte) { return byte != 0; })) {
      throw damaged("cut off: its end mark is missing");
    }
  }

  /// The position of a link whose target is not in the archive.
  static constexpr std::size_t kNoContent = std::numeric_limits<std::size_t>::max();

  fs::path path_;
  std::unique_ptr<archive, FreeArchive> handle_;
  std::size_t entry_ = 0;               // number of the current entry, from 1; 0 before the first
  std::vector<std::size_t> positions_;  // (files) number of the entry with each file's bytes
  std::vector<std::uint8_t> read_;      // what was read last, for the links to it
  std::size_t read_entry_ = 0;          // its entry; 0 before the first
};

}  // namespace

std::unique_ptr<PictureSource> open_archive(const fs::path& path) {
  return std::make_unique<ArchiveSource>(path);
}

}  // namespace camloss::train
