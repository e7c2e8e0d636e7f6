// Buttons, switches, sliders and texts in the page's own look.
#include "wasm/widgets/widgets.h"

#include <imgui_internal.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "wasm/widgets/term.h"

#include "wasm/widgets/foreign_text.h"

namespace camloss::ui {
namespace {

std::vector<WidgetRecord> g_widgets;
std::vector<std::pair<Rect, Drag>> g_drag_areas;
std::vector<Rect> g_swipe_areas;

ImDrawList& draw() { return *ImGui::GetWindowDrawList(); }

const char* begin_of(std::string_view s) { return s.data(); }
const char* end_of(std::string_view s) { return s.data() + s.size(); }

/// Marks that a control has the pointer over it, so that the platform shows a hand.
void hand_cursor() { ImGui::SetMouseCursor(ImGuiMouseCursor_Hand); }

}  // namespace

void begin_widgets() {
  begin_terms();
  g_widgets.clear();
  g_drag_areas.clear();
  g_swipe_areas.clear();
}

const std::vector<WidgetRecord>& widget_records() { return g_widgets; }

void record_widget(std::string_view name, Rect rect, bool on) {
  const ImVec2 low = ImGui::GetWindowDrawList()->GetClipRectMin();
  const ImVec2 high = ImGui::GetWindowDrawList()->GetClipRectMax();
  const ImVec2 middle{rect.x + rect.w / 2, rect.y + rect.h / 2};
  if (middle.x < low.x || middle.y < low.y || middle.x > high.x || middle.y > high.y) return;
  g_widgets.push_back({std::string(name), rect, on});
}

void record_drag_area(Rect rect, Drag drag) { g_drag_areas.emplace_back(rect, drag); }

Drag drag_at(ImVec2 p) {
  // What was drawn last lies on top.
  const auto found = std::find_if(g_drag_areas.rbegin(), g_drag_areas.rend(),
                                  [p](const auto& area) { return area.first.contains(p); });
  return found == g_drag_areas.rend() ? Drag::none : found->second;
}

void record_swipe_area(Rect rect) { g_swipe_areas.push_back(rect); }

bool in_swipe_area(ImVec2 p) {
  return std::any_of(g_swipe_areas.begin(), g_swipe_areas.end(),
                     [p](const Rect& r) { return r.contains(p); });
}

ImVec2 text_size(ImFont* font, std::string_view given) {
  const std::string s = drawable(font, given);
  return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, begin_of(s), end_of(s));
}

void text(ImFont* font, ImVec2 at, ImU32 colour, std::string_view given, Align align) {
  if (given.empty()) return;
  const std::string s = drawable(font, given);
  if (align != Align::left) {
    const float w = text_size(font, s).x;
    at.x -= align == Align::right ? w : w / 2;
  }
  at = {std::round(at.x), std::round(at.y)};
  draw().AddText(font, font->FontSize, at, colour, begin_of(s), end_of(s));
}

std::string shortened(ImFont* font, std::string_view given, float width) {
  // A name can be thousands of bytes long; no line shows more than this.
  constexpr std::size_t kMaxShown = 400;
  const std::string s = drawable(font, given.substr(0, 4 * kMaxShown));
  std::string head(s.substr(0, kMaxShown));
  // A name may hold line feeds and the like.
  for (char& c : head) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  if (s.size() <= kMaxShown && text_size(font, head).x <= width) return head;
  const std::string ellipsis = "…";
  const float room = width - text_size(font, ellipsis).x;
  const char* rest = head.data();
  if (room > 0)
    font->CalcTextSizeA(font->FontSize, room, 0, head.data(), head.data() + head.size(), &rest);
  auto length = static_cast<std::size_t>(rest - head.data());
  // Never within a character.
  while (length > 0 && length < s.size() &&
         (static_cast<unsigned char>(s[length]) & 0xC0U) == 0x80U)
    --length;
  return head.substr(0, length) + ellipsis;
}

void text_in(ImFont* font, Rect box, ImU32 colour, std::string_view s, Align align) {
  const std::string line = shortened(font, s, box.w);
  const float y = box.y + (box.h - font->FontSize) / 2;
  const float x = align == Align::left     ? box.x
                  : align == Align::centre ? box.x + box.w / 2
                                           : box.right();
  text(font, {x, y}, colour, line, align);
}

std::string fitting(ImFont* font, float width, std::initializer_list<std::string> wordings) {
  for (const std::string& s : wordings) {
    if (text_size(font, s).x <= width) return s;
  }
  return *(wordings.end() - 1);
}

float paragraph_height(ImFont* font, float width, std::string_view given) {
  const std::string s = drawable(font, given);
  return font->CalcTextSizeA(font->FontSize, FLT_MAX, width, begin_of(s), end_of(s)).y;
}

float paragraph(ImFont* font, ImVec2 at, float width, ImU32 colour, std::string_view given) {
  const std::string s = drawable(font, given);
  at = {std::round(at.x), std::round(at.y)};
  draw().AddText(font, font->FontSize, at, colour, begin_of(s), end_of(s), width);
  return paragraph_height(font, width, s);
}

void card(Rect r, float rounding) {
  const Theme& t = theme();
  const ImVec2 down{0, px(2)};
  draw().AddRectFilled({r.x, r.y + down.y}, {r.right(), r.bottom() + down.y}, t.shadow,
                       px(rounding));
  draw().AddRectFilled(r.min(), r.max(), t.card, px(rounding));
  draw().AddRect(r.min(), r.max(), t.border, px(rounding), 0, std::max(1.0F, unit()));
}

Hit hit(std::string_view name, Rect rect, bool on) {
  record_widget(name, rect, on);
  if (rect.w < 1 || rect.h < 1) return {};
  ImGui::PushID(begin_of(name), end_of(name));
  ImGui::SetCursorScreenPos(rect.min());
  Hit h;
  h.clicked = ImGui::InvisibleButton("##hit", {rect.w, rect.h});
  h.hovered = ImGui::IsItemHovered();
  h.held = ImGui::IsItemActive();
  if (h.hovered || h.held) hand_cursor();
  ImGui::PopID();
  return h;
}

float button_width(std::string_view caption) {
  return std::ceil(text_size(fonts().strong, caption).x) + px(32);
}

bool button(std::string_view caption, Rect r, ButtonStyle style, bool enabled) {
  const Theme& t = theme();
  const Hit h = enabled ? hit(caption, r) : Hit{};
  ImU32 fill = t.card, ink = t.text;
  if (style == ButtonStyle::primary) {
    fill = h.held      ? mix(t.primary, t.page, 0.3F)
           : h.hovered ? mix(t.primary, t.page, 0.18F)
                       : t.primary;
    ink = t.on_primary;
  } else if (h.hovered || h.held) {
    fill = h.held ? t.track : t.hover;
  }
  if (!enabled) ink = with_alpha(ink, 0.4F);
  if (style != ButtonStyle::quiet || h.hovered || h.held) {
    draw().AddRectFilled(r.min(), r.max(), fill, px(10));
  }
  if (style == ButtonStyle::plain) {
    draw().AddRect(r.min(), r.max(), t.border, px(10), 0, std::max(1.0F, unit()));
  }
  text_in(fonts().strong, r.inset(px(4)), ink, caption, Align::centre);
  return h.clicked;
}

bool option_button(std::string_view name, std::string_view caption, Rect r, bool on) {
  const Theme& t = theme();
  const Hit h = hit(name, r, on);
  const ImU32 fill = on          ? (h.hovered ? mix(t.primary, t.page, 0.18F) : t.primary)
                     : h.held    ? t.track
                     : h.hovered ? t.hover
                                 : t.card;
  draw().AddRectFilled(r.min(), r.max(), fill, px(10));
  draw().AddRect(r.min(), r.max(), on ? t.primary : t.border, px(10), 0, std::max(1.0F, unit()));
  text_in(fonts().strong, r.inset(px(4)), on ? t.on_primary : t.text, caption, Align::centre);
  return h.clicked;
}

bool icon_button(std::string_view name, std::string_view sign, Rect r) {
  const Theme& t = theme();
  const Hit h = hit(name, r);
  const ImVec2 c{r.x + r.w / 2, r.y + r.h / 2};
  draw().AddCircleFilled(c, r.w / 2, h.held ? t.track : h.hovered ? t.hover : t.card);
  draw().AddCircle(c, r.w / 2, t.border, 0, std::max(1.0F, unit()));
  if (sign.empty()) {  // three dots: more
    for (const float d : {-6.0F, 0.0F, 6.0F})
      draw().AddCircleFilled({c.x + px(d), c.y}, px(2), t.text);
  }
  text_in(fonts().strong, r, t.text, sign, Align::centre);
  return h.clicked;
}

float segmented_width(std::span<const std::string_view> captions) {
  float w = px(8);
  for (const std::string_view c : captions) w += std::ceil(text_size(fonts().strong, c).x) + px(26);
  return w;
}

bool segmented(std::string_view name, Rect r, std::span<const std::string_view> captions,
               int& chosen, bool may_clear) {
  const Theme& t = theme();
  draw().AddRectFilled(r.min(), r.max(), t.track, px(11));
  float natural = 0;
  for (const std::string_view c : captions) natural += text_size(fonts().strong, c).x + px(26);
  const float spare = (r.w - px(8) - natural) / static_cast<float>(captions.size());
  float x = r.x + px(4);
  bool changed = false;
  ImGui::PushID(begin_of(name), end_of(name));
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const float w = text_size(fonts().strong, captions[i]).x + px(26) + spare;
    const Rect cell{x, r.y + px(4), w, r.h - px(8)};
    const bool on = static_cast<int>(i) == chosen;
    const Hit h = hit(captions[i], cell, on);
    if (on) {
      draw().AddRectFilled({cell.x, cell.y + px(1)}, {cell.right(), cell.bottom() + px(1)},
                           t.shadow, px(8));
      draw().AddRectFilled(cell.min(), cell.max(), t.dark ? mix(t.card, t.text, 0.16F) : t.card,
                           px(8));
    } else if (h.hovered) {
      draw().AddRectFilled(cell.min(), cell.max(), with_alpha(t.card, 0.5F), px(8));
    }
    text_in(on ? fonts().strong : fonts().body, cell, on ? t.text : t.dim, captions[i],
            Align::centre);
    if (h.clicked && (!on || may_clear)) {
      chosen = on ? -1 : static_cast<int>(i);
      changed = true;
    }
    x += w;
  }
  ImGui::PopID();
  return changed;
}

bool toggle(std::string_view caption, Rect r, bool& on) {
  const Theme& t = theme();
  const Hit h = hit(caption, r, on);
  if (h.clicked) on = !on;
  const float track_h = px(22), track_w = px(40);
  const Rect track{r.right() - track_w, r.y + (r.h - track_h) / 2, track_w, track_h};
  draw().AddRectFilled(track.min(), track.max(),
                       on ? t.text : mix(t.track, t.dim, h.hovered ? 0.4F : 0.25F), track_h / 2);
  const float radius = track_h / 2 - px(3);
  const float x = on ? track.right() - px(3) - radius : track.x + px(3) + radius;
  draw().AddCircleFilled({x, track.y + track_h / 2}, radius,
                         on       ? t.card
                         : t.dark ? t.text
                                  : t.card);
  text_in(fonts().body, {r.x, r.y, r.w - track_w - px(8), r.h}, t.text, caption);
  return h.clicked;
}

bool slider(std::string_view caption, Rect r, float& value, float low, float high,
            std::string_view shown) {
  const Theme& t = theme();
  const float line = fonts().body->FontSize;
  text_in(fonts().body, {r.x, r.y, r.w, line}, t.text, caption);
  text_in(fonts().body, {r.x, r.y, r.w, line}, t.dim, shown, Align::right);
  const Rect area{r.x, r.y + line, r.w, r.h - line};
  record_drag_area(area, Drag::across);
  const Hit h = hit(caption, area);
  const float radius = px(9), start = r.x + radius, length = r.w - 2 * radius;
  bool changed = false;
  if (h.held) {
    const float v =
        low + (high - low) * std::clamp((ImGui::GetIO().MousePos.x - start) / length, 0.0F, 1.0F);
    changed = v != value;
    value = v;
  }
  const float share = std::clamp((value - low) / (high - low), 0.0F, 1.0F);
  const float y = area.y + area.h / 2;
  draw().AddRectFilled({r.x, y - px(3)}, {r.right(), y + px(3)}, t.track, px(3));
  const float x = start + length * share;
  const float zero = low < 0 ? start + length * (-low / (high - low)) : r.x;
  draw().AddRectFilled({std::min(zero, x), y - px(3)}, {std::max(zero, x), y + px(3)}, t.text,
                       px(3));
  draw().AddCircleFilled({x, y}, radius, t.text);
  draw().AddCircleFilled({x, y}, radius - px(2.5F), h.held || h.hovered ? t.hover : t.card);
  return changed;
}

bool begin_menu(const char* id, Rect anchor, bool open, float width) {
  const Theme& t = theme();
  if (open) ImGui::OpenPopup(id);
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  // Under its button: to the left of it where there is no room to the right.
  const float beside = anchor.x + width > display.x - px(8) ? anchor.right() - width : anchor.x;
  const float x = std::clamp(beside, px(8), std::max(px(8), display.x - width - px(8)));
  ImGui::SetNextWindowPos({x, anchor.bottom() + px(6)}, ImGuiCond_Appearing);
  ImGui::SetNextWindowSizeConstraints(
      {width, 0}, {width, std::max(px(120), display.y - anchor.bottom() - px(16))});
  ImGui::PushStyleColor(ImGuiCol_PopupBg, t.dark ? mix(t.card, t.text, 0.06F) : t.card);
  ImGui::PushStyleColor(ImGuiCol_Border, t.border);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {px(6), px(6)});
  const bool shown = ImGui::BeginPopup(id, ImGuiWindowFlags_NoMove);
  if (!shown) {
    ImGui::PopStyleVar();
    ImGui::PopStyleColor(2);
  }
  return shown;
}

void end_menu() {
  ImGui::EndPopup();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor(2);
}

bool menu_entry(std::string_view caption, float width, bool chosen) {
  const Theme& t = theme();
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Rect r{at.x, at.y, width - px(12), px(40)};
  const Hit h = hit(caption, r, chosen);
  if (h.hovered) draw().AddRectFilled(r.min(), r.max(), t.hover, px(7));
  text_in(chosen ? fonts().strong : fonts().body, {r.x + px(12), r.y, r.w - px(44), r.h}, t.text,
          caption);
  if (chosen) {
    const ImVec2 c{r.right() - px(20), r.y + r.h / 2};
    const ImVec2 tick[3] = {
        {c.x - px(6), c.y}, {c.x - px(2), c.y + px(4)}, {c.x + px(6), c.y - px(5)}};
    draw().AddPolyline(tick, 3, t.text, 0, px(2));
  }
  ImGui::SetCursorScreenPos({at.x, at.y + r.h});
  ImGui::Dummy({0, 0});
  if (h.clicked) ImGui::CloseCurrentPopup();
  return h.clicked;
}

bool dropdown(std::string_view name, Rect r, std::span<const std::string> captions, int& chosen) {
  const Theme& t = theme();
  ImGui::PushID(begin_of(name), end_of(name));
  const Hit h = hit(name, r);
  draw().AddRectFilled(r.min(), r.max(), h.hovered || h.held ? t.hover : t.card, px(10));
  draw().AddRect(r.min(), r.max(), t.border, px(10), 0, std::max(1.0F, unit()));
  const bool valid = chosen >= 0 && chosen < static_cast<int>(captions.size());
  text_in(fonts().body, {r.x + px(14), r.y, r.w - px(44), r.h}, t.text,
          valid ? std::string_view(captions[static_cast<std::size_t>(chosen)]) : name);
  const ImVec2 c{r.right() - px(20), r.y + r.h / 2 - px(2)};
  const ImVec2 chevron[3] = {{c.x - px(5), c.y}, {c.x, c.y + px(5)}, {c.x + px(5), c.y}};
  draw().AddPolyline(chevron, 3, t.dim, 0, px(2));
  bool changed = false;
  const float width = std::max(r.w, px(180));
  if (begin_menu("list", r, h.clicked, width)) {
    for (std::size_t i = 0; i < captions.size(); ++i) {
      if (menu_entry(captions[i], width, static_cast<int>(i) == chosen)) {
        changed = static_cast<int>(i) != chosen;
        chosen = static_cast<int>(i);
      }
    }
    end_menu();
  }
  ImGui::PopID();
  return changed;
}

void bar(Rect r, float share, ImU32 colour, ImU32 track) {
  share = std::clamp(share, 0.0F, 1.0F);
  const float rounding = r.h / 2;
  draw().AddRectFilled(r.min(), r.max(), track, rounding);
  if (share <= 0) return;
  draw().PushClipRect(r.min(), {r.x + r.w * share, r.bottom()}, true);
  draw().AddRectFilled(r.min(), r.max(), colour, rounding);
  draw().PopClipRect();
}

void spinner(ImVec2 c, float radius, ImU32 colour) {
  const auto turn = static_cast<float>(ImGui::GetTime() * 4.0);
  draw().PathArcTo(c, radius, turn, turn + 4.4F, 24);
  draw().PathStroke(colour, 0, std::max(1.5F, radius / 4));
}

}  // namespace camloss::ui
