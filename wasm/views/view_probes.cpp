// The probes: move the photo, rotate its hue, paint over it; both models answer
// while one drags.
#include <algorithm>
#include <array>
#include <cmath>

#include "wasm/app/platform.h"
#include "wasm/app/probe.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr std::size_t kMaxStrokes = 4000;

/// The picture that is dragged or painted on.
void canvas(App& app, Rect at) {
  ProbeChange change = app.probe();
  const ProbeTool& tool = app.probe_tool();
  record_drag_area(at, Drag::any);
  ImGui::GetWindowDrawList()->AddRect(at.min(), at.max(), theme().text, px(8), 0, px(1.5F));
  const Hit h = hit("probe canvas", at);
  ImGui::SetMouseCursor(h.hovered || h.held
                            ? (tool.painting ? ImGuiMouseCursor_Hand : ImGuiMouseCursor_ResizeAll)
                            : ImGui::GetMouseCursor());
  const ImGuiIO& io = ImGui::GetIO();
  const float u = (io.MousePos.x - at.x) / at.w, v = (io.MousePos.y - at.y) / at.h;
  if (tool.painting) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    if (h.hovered) {
      draw.AddCircle(io.MousePos, tool.brush * at.w, IM_COL32(0, 0, 0, 160), 0, px(3));
      draw.AddCircle(io.MousePos, tool.brush * at.w, IM_COL32_WHITE, 0, px(1.5F));
    }
    const std::vector<Stroke>& strokes = change.strokes;
    const bool far = strokes.empty() ||
                     std::hypot(strokes.back().x - u, strokes.back().y - v) > tool.brush * 0.2F;
    if (h.held && far && strokes.size() < kMaxStrokes) change.strokes.push_back({u, v, tool.brush});
  } else if (h.held && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    change.shift_x = std::clamp(change.shift_x + io.MouseDelta.x / at.w, -0.5F, 0.5F);
    change.shift_y = std::clamp(change.shift_y + io.MouseDelta.y / at.h, -0.5F, 0.5F);
  }
  app.set_probe(std::move(change));
}

/// What the picture is worked on with; returns the height.
/// @param compact  in a few lines, for little room
float tools(App& app, Rect at, bool compact) {
  const float line = fonts().body->FontSize, row = px(compact ? 38 : 42), gap = px(10);
  const float slider_h = line + px(compact ? 26 : 32);
  ProbeTool tool = app.probe_tool();
  ProbeChange change = app.probe();
  float y = at.y;
  constexpr std::array<std::string_view, 2> kModes{"Move", "Paint over"};
  int mode = tool.painting ? 1 : 0;
  const float reset_w = compact ? button_width("Reset") : at.w;
  const float modes_w = compact ? at.w - reset_w - px(8) : at.w;
  if (segmented("probe mode", {at.x, y, modes_w, row}, kModes, mode)) tool.painting = mode == 1;
  const auto reset = [&](float x, float top) {
    const bool changed = change != ProbeChange();
    const std::string_view caption = compact ? "Reset" : "Reset the photo";
    if (button(caption, {x, top, reset_w, row}, ButtonStyle::plain, changed)) change = {};
  };
  if (compact) reset(at.x + modes_w + px(8), y);
  y += row + gap;
  const float half = (at.w - px(16)) / 2;
  const float each = compact ? half : at.w;
  if (slider("Hue", {at.x, y, each, slider_h}, change.hue, -180, 180,
             number(static_cast<double>(change.hue), 0) + "°")) {
    if (std::abs(change.hue) < 4) change.hue = 0;  // easy to find the way back
  }
  if (!compact) y += slider_h;
  slider("Brush", {compact ? at.x + half + px(16) : at.x, y, each, slider_h}, tool.brush, 0.03F,
         0.3F,
         fitting(fonts().body, each - text_size(fonts().body, "Brush").x - px(12),
                 {percent(tool.brush * 2) + " of the width", percent(tool.brush * 2)}));
  y += slider_h;
  if (!compact) {
    y += gap;
    reset(at.x, y);
    y += row;
  }
  app.set_probe_tool(tool);
  app.set_probe(std::move(change));
  return y - at.y;
}

float tools_height(bool compact) {
  const float line = fonts().body->FontSize;
  return compact ? px(38 + 10 + 26) + line : px(42 + 10 + 10 + 42) + 2 * (line + px(32));
}

float reply_height(bool compact) {
  const float line = fonts().body->FontSize;
  const float verdict = compact ? fonts().heading->FontSize : fonts().display->FontSize;
  return verdict + px(5) + px(10) + px(6) + line;
}

/// A model's answer to the changed photo, and how far it moved from that to the unchanged one.
void reply(App& app, const Photo& photo, Slot slot, const PhotoResult& r, Rect at, bool compact) {
  const Theme& t = theme();
  const float line = fonts().body->FontSize;
  record_widget("probe answer " + std::to_string(index_of(slot)), at);
  ImFont* font = compact ? fonts().heading : fonts().display;
  const std::string share = percent(r.share());
  const float room = at.w - text_size(font, share).x - px(8);
  const Rect row{at.x, at.y, at.w, font->FontSize};
  text_in(font, {row.x, row.y, room, row.h}, t.text,
          fitting(font, room,
                  {capital(answer_text(app, &photo, slot, r)),
                   capital(answer_in_short(app, &photo, slot, r))}));
  text_in(font, row, t.text, share, Align::right);
  const Rect strip{at.x, row.bottom() + px(5), at.w, px(10)};
  draw_leaning(app, slot, r, strip);
  const std::string moved = change_text(app, photo, slot, r);
  text_in(fonts().body, {at.x, strip.bottom() + px(6), at.w, line}, t.dim,
          fitting(fonts().body, at.w, {moved, moved.substr(0, moved.find(" than"))}));
}

/// A model's card: heading, the changed picture with its map, and the answer.
void answer_card(App& app, const Photo& photo, Slot slot, Rect box, float pad, float head,
                 float side, bool compact) {
  card(box, compact ? 12 : 14);
  const float inner = box.w - 2 * pad;
  draw_model_heading(app, slot, {box.x + pad, box.y, inner, head});
  const Rect panel{box.x + pad, box.y + head, inner, side};
  const ProbeAnswer& answer = app.probe_answer();
  const auto& r = answer.results[slot];
  if (!r || !answer.texture.filled()) {
    draw_model_absent(app, slot, panel);
    return;
  }
  const Rect at = draw_picture(answer.texture, answer.picture.width, answer.picture.height, panel);
  // Each map on its own scale: there is no control for it here.
  draw_heat(app, *r, MapPart::whole, own_scale(*r, app.view().drawn, MapPart::whole), at,
            app.view().opacity);
  reply(app, photo, slot, *r, {panel.x, panel.bottom() + px(8), inner, reply_height(compact)},
        compact);
}

void worked_on(App& app, const Photo& photo, Rect box) {
  const ProbeAnswer& answer = app.probe_answer();
  if (!answer.texture.filled()) {
    draw_photo(app, photo, box);
    return;
  }
  canvas(app, draw_picture(answer.texture, answer.picture.width, answer.picture.height, box));
}

/// On a phone: the picture, the tools, and both answers on one screen.
float phone_probes(App& app, const Photo& photo, const Frame& place) {
  const float gap = px(8), pad = px(8), head = px(28), width = place.at.w;
  const float fixed = tools_height(true) + 3 * gap + head + px(8) + reply_height(true) + pad;
  const float rest = std::max(place.at.h - fixed, px(200));
  const float card_w = (width - gap) / 2;
  const float map = std::min(rest * 0.38F, picture_height(place.layout, photo, card_w - 2 * pad));
  const float picture = std::min(rest - map, picture_height(place.layout, photo, width));
  float y = place.at.y;
  worked_on(app, photo, {place.at.x, y, width, picture});
  y += picture + gap;
  y += tools(app, {place.at.x, y, width, 0}, true) + gap;
  const float card_h = head + map + px(8) + reply_height(true) + pad;
  for (const Slot slot : kBothSlots) {
    answer_card(
        app, photo, slot,
        {place.at.x + static_cast<float>(index_of(slot)) * (card_w + gap), y, card_w, card_h}, pad,
        head, map, true);
  }
  return y + card_h - place.at.y;
}

}  // namespace

float draw_probes(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w;
  float y = place.at.y;
  const Theme& t = theme();
  const Photo* photo = app.selected();
  if (photo == nullptr) return draw_empty(app, place);
  app.answer_probe();
  const float top = y, line = fonts().body->FontSize;
  if (!layout.flat) {
    text_in(fonts().body, {x, y, width, line}, t.dim, photo->name);
    y += line + px(layout.narrow ? 6 : 4);
  }
  if (!layout.flat && !layout.narrow) {
    y += paragraph(fonts().heading, {x, y}, width, t.text,
                   "Move the photo, turn its colours, or paint over a part. Both models answer at "
                   "once.") +
         px(14);
  }
  const Frame rest{layout, {x, y, width, place.at.h - (y - top)}};
  if (layout.narrow) return y - top + phone_probes(app, *photo, rest);

  const bool compact = layout.flat;
  const float pad = px(compact ? 8 : 16), head = px(compact ? 30 : 44);
  const float under = px(compact ? 8 : 14);
  const float card_w = (width - layout.gap * 2) / 3;
  const float inner = card_w - 2 * pad;
  const float below =
      std::max(layout.exporting ? 0 : tools_height(compact), reply_height(compact)) + under;
  const float side = std::clamp(rest.at.h - head - below - pad - px(4),
                                std::min(px(compact ? 100 : 220), inner), inner);
  const float card_h = head + side + below + pad;
  card({x, y, card_w, card_h});
  text_in(fonts().strong, {x + pad, y, inner, head}, t.text,
          compact ? photo->name : std::string("What if"));
  const Rect box{x + pad, y + head, inner, side};
  worked_on(app, *photo, box);
  if (!layout.exporting) tools(app, {box.x, box.bottom() + under, inner, 0}, compact);
  for (const Slot slot : kBothSlots) {
    const float column = static_cast<float>(index_of(slot) + 1);
    answer_card(app, *photo, slot, {x + column * (card_w + layout.gap), y, card_w, card_h}, pad,
                head, side, compact);
  }
  return y + card_h - top;
}

}  // namespace camloss::ui
