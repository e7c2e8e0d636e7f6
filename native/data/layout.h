// From a tree of file names to labelled pictures: parts, class folders, masks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/data/dataset.h"
#include "native/data/picture_source.h"

namespace camloss::train {

/// A picture of the data set, not yet read.
struct PictureFile {
  std::size_t file = 0;  // index into PictureSource::files()
  std::string name;      // its name there
  int label = 0;
  std::optional<Part> given;        // part of the folder it lies in
  std::optional<std::size_t> mask;  // index of NAME.mask.png beside it
};

struct Layout {
  std::vector<std::string> classes;  // names in index order, two
  bool has_parts = false;
  std::vector<PictureFile> pictures;  // sorted by name
  std::vector<std::string> warnings;
};

/// Whether a file's name is that of a picture, and not of a mask.
[[nodiscard]] bool is_picture(std::string_view name);

/// The pictures of a source, as indices into its files(): no masks, and no HEIC file that was converted to the JPEG
/// beside it (NAME.heic.jpg), as a folder of iPhone pictures is told to be.
[[nodiscard]] std::vector<std::size_t> picture_files(const PictureSource& source);

/// Finds the two classes in a source; see load_dataset for what is understood.
/// @param where     the path, for messages
/// @param asked     text of --classes
/// @param expected  class names that are needed, or empty
/// Throws UserError.
[[nodiscard]] Layout find_pictures(const PictureSource& source, std::string_view where,
                                   std::string_view asked,
                                   const std::vector<std::string>& expected);

}  // namespace camloss::train
