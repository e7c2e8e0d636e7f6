// The rules of a training's verdict, for the trainer and the page.
#pragma once

#include <string_view>

namespace camloss::learn {

// docs/method.md, "The verdict", has these numbers and where they come from.
inline constexpr double kLearnt =
    0.70;  // worst class on val: below, the model has not learnt the task
inline constexpr double kRight = 0.85;  // worst class on the telling part: it does what it should
inline constexpr double kGain = 0.10;   // of the worst class: a difference that counts
inline constexpr double kHalf = 0.50;   // worst class on the telling part: below, nothing is cured
inline constexpr double kShortcut =
    0.10;                                // that the worst class loses from val to the telling part
inline constexpr double kSilent = 0.50;  // share of val that is undecided
inline constexpr double kSurely = 0.60;  // share of the telling part that is surely right
inline constexpr double kSpread = 0.45;  // off-centre mass on val of a map that did not move
/// Pictures of a class that the telling part must have.
inline constexpr int kFewPictures = 10;

/// What the verdict rests on, shares. A worst class is the accuracy of the class that a model does worse on.
struct VerdictFigures {
  double usual = 1;        // baseline's worst class on val; 1 where there is no val
  double usual_after = 1;  // CAMLoss's there
  double before = 0;       // baseline's worst class on the telling part
  double after = 0;        // CAMLoss's there
  double sure_right = 0;   // CAMLoss's share that is surely right there
  double unsure = 0;       // CAMLoss's share of val that is undecided
  bool has_mark = false;  // a mark in the middle comes along with the subject into the telling part
};

/// Whether one share is larger than another by `difference` or more. 0.9 − 0.8 is less than 0.1 in binary: the least
/// difference of two counts of pictures is far above what is added here.
[[nodiscard]] constexpr bool is_larger_by(double difference, double larger, double smaller) {
  return larger - smaller >= difference - 1e-9;
}

/// Whether CAMLoss loses a difference that counts on the usual pictures.
/// @param usual, usual_after  as in VerdictFigures
[[nodiscard]] constexpr bool is_costly(double usual, double usual_after) {
  return is_larger_by(kGain, usual, usual_after);
}

enum class VerdictWord { cannot_say, worse, no_shortcut, cured, partly_cured, not_cured };

/// "cannot say" where the baseline has not learnt the classes, or a mark may be what it goes by. That there are too few
/// pictures is for the caller to see.
[[nodiscard]] VerdictWord verdict_word(const VerdictFigures& figures) noexcept;
[[nodiscard]] std::string_view to_string(VerdictWord word) noexcept;

}  // namespace camloss::learn
