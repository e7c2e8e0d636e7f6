// Writes JSON for terminals and for programs.
#include "native/base/json.h"

#include <cstddef>
#include <cstdio>

namespace camloss::train {

std::string to_line(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string line;
  line.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto code = static_cast<unsigned char>(text[i]);
    // In UTF-8 the second byte of U+0080 to U+009F is the code itself.
    const bool is_c1 =
        code == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (!is_c1 && code != 0x7F) {
      line += text[i];
      continue;
    }
    if (is_c1) code = static_cast<unsigned char>(text[++i]);
    char escape[7];
    std::snprintf(escape, sizeof escape, "\\u%04x", unsigned{code});
    line += escape;
  }
  return line;
}

}  // namespace camloss::train
