// The rules, first to last.
#include "shared/learn/verdict.h"

namespace camloss::learn {

VerdictWord verdict_word(const VerdictFigures& f) noexcept {
  if (f.usual < kLearnt) return VerdictWord::cannot_say;
  if (is_larger_by(kGain, f.before, f.after) && f.after < kRight) return VerdictWord::worse;
  if (f.before >= kRight || !is_larger_by(kShortcut, f.usual, f.before)) {
    return f.has_mark ? VerdictWord::cannot_say : VerdictWord::no_shortcut;
  }
  if (f.after >= kRight) {
    const bool is_cure = f.sure_right >= kSurely && !is_costly(f.usual, f.usual_after);
    return is_cure ? VerdictWord::cured : VerdictWord::partly_cured;
  }
  if (f.after >= kHalf && is_larger_by(kGain, f.after, f.before) && f.unsure <= kSilent)
    return VerdictWord::partly_cured;
  return VerdictWord::not_cured;
}

std::string_view to_string(VerdictWord word) noexcept {
  switch (word) {
    case VerdictWord::cannot_say:
      return "cannot say";
    case VerdictWord::worse:
      return "worse";
    case VerdictWord::no_shortcut:
      return "no shortcut found";
    case VerdictWord::cured:
      return "cured";
    case VerdictWord::partly_cured:
      return "partly cured";
    case VerdictWord::not_cured:
      return "not cured";
  }
  return "cannot say";
}

}  // namespace camloss::learn
