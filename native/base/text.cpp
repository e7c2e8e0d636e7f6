// A list of names, cut where it is long.
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

}  // namespace camloss
