// Which folders are the two classes, what they are called, and which is class 0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace camloss::train {

struct ClassFolder {
  std::string folder;  // name of the folder
  std::string name;    // name of the class
};

/// Parses "A,B" or "FOLDER=NAME,FOLDER=NAME": two entries in index order. A comma, '=' or backslash
/// of a folder's own stands behind a backslash: "cats\, big=cats,dogs".
/// Throws UserError (exit code 2): not two, an empty name, one name for both.
[[nodiscard]] std::vector<ClassFolder> parse_classes(std::string_view text);

/// Chooses two of the folders that are there. Caltech-256's numbers ("129.leopards-101") may be
/// left out.
/// @param asked     text of --classes, or empty: the only two folders, or Caltech-256's default
/// pair
/// @param expected  names in index order that the result must have, or empty: the order of `asked`,
/// else alphabetical Throws UserError: an absent folder (lists what is there), fewer or more than
/// two folders to choose from, names other than the expected ones (lists both).
[[nodiscard]] std::vector<ClassFolder> choose_classes(const std::vector<std::string>& folders,
                                                      std::string_view asked,
                                                      const std::vector<std::string>& expected);

}  // namespace camloss::train
