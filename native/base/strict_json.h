// JSON that people or other programs wrote: parsed with limits, and refused with a message that
// says where.
#pragma once

#include <string>
#include <string_view>

#include "native/base/json.h"

namespace camloss::train {

/// Deepest accepted nesting of arrays and objects.
inline constexpr int kMaxJsonDepth = 16;

/// Parses a whole text.
/// Throws UserError (naming `file`): syntax, a key that occurs twice in an object, nesting deeper than kMaxJsonDepth,
/// a number out of range, invalid UTF-8.
[[nodiscard]] Json parse_strict_json(std::string_view text, std::string_view file);

/// The known word nearest to a mistyped one, or "" where none is near (edit distance above a third
/// of its length).
template <class Words>
[[nodiscard]] std::string nearest_word(std::string_view word, const Words& known);

/// Levenshtein's edit distance.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

template <class Words>
std::string nearest_word(std::string_view word, const Words& known) {
  std::string best;
  std::size_t least = word.size() / 3 + 2;
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace camloss::train
