// Confusion matrices of photos with known labels; a click on a cell filters the table.
#include <algorithm>
#include <string>

#include "wasm/app/table_rows.h"
#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {

float draw_confusion(App& app, Slot slot, Rect area) {
  const float x = area.x, y = area.y, width = area.w;
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
  const std::string verdicts[3] = {app.label_name(slot, 0), app.label_name(slot, 1), "unsure"};
  text_in(fonts().body, {x + pad, cy, names - (tight ? reach : 0), line}, t.dim,
          fitting(fonts().body, names, {"is ↓  said →", "is ↓ →"}));
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
      const bool on = app.table().cell == key;
      const std::string name =
          "cell " + std::to_string(index_of(slot)) + std::to_string(truth) + std::to_string(v);
      const Hit h = hit(name, cell, on);
      const float strength = static_cast<float>(counts[truth][v]) / static_cast<float>(largest);
      const ImU32 fill =
          mix(t.track, t.accent[index_of(slot)], truth == v ? 0.75F * strength : 0.32F * strength);
      draw.AddRectFilled(cell.min(), cell.max(), h.hovered ? mix(fill, t.text, 0.08F) : fill,
                         px(8));
      if (on) draw.AddRect(cell.min(), cell.max(), t.text, px(8), 0, px(2.5F));
      text_in(fonts().strong, cell, readable_on(fill, t.text, t.dark ? t.page : t.card),
              std::to_string(counts[truth][v]), Align::centre);
      if (h.clicked) {
        TableOptions table = app.table();
        table.cell = on ? std::nullopt : std::optional(key);
        app.set_table(table);
      }
    }
    cy += row + gap;
  }
  cy += px(8);
  const Rect summary{x + pad, cy, width - 2 * pad, line};
  text_in(
      fonts().body, summary, t.text,
      fitting(fonts().body, summary.w, {accuracy_text(found, false), accuracy_text(found, true)}));
  term("Sure and right " + std::to_string(index_of(slot)), summary,
       accuracy_text(found, false) + " " + std::string(explanation("Sure and right")));
  return height;
}

}  // namespace camloss::ui
