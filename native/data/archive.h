// A .tar (also .tar.gz, .bz2, .xz, .zst) as a source of pictures, read in place by libarchive.
#pragma once

#include <filesystem>
#include <memory>

#include "native/data/picture_source.h"

namespace camloss::train {

/// Lists an archive. Nothing is unpacked to the disk.
/// Throws UserError: not readable, no archive, damaged or cut off, too many entries.
[[nodiscard]] std::unique_ptr<PictureSource> open_archive(const std::filesystem::path& path);

}  // namespace camloss::train
