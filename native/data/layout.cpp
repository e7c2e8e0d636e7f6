// The folder conventions that are understood: class folders, parts of them, and wrappers around
// either.
#include "native/data/layout.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <unordered_set>

#include "native/base/error.h"
#include "native/data/classes.h"
#include "native/io/decode.h"

namespace camloss::train {
namespace {

constexpr std::string_view kMaskEnding = ".mask.png";

/// The first folder of a name, or "" where it has none.
std::string_view first_folder(std::string_view name) {
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

/// The names below a folder `root` ("" or ending in '/'), without it.
std::vector<std::string_view> below(const std::vector<std::string>& names, std::string_view root) {
  std::vector<std::string_view> inside;
  for (const std::string_view name : names) {
    if (name.size() > root.size() && name.starts_with(root)) {
      inside.push_back(name.substr(root.size()));
    }
  }
  return inside;
}

/// The folders directly below `root`: those that are listed, and those that only files tell of
/// (archives may leave the entries of folders out).
std::set<std::string, std::less<>> subfolders(const PictureSource& source, std::string_view root) {
  std::set<std::string, std::less<>> names;
  for (const std::string_view folder : below(source.folders(), root)) {
    names.insert(
        std::string(folder.find('/') == std::string_view::npos ? folder : first_folder(folder)));
  }
  for (const std::string_view file : below(source.files(), root)) {
    if (const auto folder = first_folder(file); !folder.empty()) names.emplace(folder);
  }
  return names;
}

/// Parts that are there: folders of that name which hold folders themselves.
std::vector<Part> parts_below(const PictureSource& source, const std::string& root) {
  std::vector<Part> parts;
  for (const Part part : kAllParts) {
    if (!subfolders(source, root + std::string(to_string(part)) + "/").empty()) {
      parts.push_back(part);
    }
  }
  return parts;
}

/// Descends through folders that hold nothing but one other folder of folders, as an unpacked
/// archive has them.
std::string find_root(const PictureSource& source) {
  std::string root;
  for (;;) {
    const auto inside = subfolders(source, root);
    if (inside.size() != 1 || !parts_below(source, root).empty()) return root;
    const std::string deeper = root + *inside.begin() + "/";
    if (subfolders(source, deeper).empty()) return root;
    root = deeper;
  }
}

struct ClassRoot {
  std::string prefix;  // "…/train/"
  std::optional<Part> part;
};

/// Whether a file is a picture as an iPhone writes it.
bool is_heic(std::string_view name) {
  std::string ending(name.substr(std::min(name.rfind('.'), name.size())));
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  return ending == ".heic" || ending == ".heif";
}

/// The files of a class folder below one root.
/// @param all  indices of the source's pictures
void collect(const PictureSource& source, const std::vector<std::size_t>& all,
             const ClassRoot& root, const std::string& folder, int label,
             std::vector<PictureFile>& pictures) {
  const std::string prefix = root.prefix + folder + "/";
  std::map<std::string, std::size_t, std::less<>> masks;  // name without its ending → file
  for (std::size_t i = 0; i < source.files().size(); ++i) {
    const std::string& name = source.files()[i];
    if (name.starts_with(prefix) && name.ends_with(kMaskEnding)) {
      masks[name.substr(0, name.size() - kMaskEnding.size())] = i;
    }
  }
  for (const std::size_t i : all) {
    const std::string& name = source.files()[i];
    if (!name.starts_with(prefix)) continue;
    PictureFile picture{i, name, label, root.part, std::nullopt};
    if (const auto mask = masks.find(name.substr(0, name.rfind('.'))); mask != masks.end()) {
      picture.mask = mask->second;
    }
    pictures.push_back(std::move(picture));
  }
}

/// Leaves out folders without a picture where two others have some: the results of a training, an empty folder.
/// @param pictures  indices of the source's pictures
void leave_out_without_pictures(const PictureSource& source,
                                const std::vector<std::size_t>& pictures,
                                const std::vector<ClassRoot>& roots, std::set<std::string>& folders,
                                std::vector<std::string>& warnings) {
  std::set<std::string> filled;
  for (const std::size_t i : pictures) {
    const std::string_view name = source.files()[i];
    for (const ClassRoot& root : roots) {
      if (name.starts_with(root.prefix))
        filled.emplace(first_folder(name.substr(root.prefix.size())));
    }
  }
  if (std::ranges::count_if(folders, [&](auto& folder) { return filled.contains(folder); }) < 2)
    return;
  std::erase_if(folders, [&](const std::string& folder) {
    if (filled.contains(folder)) return false;
    warnings.push_back("the folder " + folder + " holds no pictures and is left out");
    return true;
  });
}

[[noreturn]] void refuse_without_folders(const PictureSource& source, std::string_view where) {
  const auto pictures = static_cast<std::size_t>(
      std::count_if(source.files().begin(), source.files().end(), is_picture));
  if (source.files().empty()) {
    throw UserError(std::string(where) + " is empty",
                    "two sub-folders of pictures are needed, one for each class");
  }
  throw UserError(std::string(where) + " holds " + std::to_string(pictures) + " pictures among " +
                      std::to_string(source.files().size()) + " files, and no sub-folder",
                  "two sub-folders of pictures are needed, one for each class");
}

}  // namespace

bool is_picture(std::string_view name) {
  return io::has_picture_ending(name) && !name.ends_with(kMaskEnding);
}

std::vector<std::size_t> picture_files(const PictureSource& source) {
  const std::unordered_set<std::string_view> names(source.files().begin(), source.files().end());
  std::vector<std::size_t> pictures;
  for (std::size_t i = 0; i < source.files().size(); ++i) {
    const std::string& name = source.files()[i];
    const bool is_converted = is_heic(name) && names.contains(name + ".jpg");
    if (is_picture(name) && !is_converted) pictures.push_back(i);
  }
  return pictures;
}

Layout find_pictures(const PictureSource& source, std::string_view where, std::string_view asked,
                     const std::vector<std::string>& expected) {
  Layout layout;
  const std::string base = find_root(source);
  std::vector<ClassRoot> roots;
  for (const Part part : parts_below(source, base)) {
    roots.push_back({base + std::string(to_string(part)) + "/", part});
  }
  layout.has_parts = !roots.empty();
  if (layout.has_parts) {
    for (const std::string& other : subfolders(source, base)) {
      if (std::ranges::none_of(kAllParts, [&](Part part) { return other == to_string(part); })) {
        layout.warnings.push_back("the folder " + base + other +
                                  " is none of train, val and shift and is left out");
      }
    }
  } else {
    roots.push_back({base, std::nullopt});
  }

  std::set<std::string> folders;
  for (const ClassRoot& root : roots) folders.merge(subfolders(source, root.prefix));
  if (folders.empty()) refuse_without_folders(source, where);
  const std::vector<std::size_t> all = picture_files(source);
  if (asked.empty() && folders.size() > 2)
    leave_out_without_pictures(source, all, roots, folders, layout.warnings);
  std::vector<ClassFolder> chosen;
  try {
    chosen = choose_classes({folders.begin(), folders.end()}, asked, expected);
  } catch (const UserError& error) {
    throw UserError({error.reason, error.hint, std::string(where)}, error.exit_code);
  }

  for (int label = 0; label < 2; ++label) {
    const ClassFolder& one = chosen[static_cast<std::size_t>(label)];
    const std::size_t before = layout.pictures.size();
    for (const ClassRoot& root : roots) {
      collect(source, all, root, one.folder, label, layout.pictures);
    }
    if (layout.pictures.size() == before) {
      throw UserError(std::string(where) + ": the folder " + one.folder + " holds no pictures",
                      "pictures end in .jpg, .png, .webp, .gif or .bmp");
    }
    layout.classes.push_back(one.name);
  }
  std::sort(layout.pictures.begin(), layout.pictures.end(),
            [](const PictureFile& a, const PictureFile& b) { return a.name < b.name; });
  return layout;
}

}  // namespace camloss::train
