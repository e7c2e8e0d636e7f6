// Whole files in and out: bounded reading, and writing that never leaves half a file behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camloss::io {

/// Largest file that is read at once unless a caller says otherwise: 1 GiB.
inline constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

/// The bytes of a regular file.
/// Throws UserError: absent, a folder, not readable, more than max_bytes.
[[nodiscard]] std::vector<std::uint8_t> read_file(const std::filesystem::path& path,
                                                  std::size_t max_bytes = kMaxFileBytes);
/// The same as text (bytes as they are).
[[nodiscard]] std::string read_text(const std::filesystem::path& path,
                                    std::size_t max_bytes = kMaxFileBytes);

/// Writes a temporary file beside `path`, flushes it to the disk and renames it, so that `path` holds either the
/// earlier content or the whole new one. Makes missing folders.
/// Throws UserError (full disk, read-only folder, …); then `path` is untouched and the temporary file removed.
void write_file_atomically(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void write_file_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace camloss::io
