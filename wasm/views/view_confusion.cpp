// Confusion matrices of photos with known labels; a click on a cell filters the table.
#include <algorithm>
#include <string>

#include "wasm/app/table_rows.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {

bool is_counted(const App& app, const Photo& photo) {
  const auto& photos = app.state().photos;
  return !photo.sample ||
         std::all_of(photos.begin(), photos.end(), [](const Photo& p) { return p.sample; });
}

bool in_cell(const App& app, const Photo& photo, const TableOptions::Cell& cell) {
  const PhotoResult* r = app.result(photo, cell.slot);
  const std::optional<int> truth = app.truth(photo);
  return r != nullptr && truth == cell.truth && is_counted(app, photo) &&
         static_cast<int>(verdict(static_cast<double>(r->probability))) == cell.verdict;
}

Confusion confusion(const App& app, int slot) {
  Confusion found;
  for (const Photo& photo : app.state().photos) {
    const PhotoResult* r = app.result(photo, slot);
    const std::optional<int> truth = app.truth(photo);
    if (r == nullptr || !truth || !is_counted(app, photo)) continue;
    const Verdict said = verdict(static_cast<double>(r->probability));
    ++found.cells[static_cast<std::size_t>(*truth)][static_cast<std::size_t>(said)];
    ++found.total;
    found.right += r->label == *truth ? 1 : 0;
    found.undecided += said == Verdict::undecided ? 1 : 0;
  }
  return found;
}

std::string accuracy_text(const Confusion& found, bool in_short) {
  if (found.total == 0) return "No photo here has a known label.";
  const std::string right =
      std::to_string(found.right) + " of " + std::to_string(found.total) + " right";
  const std::string accuracy =
      percent(static_cast<float>(found.right) / static_cast<float>(found.total)) + " accuracy";
  const std::string undecided =
      found.undecided == 0 ? "" : ", " + std::to_string(found.undecided) + " undecided";
  return in_short ? right + undecided : right + ", " + accuracy + " (higher is better)" + undecided;
}

float draw_confusion(App& app, int slot, float x, float y, float width) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const Confusion found = confusion(app, slot);
  const auto& counts = found.cells;
  const float pad = px(16), head = px(44), line = fonts().body->FontSize, row = px(48), gap = px(6);
  const float height = head + line + px(8) + 2 * (row + gap) + px(8) + line + pad;
  card({x, y, width, height});
  draw_model_heading(app, slot, {x + pad, y, width - 2 * pad, head});

  int largest = 1;
  for (const auto& row_counts : counts) {
    for (const int count : row_counts) largest = std::max(largest, count);
  }
  const bool tight = width < px(430);
  const float names = tight ? px(66) : px(110);
  const float left = x + pad + names, cell_w = (width - 2 * pad - names - 2 * gap) / 3;
  // Captions reach into the gaps, for the longest would not fit on a phone otherwise.
  const float reach = tight ? gap : 0;
  float cy = y + head;
  const std::string verdicts[3] = {app.label_name(slot, 0), app.label_name(slot, 1), "undecided"};
  if (!tight) text_in(fonts().body, {x + pad, cy, names, line}, t.dim, "is ↓  said →");
  for (std::size_t v = 0; v < 3; ++v) {
    const float at = left + static_cast<float>(v) * (cell_w + gap) - reach;
    text_in(fonts().body, {at, cy, cell_w + 2 * reach, line}, t.dim, verdicts[v], Align::centre);
  }
  cy += line + px(8);
  for (std::size_t truth = 0; truth < 2; ++truth) {
    text_in(fonts().body, {x + pad, cy, names - px(tight ? 4 : 8), row}, t.text,
            app.label_name(slot, static_cast<int>(truth)));
    for (std::size_t v = 0; v < 3; ++v) {
      const Rect cell{left + static_cast<float>(v) * (cell_w + gap), cy, cell_w, row};
      const TableOptions::Cell key{slot, static_cast<int>(truth), static_cast<int>(v)};
      auto& chosen = app.state().table.cell;
      const bool on = chosen == key;
      const std::string name =
          "cell " + std::to_string(slot) + std::to_string(truth) + std::to_string(v);
      const Hit h = hit(name, cell, on);
      const float strength = static_cast<float>(counts[truth][v]) / static_cast<float>(largest);
      const ImU32 fill = mix(t.track, t.accent[static_cast<std::size_t>(slot)],
                             truth == v ? 0.75F * strength : 0.32F * strength);
      draw.AddRectFilled(cell.min(), cell.max(), h.hovered ? mix(fill, t.text, 0.08F) : fill,
                         px(8));
      if (on) draw.AddRect(cell.min(), cell.max(), t.text, px(8), 0, px(2.5F));
      const bool strong = truth == v && strength > 0.5F;
      text_in(fonts().strong, cell, strong ? (t.dark ? t.page : t.card) : t.text,
              std::to_string(counts[truth][v]), Align::centre);
      if (h.clicked) {
        if (on) {
          chosen.reset();
        } else {
          chosen = key;
        }
      }
    }
    cy += row + gap;
  }
  cy += px(8);
  text_in(fonts().body, {x + pad, cy, width - 2 * pad, line}, t.text, accuracy_text(found, tight));
  return height;
}

}  // namespace camloss::ui
