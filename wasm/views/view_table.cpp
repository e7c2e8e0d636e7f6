// All photos: confusion matrices where labels are known, and a table that sorts by any column.
#include <algorithm>
#include <cmath>
#include <string>

#include "wasm/app/table_rows.h"
#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

struct Column {
  SortBy by;
  std::string title;
  float share = 0;  // of the width
  Align align = Align::left;
  std::optional<Slot> slot;
};

constexpr float kAllColumnsFrom = 1000;  // layout units of width

std::vector<Column> columns(const App& app, const Layout& l) {
  if (l.narrow) {
    return {{SortBy::name, "Photo", 0.26F, Align::left, std::nullopt},
            {SortBy::baseline, app.slot(Slot::baseline).role, 0.37F, Align::left, Slot::baseline},
            {SortBy::camloss, app.slot(Slot::camloss).role, 0.37F, Align::left, Slot::camloss}};
  }
  if (l.width < px(kAllColumnsFrom)) {
    return {{SortBy::name, "Photo", 0.24F, Align::left, std::nullopt},
            {SortBy::baseline, app.slot(Slot::baseline).role, 0.22F, Align::left, Slot::baseline},
            {SortBy::baseline_mass, "Off centre", 0.16F, Align::right, Slot::baseline},
            {SortBy::camloss, app.slot(Slot::camloss).role, 0.22F, Align::left, Slot::camloss},
            {SortBy::camloss_mass, "Off centre", 0.16F, Align::right, Slot::camloss}};
  }
  return {{SortBy::name, "Photo", 0.26F, Align::left, std::nullopt},
          {SortBy::label, "Label", 0.10F, Align::left, std::nullopt},
          {SortBy::baseline, app.slot(Slot::baseline).role, 0.16F, Align::left, Slot::baseline},
          {SortBy::baseline_mass, "Off centre", 0.105F, Align::right, Slot::baseline},
          {SortBy::camloss, app.slot(Slot::camloss).role, 0.16F, Align::left, Slot::camloss},
          {SortBy::camloss_mass, "Off centre", 0.105F, Align::right, Slot::camloss},
          {SortBy::gap, "Difference", 0.11F, Align::right, std::nullopt}};
}

/// Text of a column for a photo.
/// @param room  width; framebuffer pixels
std::string cell_text(const App& app, const Photo& photo, const Column& c, float room) {
  const PhotoResult* r = c.slot ? app.result(photo, *c.slot) : nullptr;
  switch (c.by) {
    case SortBy::name:
      return photo.name;
    case SortBy::label:
      return photo.label.empty() ? "–" : photo.label;
    case SortBy::baseline:
    case SortBy::camloss: {
      if (r == nullptr) return "…";
      const std::string share = percent(r->share());
      const std::string in_short = answer_in_short(app, &photo, *c.slot, *r);
      return fitting(fonts().body, room,
                     {answer_text(app, &photo, *c.slot, *r) + "  " + share, in_short + "  " + share,
                      in_short});
    }
    case SortBy::baseline_mass:
    case SortBy::camloss_mass:
      return r != nullptr ? percent(r->off_centre_mass) : "–";
    case SortBy::gap: {
      const PhotoResult* a = app.result(photo, Slot::baseline);
      const PhotoResult* b = app.result(photo, Slot::camloss);
      if (a == nullptr || b == nullptr) return "–";
      const auto points = std::lround(std::abs(a->probability - b->probability) * 100);
      const std::string figure = std::to_string(points);
      return fitting(fonts().body, room, {figure + (points == 1 ? " point" : " points"), figure});
    }
    case SortBy::order:
      break;
  }
  return "";
}

/// The column captions; a click sorts.
void header(App& app, const std::vector<Column>& cols, float x, float y, float width, float h) {
  const Theme& t = theme();
  TableOptions table = app.table();
  for (const Column& c : cols) {
    const float w = c.share * width;
    const Rect cell{x + px(8), y, w - px(16), h};
    const bool on = table.by == c.by;
    ImGui::PushID(static_cast<int>(c.by));
    const Hit hit_cell =
        hit("sort " + c.title + (c.slot == Slot::camloss && c.align == Align::right ? " 2" : ""),
            cell, on);
    ImGui::PopID();
    // The largest difference comes first, so there the arrow points down at once.
    const bool falls = table.descending != (c.by == SortBy::gap);
    const std::string title = c.title + (on ? (falls ? " ↓" : " ↑") : "");
    float left = cell.x;
    if (c.slot) {
      const float at = c.align == Align::right
                           ? cell.right() -
                                 std::min(cell.w - px(14), text_size(fonts().strong, title).x) -
                                 px(10)
                           : cell.x + px(5);
      ImGui::GetWindowDrawList()->AddCircleFilled({at, y + h / 2}, px(4),
                                                  t.accent[index_of(*c.slot)]);
      if (c.align != Align::right) left += px(14);
    }
    text_in(fonts().strong, {left, y, cell.right() - left, h},
            hit_cell.hovered || on ? t.text : t.dim, title, c.align);
    if (hit_cell.clicked) {
      if (on && table.descending) {
        table.by = SortBy::order;
        table.descending = false;
      } else if (on) {
        table.descending = true;
      } else {
        table.by = c.by;
        table.descending = false;
      }
      app.set_table(table);
    }
    x += w;
  }
}

void row(App& app, const Photo& photo, const std::vector<Column>& cols, Rect box) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool on = app.photos().selected_id() == photo.id;
  ImGui::PushID(static_cast<int>(photo.id));
  const Hit h = hit("row " + photo.name, box, on);
  ImGui::PopID();
  if (on || h.hovered) draw.AddRectFilled(box.min(), box.max(), on ? t.track : t.hover, px(8));
  draw.AddRectFilled({box.x + px(8), box.bottom() - 1}, {box.right() - px(8), box.bottom()},
                     t.border);
  float x = box.x;
  for (const Column& c : cols) {
    const float w = c.share * box.w;
    const bool is_verdict = c.slot && c.align == Align::left;
    float before = 0;
    if (c.by == SortBy::name) {
      const float side = box.h - px(8);
      draw_thumbnail(app, photo, {x + px(8), box.y + px(4), side, side});
      before = side + px(8);
    }
    const ImU32 ink = is_verdict ? verdict_colour(app, photo, app.result(photo, *c.slot)) : t.text;
    text_in(fonts().body, {x + px(8) + before, box.y, w - px(16) - before, box.h}, ink,
            cell_text(app, photo, c, w - px(16) - before), c.align);
    x += w;
  }
  if (h.clicked) {
    app.select(photo.id);
    app.set_page(Page::compare);
  }
}

}  // namespace

float draw_table(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w;
  float y = place.at.y;
  const Theme& t = theme();
  const float top = y;
  bool labelled = false;
  for (const Photo& photo : app.photos().all())
    labelled = labelled || (app.truth(photo).has_value() && is_counted(app, photo));
  if (!layout.exporting) {
    ViewOptions view = app.view();
    const float line = fonts().body->FontSize, h = line + px(30);
    const float w = layout.narrow ? width : std::min(width, px(420));
    const Rect bar{x, y, w, h};
    if (slider("Unsure below", bar, view.sure_from, kLeastSureFrom / 100.0F, kMostSureFrom / 100.0F,
               percent(view.sure_from))) {
      view.sure_from = std::round(view.sure_from * 100) / 100;
      app.set_view(view);
    }
    term("Unsure", {x, y, w, line}, explanation("Unsure"));
    const float beside = x + w + px(24);
    if (!layout.narrow && width - (beside - x) > px(160)) {
      paragraph(fonts().body, {beside, y}, width - (beside - x), t.dim,
                "An answer counts as sure where its likelier class has more than that.");
    }
    y += h + px(10);
  }
  if (labelled) {
    const float w = layout.narrow ? width : (width - layout.gap) / 2;
    float height = 0;
    for (const Slot slot : kBothSlots) {
      if (!app.slot(slot).model) continue;
      const float cx =
          layout.narrow ? x : x + static_cast<float>(index_of(slot)) * (w + layout.gap);
      height = draw_confusion(app, slot, {cx, y, w, 0});
      if (layout.narrow) y += height + layout.gap;
    }
    if (!layout.narrow && height > 0) y += height + layout.gap;
  }
  const std::vector<std::size_t> rows = table_rows(app);
  const std::vector<Column> cols = columns(app, layout);
  const float row_h = px(44), head_h = px(48), pad = px(8), bar_h = px(56);
  const float height = bar_h + head_h + row_h * static_cast<float>(rows.size()) + pad;
  card({x, y, width, height});
  const std::string count = std::to_string(rows.size()) +
                            (rows.size() == 1 ? " photo" : " photos") +
                            (app.table().cell ? " in the chosen cell" : "");
  const std::string summary = app.table().cell ? std::string() : drop_summary(app);
  // The head names what the matrices above count.
  const auto samples = std::count_if(rows.begin(), rows.end(), [&](std::size_t i) {
    return app.photos().all()[i].sample.has_value();
  });
  const auto all = static_cast<std::ptrdiff_t>(rows.size());
  const std::string own = samples > 0 && samples < all
                              ? std::to_string(all - samples) + " photos and " +
                                    std::to_string(samples) + " samples, which do not count"
                              : count;
  float right = x + width - px(16);
  const auto button_place = [&](std::string_view caption) {
    right -= button_width(caption);
    const Rect r{right, y + px(8), button_width(caption), px(40)};
    right -= px(8);
    return r;
  };
  if (!layout.exporting && button("Save CSV", button_place("Save CSV"))) app.export_csv();
  if (app.table().cell && button("Show all", button_place("Show all"))) {
    TableOptions table = app.table();
    table.cell.reset();
    app.set_table(table);
  }
  if (app.waiting() > 0 && button("Cancel", button_place("Cancel"))) app.cancel_waiting();
  const std::string shown = fitting(
      fonts().strong, right - x - px(16),
      {summary.empty() ? own : summary + " " + own, summary.empty() ? count : summary, count});
  text_in(fonts().strong, {x + px(16), y, right - x - px(16), bar_h}, t.text, shown);
  if (!labelled && !layout.narrow) {
    const float after = x + px(16) + text_size(fonts().strong, shown).x + px(16);
    text_in(fonts().body, {after, y, right - after, bar_h}, t.dim,
            fitting(fonts().body, right - after,
                    {"Drop a folder with a sub-folder per class, or say in Compare what a photo "
                     "is, to see what is right.",
                     "Say in Compare what a photo is to see what is right."}));
  }
  y += bar_h;
  header(app, cols, x + pad, y, width - 2 * pad, head_h);
  y += head_h;
  // Only the rows in sight are drawn; there may be thousands.
  const ImVec2 low = ImGui::GetWindowDrawList()->GetClipRectMin(),
               high = ImGui::GetWindowDrawList()->GetClipRectMax();
  const auto first = static_cast<std::size_t>(std::max(0.0F, std::floor((low.y - y) / row_h)));
  for (std::size_t i = first; i < rows.size(); ++i) {
    const Rect box{x + pad, y + row_h * static_cast<float>(i), width - 2 * pad, row_h};
    if (box.y > high.y) break;
    row(app, app.photos().all()[rows[i]], cols, box);
  }
  return y + row_h * static_cast<float>(rows.size()) + pad - top;
}

}  // namespace camloss::ui
