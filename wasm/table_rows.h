// Which photos the table and the matrices speak of, and in which order.
#pragma once

#include <array>
#include <vector>

#include "wasm/app.h"

namespace camloss::ui {

/// Indices into AppState::photos: filtered by the chosen matrix cell, sorted as chosen.
[[nodiscard]] std::vector<std::size_t> table_rows(const App& app);

/// Counts of a slot by [true class][verdict: class 0, class 1, undecided], over photos with a known
/// label.
using Confusion = std::array<std::array<int, 3>, 2>;
[[nodiscard]] Confusion confusion(const App& app, int slot);
[[nodiscard]] bool in_cell(const App& app, const Photo& photo, const TableOptions::Cell& cell);

/// Draws a slot's matrix with its accuracy; returns the height.
float draw_confusion(App& app, int slot, float x, float y, float width);

}  // namespace camloss::ui
