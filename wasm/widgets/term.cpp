// One explanation at a time, under its term or above it.
#include "wasm/widgets/term.h"

#include <algorithm>
#include <string>
#include <vector>

#include "wasm/widgets/theme.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr double kForever = 1e9;  // seconds
constexpr double kRest = 0.45;    // seconds that the pointer rests on a term

struct Shown {
  std::string name, text;
  Rect where;
};

struct Terms {
  std::vector<Rect> places;  // of this frame's terms
  Shown hovered, last;       // under the pointer: in this frame, in the one before
  double since = 0;          // seconds; when the pointer came to it
  bool has_clicked =
      false;  // and has not moved since: what a click changes must not explain itself under it
  ImVec2 clicked;
} g_terms;

}  // namespace

void begin_terms() {
  g_terms.places.clear();
  g_terms.last = std::move(g_terms.hovered);
  g_terms.hovered = {};
}

void term(std::string_view name, Rect where, std::string_view text) {
  record_widget("term " + std::string(name), where);
  g_terms.places.push_back(where);
  const bool under =
      ImGui::IsWindowHovered() && ImGui::IsMouseHoveringRect(where.min(), where.max());
  if (under) g_terms.hovered = {std::string(name), std::string(text), where};
}

bool on_term(ImVec2 p) {
  return std::any_of(g_terms.places.begin(), g_terms.places.end(),
                     [p](const Rect& r) { return r.contains(p); });
}

void rest_anew() {
  g_terms.since = ImGui::GetTime();
  g_terms.has_clicked = false;
}

bool explanation_pending() {
  const double rested = ImGui::GetTime() - g_terms.since;
  return !g_terms.hovered.name.empty() && rested >= 0 && rested <= kRest + 0.05;
}

void draw_explanation() {
  const double now = ImGui::GetTime();
  if (g_terms.hovered.name != g_terms.last.name) g_terms.since = now;
  // Who clicks knows; and what is beside it must stay in sight.
  const ImVec2 pointer = ImGui::GetMousePos();
  if (ImGui::IsMouseClicked(0)) {
    g_terms.since = now + kForever;
    g_terms.has_clicked = true;
    g_terms.clicked = pointer;
  }
  if (pointer.x != g_terms.clicked.x || pointer.y != g_terms.clicked.y) g_terms.has_clicked = false;
  const Shown& shown = g_terms.hovered;
  if (g_terms.has_clicked || shown.name.empty() || now - g_terms.since <= kRest) return;
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float pad = px(12), width = std::min(px(360), display.x - px(24));
  ImFont* font = fonts().body;
  const float inner = std::min(width - 2 * pad, text_size(font, shown.text).x + 1);
  const float height = paragraph_height(font, inner, shown.text);
  Rect box{shown.where.x, shown.where.bottom() + px(6), inner + 2 * pad, height + 2 * pad};
  if (box.bottom() > display.y - px(8)) box.y = shown.where.y - px(6) - box.h;
  box.x = std::clamp(box.x, px(8), std::max(px(8), display.x - box.w - px(8)));
  box.y = std::max(box.y, px(8));
  record_on_top("explanation " + shown.name, box);
  const ImU32 fill = t.dark ? mix(t.card, t.text, 0.1F) : t.text;
  const ImU32 ink = t.dark ? t.text : t.card;
  draw.AddRectFilled(box.min(), box.max(), fill, px(10));
  draw.AddRect(box.min(), box.max(), t.border, px(10), 0, std::max(1.0F, unit()));
  draw.AddText(font, font->FontSize, {box.x + pad, box.y + pad}, ink, shown.text.data(),
               shown.text.data() + shown.text.size(), inner);
}

}  // namespace camloss::ui
