// Which photos count and match, their order, and the counts of the matrices.
#include "wasm/app/table_rows.h"

#include <algorithm>
#include <cmath>

#include "wasm/app/wording.h"

namespace camloss::ui {
namespace {

/// What a column sorts by; photos without the figure go last.
double sort_value(const App& app, const Photo& photo, SortBy by) {
  constexpr double kMissing = 1e9;
  const PhotoResult* a = app.result(photo, Slot::baseline);
  const PhotoResult* b = app.result(photo, Slot::camloss);
  const auto mass = [](const PhotoResult* r) {
    return r != nullptr && r->off_centre_mass ? static_cast<double>(*r->off_centre_mass) : kMissing;
  };
  switch (by) {
    case SortBy::baseline:
      return a != nullptr ? static_cast<double>(a->probability) : kMissing;
    case SortBy::camloss:
      return b != nullptr ? static_cast<double>(b->probability) : kMissing;
    case SortBy::baseline_mass:
      return mass(a);
    case SortBy::camloss_mass:
      return mass(b);
    case SortBy::gap:
      return a != nullptr && b != nullptr
                 ? -std::abs(static_cast<double>(a->probability - b->probability))
                 : kMissing;
    default:
      return 0;
  }
}

}  // namespace

std::vector<std::size_t> table_rows(const App& app) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < app.photos().all().size(); ++i) {
    if (!app.table().cell || in_cell(app, app.photos().all()[i], *app.table().cell))
      rows.push_back(i);
  }
  const SortBy by = app.table().by;
  if (by == SortBy::order) {
    // What the user brought comes first.
    std::stable_partition(rows.begin(), rows.end(),
                          [&](std::size_t i) { return !app.photos().all()[i].sample; });
    return rows;
  }
  std::vector<double> values(app.photos().all().size());
  for (std::size_t i = 0; i < app.photos().all().size(); ++i)
    values[i] = sort_value(app, app.photos().all()[i], by);
  const auto less = [&](std::size_t a, std::size_t b) {
    if (by == SortBy::name) return app.photos().all()[a].name < app.photos().all()[b].name;
    if (by == SortBy::label) return app.photos().all()[a].label < app.photos().all()[b].label;
    return values[a] < values[b];
  };
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return app.table().descending ? less(b, a) : less(a, b);
  });
  return rows;
}

bool is_counted(const App& app, const Photo& photo) {
  const auto& photos = app.photos().all();
  return !photo.sample ||
         std::all_of(photos.begin(), photos.end(), [](const Photo& p) { return p.sample; });
}

bool in_cell(const App& app, const Photo& photo, const TableOptions::Cell& cell) {
  const PhotoResult* r = app.result(photo, cell.slot);
  const std::optional<int> truth = app.truth(photo);
  return r != nullptr && truth == cell.truth && is_counted(app, photo) &&
         static_cast<int>(verdict_of(app, *r)) == cell.verdict;
}

Confusion confusion(const App& app, Slot slot) {
  Confusion found;
  for (const Photo& photo : app.photos().all()) {
    const PhotoResult* r = app.result(photo, slot);
    const std::optional<int> truth = app.truth(photo);
    if (r == nullptr || !truth || !is_counted(app, photo)) continue;
    const Verdict said = verdict_of(app, *r);
    ++found.cells[static_cast<std::size_t>(*truth)][static_cast<std::size_t>(said)];
    ++found.total;
    found.likelier_right += r->label == *truth ? 1 : 0;
    switch (*outcome(app, photo, *r)) {
      case Outcome::right:
        ++found.sure_and_right;
        break;
      case Outcome::unsure:
        ++found.unsure;
        break;
      case Outcome::wrong:
        ++found.wrong;
        break;
    }
  }
  return found;
}

std::string accuracy_text(const Confusion& found, bool in_short) {
  if (found.total == 0) return "No photo here has a known label.";
  const std::string sure = "Sure and right " + std::to_string(found.sure_and_right) + ", unsure " +
                           std::to_string(found.unsure) + ", wrong " + std::to_string(found.wrong);
  return in_short
             ? sure
             : sure + ". Counting the likelier class: " + std::to_string(found.likelier_right) +
                   " of " + std::to_string(found.total) + ".";
}

}  // namespace camloss::ui
