// The strip of thumbnails with both verdicts; a click goes to the photo.
#include <algorithm>
#include <cmath>

#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

/// Sizes of the strip; layout units.
struct Strip {
  float cell_w, cell_h, gap, space;  // space: above and below the cells
};
constexpr Strip kRoomyStrip{208, 76, 10, 14};
constexpr Strip kTightStrip{58, 58, 6, 7};  // on a phone: thumbnails alone, with a dot a model

const Strip& strip_of(const Layout& layout) { return layout.narrow ? kTightStrip : kRoomyStrip; }

/// Says on the thumbnail that it is a drawn sample.
void sample_band(Rect box) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float h = px(15), size = px(13);
  draw.AddRectFilled({box.x, box.bottom() - h}, box.max(), IM_COL32(12, 14, 18, 200), px(8),
                     ImDrawFlags_RoundCornersBottom);
  ImFont* font = fonts().body;
  const std::string_view word = "sample";
  const float w = font->CalcTextSizeA(size, FLT_MAX, 0, word.data(), word.data() + word.size()).x;
  draw.AddText(font, size, {box.x + (box.w - w) / 2, box.bottom() - h + px(1)}, IM_COL32_WHITE,
               word.data(), word.data() + word.size());
}

/// A click chooses the photo; says whether it is chosen, and under the mouse.
struct CellState {
  bool on = false, hovered = false;
};

CellState cell_state(App& app, const Photo& photo, Rect box) {
  ImGui::PushID(static_cast<int>(photo.id));
  const bool on = app.photos().selected_id() == photo.id;
  const Hit h = hit("photo " + photo.name, box, on);
  ImGui::PopID();
  if (h.clicked) app.select(photo.id);
  return {on, h.hovered};
}

/// A thumbnail alone; under it a dot for each model, hollow where it is unsure, crossed where it is wrong.
void small_cell(App& app, const Photo& photo, Rect box) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool on = cell_state(app, photo, box).on;
  const float inset = px(3);
  draw_thumbnail(app, photo, box.inset(inset));
  if (photo.sample) sample_band(box.inset(inset));
  draw.AddRect(box.min(), box.max(), on ? t.text : t.border, px(9), 0,
               on ? px(2.5F) : std::max(1.0F, unit()));
  for (const Slot slot : kBothSlots) {
    const PhotoResult* r = app.result(photo, slot);
    if (r == nullptr) continue;
    const ImVec2 c{box.x + px(11) + static_cast<float>(index_of(slot)) * px(15), box.y + px(11)};
    draw.AddCircleFilled(c, px(7), IM_COL32_WHITE);
    if (is_sure(app, *r)) {
      draw.AddCircleFilled(c, px(5), t.accent[index_of(slot)]);
    } else {
      draw.AddCircle(c, px(4), t.accent[index_of(slot)], 0, px(2));
    }
    if (is_right(app, photo, *r) == false) {
      draw.AddLine({c.x - px(3), c.y - px(3)}, {c.x + px(3), c.y + px(3)}, IM_COL32_WHITE, px(2));
      draw.AddLine({c.x - px(3), c.y + px(3)}, {c.x + px(3), c.y - px(3)}, IM_COL32_WHITE, px(2));
    }
  }
}

void cell(App& app, const Photo& photo, Rect box) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const auto [on, hovered] = cell_state(app, photo, box);
  draw.AddRectFilled(box.min(), box.max(), on || hovered ? t.hover : t.card, px(10));
  draw.AddRect(box.min(), box.max(), on ? t.text : t.border, px(10), 0,
               on ? px(2) : std::max(1.0F, unit()));
  const float side = box.h - px(16);
  draw_thumbnail(app, photo, {box.x + px(8), box.y + px(8), side, side});
  if (photo.sample) sample_band({box.x + px(8), box.y + px(8), side, side});
  const float x = box.x + side + px(20), w = box.right() - px(8) - x, line = fonts().body->FontSize;
  for (const Slot slot : kBothSlots) {
    const PhotoResult* r = app.result(photo, slot);
    const float y = box.y + box.h / 2 + (slot == Slot::baseline ? -line - px(3) : px(3));
    if (r == nullptr && slot == Slot::baseline && app.out_of_reach(photo, slot))
      text_in(fonts().body, {x, box.y, w, box.h}, t.dim, "file is gone");
    if (r == nullptr) continue;
    const ImU32 accent = t.accent[index_of(slot)];
    const ImVec2 dot{x + px(5), y + line / 2};
    draw.AddCircleFilled(dot, px(5), accent);
    text_in(fonts().body, {x + px(16), y, w - px(16), line}, verdict_colour(app, photo, r),
            fitting(fonts().body, w - px(16),
                    {answer_text(app, &photo, slot, *r), answer_in_short(app, &photo, slot, *r)}));
  }
}

}  // namespace

void draw_thumbnail(App& app, const Photo& photo, Rect box) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (photo.thumbnail.width <= 0) {
    draw.AddRectFilled(box.min(), box.max(), t.track, px(8));
    spinner({box.x + box.w / 2, box.y + box.h / 2}, px(9), t.dim);
    return;
  }
  // The middle square of the thumbnail fills the box.
  const auto w = static_cast<float>(photo.thumbnail.width),
             h = static_cast<float>(photo.thumbnail.height);
  const float u = w > h ? (1 - h / w) / 2 : 0, v = h > w ? (1 - w / h) / 2 : 0;
  draw.AddImageRounded(image_id(*app.thumbnail(photo.id)), box.min(), box.max(), {u, v},
                       {1 - u, 1 - v}, IM_COL32_WHITE, px(8));
}

float gallery_height(const Layout& layout) {
  const Strip& s = strip_of(layout);
  return layout.flat ? 0 : px(s.cell_h + 2 * s.space);
}

void draw_gallery(App& app, const Layout& layout, Rect area) {
  const Theme& t = theme();
  ImDrawList& outer = *ImGui::GetWindowDrawList();
  outer.AddRectFilled(area.min(), area.max(), t.card);
  outer.AddRectFilled(area.min(), {area.right(), area.y + std::max(1.0F, unit())}, t.border);

  const Strip& strip = strip_of(layout);
  const int waiting = app.waiting();
  float left = area.x;
  if (waiting > 0 && !layout.narrow) {
    const float w = px(210);
    const Rect box{area.x + layout.margin, area.y + px(14), w, px(strip.cell_h)};
    const auto total = static_cast<float>(app.photos().all().size());
    text_in(fonts().strong, {box.x, box.y, w, px(24)}, t.text,
            std::to_string(app.photos().all().size() - static_cast<std::size_t>(waiting)) + " of " +
                std::to_string(app.photos().all().size()) + " analysed");
    bar({box.x, box.y + px(28), w, px(6)}, 1 - static_cast<float>(waiting) / total, t.text,
        t.track);
    if (button("Cancel", {box.x, box.y + px(40), w, px(36)})) app.cancel_waiting();
    left += layout.margin + w;
  } else if (const std::string summary = drop_summary(app);
             !layout.narrow && !summary.empty() && app.view().page != Page::table) {
    const float w = px(260);
    const Rect box{area.x + layout.margin, area.y + px(14), w, px(strip.cell_h)};
    const auto& all = app.photos().all();
    const bool any = std::any_of(all.begin(), all.end(), [&](const Photo& photo) {
      return !photo.sample && they_differ(app, photo);
    });
    const float room = any ? px(34) : box.h;
    const float h = paragraph_height(fonts().strong, w, summary);
    paragraph(fonts().strong, {box.x, box.y + std::max(0.0F, (room - h) / 2)}, w, t.text, summary);
    if (any && button("Show them", {box.x, box.y + px(40), w, px(36)})) app.show_differences();
    left += layout.margin + w + px(strip.gap);
  }
  ImGui::SetCursorScreenPos({left, area.y});
  ImGui::BeginChild("gallery", {area.right() - left, area.h}, 0,
                    ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollbar |
                        ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollWithMouse);
  const float step = px(strip.cell_w + strip.gap);
  float start = left + layout.margin - ImGui::GetScrollX();
  const float view_w = area.right() - left;
  const auto n = app.photos().all().size();
  ImGui::SetCursorScreenPos({start, area.y});
  ImGui::Dummy({step * static_cast<float>(n) + layout.margin, px(1)});
  if (ImGui::IsWindowHovered()) {
    const float wheel = ImGui::GetIO().MouseWheel + ImGui::GetIO().MouseWheelH;
    if (wheel != 0) ImGui::SetScrollX(ImGui::GetScrollX() - wheel * px(80));
  }
  // The selected photo stays in sight when it changes.
  ImGuiStorage* storage = ImGui::GetStateStorage();
  const ImGuiID shown_id = ImGui::GetID("shown");
  const int selected =
      app.photos().selected_id() ? static_cast<int>(*app.photos().selected_id()) : 0;
  // And when the strip becomes narrower or wider.
  const ImGuiID width_id = ImGui::GetID("width");
  const bool resized = storage->GetFloat(width_id, -1) != view_w;
  storage->SetFloat(width_id, view_w);
  if (storage->GetInt(shown_id, 0) != selected || resized) {
    for (std::size_t i = 0; i < n; ++i) {
      if (app.photos().selected_id() != app.photos().all()[i].id) continue;
      const float at = layout.margin + step * static_cast<float>(i);
      float x = ImGui::GetScrollX();
      if (at + step > x + view_w) x = at + step - view_w + layout.margin;
      if (at < x) x = std::max(0.0F, at - layout.margin);
      if (x == ImGui::GetScrollX()) continue;
      // Seen in this frame already: it may be the last one that is drawn.
      ImGui::SetScrollX(x);
      start = left + layout.margin - x;
    }
    storage->SetInt(shown_id, selected);
  }
  const auto first = static_cast<std::size_t>(std::max(0.0F, std::floor((left - start) / step)));
  const auto count = static_cast<std::size_t>(view_w / step) + 2;
  // Thumbnails far from what is seen leave the graphics memory.
  constexpr std::size_t kKept = 40;
  app.keep_thumbnails(first > kKept ? first - kKept : 0, first + count + kKept + 1);
  for (std::size_t i = first; i < std::min(n, first + count); ++i) {
    const Rect box{start + step * static_cast<float>(i), area.y + px(strip.space), px(strip.cell_w),
                   px(strip.cell_h)};
    if (layout.narrow) {
      small_cell(app, app.photos().all()[i], box);
    } else {
      cell(app, app.photos().all()[i], box);
    }
  }
  ImGui::EndChild();
}

}  // namespace camloss::ui
