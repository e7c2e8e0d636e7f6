// The strip of thumbnails with both verdicts; a click goes to the photo.
#include <algorithm>
#include <cmath>

#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr float kCellWidth = 208, kCellHeight = 76, kCellGap = 10;

void thumbnail(App& app, const Photo& photo, Rect box) {
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

void cell(App& app, const Photo& photo, Rect box) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  ImGui::PushID(static_cast<int>(photo.id));
  const bool on = app.photos().selected_id() == photo.id;
  const Hit h = hit("photo " + photo.name, box, on);
  ImGui::PopID();
  draw.AddRectFilled(box.min(), box.max(), on || h.hovered ? t.hover : t.card, px(10));
  draw.AddRect(box.min(), box.max(), on ? t.text : t.border, px(10), 0,
               on ? px(2) : std::max(1.0F, unit()));
  if (h.clicked) app.select(photo.id);
  const float side = box.h - px(16);
  thumbnail(app, photo, {box.x + px(8), box.y + px(8), side, side});
  const float x = box.x + side + px(20), w = box.right() - px(8) - x, line = fonts().body->FontSize;
  for (const Slot slot : kBothSlots) {
    const PhotoResult* r = app.result(photo, slot);
    const float y = box.y + box.h / 2 + (slot == Slot::baseline ? -line - px(3) : px(3));
    if (r == nullptr) continue;
    const ImU32 accent = t.accent[index_of(slot)];
    const ImVec2 dot{x + px(5), y + line / 2};
    draw.AddCircleFilled(dot, px(5), accent);
    text_in(fonts().body, {x + px(16), y, w - px(16), line}, verdict_colour(app, photo, r),
            answer_text(app, &photo, slot, *r));
  }
}

}  // namespace

float gallery_height() { return px(kCellHeight + 28); }

void draw_gallery(App& app, const Layout& layout, Rect area) {
  const Theme& t = theme();
  ImDrawList& outer = *ImGui::GetWindowDrawList();
  outer.AddRectFilled(area.min(), area.max(), t.card);
  outer.AddRectFilled(area.min(), {area.right(), area.y + std::max(1.0F, unit())}, t.border);

  const int waiting = app.waiting();
  float left = area.x;
  if (waiting > 0 && !layout.narrow) {
    const float w = px(210);
    const Rect box{area.x + layout.margin, area.y + px(14), w, px(kCellHeight)};
    const auto total = static_cast<float>(app.photos().all().size());
    text_in(fonts().strong, {box.x, box.y, w, px(24)}, t.text,
            std::to_string(app.photos().all().size() - static_cast<std::size_t>(waiting)) + " of " +
                std::to_string(app.photos().all().size()) + " analysed");
    bar({box.x, box.y + px(28), w, px(6)}, 1 - static_cast<float>(waiting) / total, t.text,
        t.track);
    if (button("Cancel", {box.x, box.y + px(40), w, px(36)})) app.cancel_waiting();
    left += layout.margin + w;
  }
  ImGui::SetCursorScreenPos({left, area.y});
  ImGui::BeginChild("gallery", {area.right() - left, area.h}, 0,
                    ImGuiWindowFlags_HorizontalScrollbar | ImGuiWindowFlags_NoScrollbar |
                        ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollWithMouse);
  const float step = px(kCellWidth + kCellGap);
  const float start = left + layout.margin - ImGui::GetScrollX();
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
  if (storage->GetInt(shown_id, 0) != selected) {
    for (std::size_t i = 0; i < n; ++i) {
      if (app.photos().selected_id() != app.photos().all()[i].id) continue;
      const float at = layout.margin + step * static_cast<float>(i);
      const float x = ImGui::GetScrollX();
      if (at < x) ImGui::SetScrollX(std::max(0.0F, at - layout.margin));
      if (at + step > x + view_w) ImGui::SetScrollX(at + step - view_w + layout.margin);
    }
    storage->SetInt(shown_id, selected);
  }
  const auto first = static_cast<std::size_t>(std::max(0.0F, std::floor((left - start) / step)));
  const auto count = static_cast<std::size_t>(view_w / step) + 2;
  // Thumbnails far from what is seen leave the graphics memory.
  constexpr std::size_t kKept = 40;
  app.keep_thumbnails(first > kKept ? first - kKept : 0, first + count + kKept + 1);
  for (std::size_t i = first; i < std::min(n, first + count); ++i) {
    const Rect box{start + step * static_cast<float>(i), area.y + px(14), px(kCellWidth),
                   px(kCellHeight)};
    cell(app, app.photos().all()[i], box);
  }
  ImGui::EndChild();
}

}  // namespace camloss::ui
