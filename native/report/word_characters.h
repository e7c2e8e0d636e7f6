// Which characters Python's regular expressions take for part of a word.
#pragma once

#include <cstdint>

namespace camloss::train {

/// Whether Python's \w matches a code point: letters and numbers of any script and '_', no marks.
[[nodiscard]] bool is_word_character(std::uint32_t c);

}  // namespace camloss::train
