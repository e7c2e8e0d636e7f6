// The verdict's rules at their limits: shares of counted pictures, whose differences are not exact in binary.
#include <catch2/catch.hpp>
#include <string>

#include "shared/learn/verdict.h"

using camloss::learn::is_costly;
using camloss::learn::is_larger_by;
using camloss::learn::VerdictFigures;
using camloss::learn::VerdictWord;

TEST_CASE("a difference of a tenth is one, however it is counted", "[verdict]") {
  for (int n = 10; n <= 400; n += 10) {
    for (int less = 0; less + n / 10 <= n; ++less) {
      const double low = static_cast<double>(less) / n;
      const double high = static_cast<double>(less + n / 10) / n;
      INFO(less << " of " << n);
      CHECK(is_larger_by(0.10, high, low));
      CHECK(is_costly(high, low));
      CHECK_FALSE(is_larger_by(0.10, static_cast<double>(less + n / 10 - 1) / n, low));
    }
  }
}

TEST_CASE("every rule of the verdict counts a tenth in", "[verdict]") {
  // 9 of 10 and 8 of 10: their difference is less than 0.1 in binary.
  VerdictFigures shortcut{
      .usual = 0.9, .usual_after = 0.9, .before = 0.8, .after = 0.9, .sure_right = 0.9};
  CHECK(verdict_word(shortcut) == VerdictWord::cured);
  shortcut.usual_after = 0.8;
  CHECK(verdict_word(shortcut) == VerdictWord::partly_cured);
  // 0.6 and 0.7: a gain that counts; 0.69: none.
  VerdictFigures gain{.usual = 1, .usual_after = 1, .before = 0.6, .after = 0.7};
  CHECK(verdict_word(gain) == VerdictWord::partly_cured);
  gain.after = 0.69;
  CHECK(verdict_word(gain) == VerdictWord::not_cured);
  // 0.8 and 0.7: a loss that counts; 0.71: none.
  VerdictFigures loss{.usual = 1, .usual_after = 1, .before = 0.8, .after = 0.7};
  CHECK(verdict_word(loss) == VerdictWord::worse);
  loss.before = 0.3;
  loss.after = 0.2;
  CHECK(verdict_word(loss) == VerdictWord::worse);
  loss.after = 0.21;
  CHECK(verdict_word(loss) == VerdictWord::not_cured);
}
