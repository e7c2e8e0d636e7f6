// Which photos the table and the matrices speak of, and in which order.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "wasm/app/app.h"

namespace camloss::ui {

/// Indices into PhotoList::all(): filtered by the chosen matrix cell, sorted as chosen.
[[nodiscard]] std::vector<std::size_t> table_rows(const App& app);

/// Whether a photo counts in the matrices: the drawn samples do only while there is nothing else.
[[nodiscard]] bool is_counted(const App& app, const Photo& photo);

/// What a model said of the photos that count and have a known label.
struct Confusion {
  std::array<std::array<int, 3>, 2> cells{};  // [true class][verdict: class 0, class 1, undecided]
  int total = 0;
  // Every photo is in one of these, as its row says.
  int sure_and_right = 0, unsure = 0, wrong = 0;
  int likelier_right = 0;  // by the likelier class, as accuracy is everywhere
};
[[nodiscard]] Confusion confusion(const App& app, Slot slot);
/// "Sure and right 7, unsure 13, wrong 0. Counting the likelier class: 19 of 20."; the first sentence alone in short
[[nodiscard]] std::string accuracy_text(const Confusion& found, bool in_short);
[[nodiscard]] bool in_cell(const App& app, const Photo& photo, const TableOptions::Cell& cell);

}  // namespace camloss::ui
