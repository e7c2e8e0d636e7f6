// The choice of the two classes.
#include "native/data/classes.h"

#include <algorithm>
#include <optional>

#include "data_embedded.h"
#include "native/base/error.h"
#include "native/base/strict_json.h"
#include "native/base/text.h"
#include "shared/weights/weights.h"

namespace camloss::train {
namespace {

/// "129.leopards-101" → "leopards-101"; other names as they are.
std::string without_number(std::string_view folder) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (folder.size() > 4 && std::all_of(folder.begin(), folder.begin() + 3, digit) &&
      folder[3] == '.') {
    folder.remove_prefix(4);
  }
  return std::string(folder);
}

/// The folder that is meant: exactly so called, or so called behind its number.
std::optional<std::string> find_folder(const std::vector<std::string>& folders,
                                       const std::string& wanted) {
  if (std::find(folders.begin(), folders.end(), wanted) != folders.end()) return wanted;
  for (const std::string& folder : folders) {
    if (without_number(folder) == wanted) return folder;
  }
  return std::nullopt;
}

std::optional<std::vector<ClassFolder>> default_pair(const std::vector<std::string>& folders) {
  const std::string_view text(reinterpret_cast<const char*>(caltech_256.data()),
                              caltech_256.size());
  const auto json = parse_strict_json(text, "caltech-256.json");
  std::vector<ClassFolder> pair = parse_classes(json.at("default_pair").get<std::string>());
  for (ClassFolder& entry : pair) {
    const auto folder = find_folder(folders, entry.folder);
    if (!folder) return std::nullopt;
    entry.folder = *folder;
  }
  return pair;
}

bool same_names(const std::vector<ClassFolder>& chosen, const std::vector<std::string>& names) {
  return chosen.size() == names.size() &&
         std::all_of(names.begin(), names.end(), [&](const std::string& name) {
           return std::any_of(chosen.begin(), chosen.end(),
                              [&](const ClassFolder& c) { return c.name == name; });
         });
}

std::vector<ClassFolder> asked_for(const std::vector<std::string>& folders,
                                   std::string_view asked) {
  std::vector<ClassFolder> chosen = parse_classes(asked);
  for (ClassFolder& entry : chosen) {
    const auto folder = find_folder(folders, entry.folder);
    if (!folder) {
      const std::string near = nearest_word(entry.folder, folders);
      throw UserError("there is no class folder \"" + entry.folder + "\"",
                      (near.empty() ? "" : "did you mean \"" + near + "\"? ") +
                          "there are: " + listed(folders));
    }
    entry.folder = *folder;
  }
  if (chosen[0].folder == chosen[1].folder) {
    throw UserError("both classes are the folder \"" + chosen[0].folder + "\"",
                    "there are: " + listed(folders), 2);
  }
  return chosen;
}

/// Without --classes: by the expected names, as Caltech's pair, or because there are just two.
std::vector<ClassFolder> told_from_folders(const std::vector<std::string>& folders,
                                           const std::vector<std::string>& expected) {
  if (expected.size() == 2) {
    const auto first = find_folder(folders, expected[0]);
    const auto second = find_folder(folders, expected[1]);
    if (first && second) return {{*first, expected[0]}, {*second, expected[1]}};
  }
  if (auto pair = default_pair(folders)) return *pair;
  if (folders.size() > 2) {
    throw UserError("there are " + std::to_string(folders.size()) + " class folders",
                    "choose two with --classes A,B; there are: " + listed(folders));
  }
  if (folders.size() < 2) {
    throw UserError(folders.empty() ? "there is no sub-folder with pictures"
                                    : "there is one class only: \"" + folders[0] + "\"",
                    "two sub-folders of pictures are needed, one for each class");
  }
  return {{folders[0], without_number(folders[0])}, {folders[1], without_number(folders[1])}};
}

/// A name as --classes takes it.
std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ',' || c == '=' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

constexpr const char* kRenameForm = "FOLDER=NAME,FOLDER=NAME";

/// The two folders as --classes would have to name them, quoted for a shell; the form alone where that could not be
/// typed, or would be refused.
std::string rename_example(const std::vector<ClassFolder>& chosen) {
  std::string text;
  std::vector<std::string> names;
  for (const ClassFolder& one : chosen) {
    std::string plain = one.name;
    std::erase(plain, ',');
    plain.erase(plain.find_last_not_of(' ') + 1);
    plain.erase(0, plain.find_first_not_of(' '));
    if (complaint_about_class(plain) != nullptr || has_control(one.folder)) return kRenameForm;
    text += (text.empty() ? "" : ",") + escaped(one.folder);
    if (plain != one.folder) text += "=" + escaped(plain);
    names.push_back(std::move(plain));
  }
  if (names[0] == names[1]) return kRenameForm;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

void check_name(const std::string& name, std::string_view where, int exit_code,
                std::string_view example = kRenameForm) {
  const char* complaint = complaint_about_class(name);
  if (complaint == nullptr) return;
  throw UserError("the name of a class, \"" + name + "\"" + std::string(where) + ", " + complaint,
                  "rename with --classes " + std::string(example), exit_code);
}

}  // namespace

std::vector<ClassFolder> parse_classes(std::string_view text) {
  // A backslash takes the sign behind it as it is: folders may have commas in their names.
  std::vector<ClassFolder> classes(1);
  bool is_renamed = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string& word = is_renamed ? classes.back().name : classes.back().folder;
    if (text[i] == '\\' && i + 1 < text.size()) {
      word += text[++i];
    } else if (text[i] == '=' && !is_renamed) {
      is_renamed = true;
    } else if (text[i] == ',') {
      if (!is_renamed) classes.back().name = classes.back().folder;
      is_renamed = false;
      classes.emplace_back();
    } else {
      word += text[i];
    }
  }
  if (!is_renamed) classes.back().name = classes.back().folder;
  if (classes.size() != 2) {
    throw UserError("--classes " + std::string(text) + " names " + std::to_string(classes.size()) +
                        (classes.size() == 1 ? " class" : " classes"),
                    "name two: A,B or FOLDER=NAME,FOLDER=NAME", 2);
  }
  for (const ClassFolder& one : classes) {
    if (one.folder.empty()) {
      throw UserError("--classes " + std::string(text) + " has an empty folder name",
                      "name two: A,B or FOLDER=NAME,FOLDER=NAME", 2);
    }
    check_name(one.name, " (--classes)", 2);
  }
  if (classes[0].name == classes[1].name) {
    throw UserError("--classes gives both classes the name \"" + classes[0].name + "\"",
                    "name two different ones", 2);
  }
  return classes;
}

std::vector<ClassFolder> choose_classes(const std::vector<std::string>& folders,
                                        std::string_view asked,
                                        const std::vector<std::string>& expected) {
  std::vector<ClassFolder> chosen =
      asked.empty() ? told_from_folders(folders, expected) : asked_for(folders, asked);
  for (const ClassFolder& one : chosen) check_name(one.name, "", 1, rename_example(chosen));
  if (chosen[0].name == chosen[1].name) {
    throw UserError("both classes would be named \"" + chosen[0].name + "\"",
                    "rename them with --classes FOLDER=NAME,FOLDER=NAME");
  }
  if (!expected.empty()) {
    if (!same_names(chosen, expected)) {
      throw UserError("the classes of the pictures are " + chosen[0].name + " and " +
                          chosen[1].name + ", those of the weights " + listed(expected),
                      "rename or choose them with --classes FOLDER=NAME,FOLDER=NAME");
    }
    if (chosen[0].name != expected[0]) std::swap(chosen[0], chosen[1]);
  } else if (asked.empty() && chosen[1].name < chosen[0].name) {
    std::swap(chosen[0], chosen[1]);
  }
  return chosen;
}

}  // namespace camloss::train
