// A list of names, cut where it is long; columns of a table.
#include "native/base/text.h"

#include <algorithm>

namespace camloss {

std::string listed(const std::vector<std::string>& names, std::size_t at_most) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), at_most); ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > at_most) {
    text += " … (" + std::to_string(names.size() - at_most) + " more)";
  }
  return text;
}

std::string padded(std::string text, std::size_t columns) {
  const auto used = static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (used < columns) text.append(columns - used, ' ');
  return text;
}

}  // namespace camloss
