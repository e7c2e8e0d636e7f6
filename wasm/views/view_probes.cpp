// The probes: move the photo under the frame, rotate its hue, paint over it; both models answer
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
  record_drag_area(at);
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

/// How the answer moved from that to the unchanged photo, in words that fit `width`.
std::string change_text(App& app, const Photo& photo, Slot slot, const PhotoResult& now,
                        float width) {
  const PhotoResult* before = app.result(photo, slot);
  if (before == nullptr) return "";
  const auto points = static_cast<double>((now.probability - before->probability) * 100);
  if (std::abs(points) < 0.5)
    return fitting(fonts().body, width, {"As with the unchanged photo", "As unchanged"});
  const std::string moved = "P(" + app.label_name(slot, 1) + ") " + (points > 0 ? "+" : "") +
                            number(points, 0) + " points";
  return fitting(fonts().body, width, {moved + " to the unchanged photo", moved});
}

}  // namespace

float draw_probes(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w, room = place.at.h;
  float y = place.at.y;
  const Theme& t = theme();
  const Photo* photo = app.selected();
  const float top = y, line = fonts().body->FontSize;
  if (photo == nullptr) return draw_photo_title(app, place);
  const ProbeAnswer& answer = app.answer_probe();

  text_in(fonts().body, {x, y, width, line}, t.dim, photo->name);
  y += line + px(4);
  ImFont* font = layout.narrow ? fonts().strong : fonts().heading;
  y += paragraph(font, {x, y}, width, t.text,
                 "Move the photo under the frame, turn its colours, or paint over a part. Both "
                 "models answer at once.") +
       px(14);

  const float pad = px(16), head = px(44), row = px(42), slider_h = line + px(32);
  const int columns = layout.narrow ? 1 : 3;
  const float card_w =
      (width - layout.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float tools = px(14) + row + px(10) + 2 * slider_h + px(10) + row;
  const float figures = px(14) + model_figures_height(false) + px(10) + line;
  float side = card_w - 2 * pad;
  if (!layout.narrow) {
    side = std::clamp(room - (y - top) - head - std::max(tools, figures) - pad - px(4),
                      std::min(px(220), side), side);
  }
  side = picture_height(layout, *photo, side);
  const float card_h = head + side + std::max(tools, figures) + pad;

  // The tools.
  card({x, y, card_w, card_h});
  text_in(fonts().strong, {x + pad, y, card_w - 2 * pad, head}, t.text, "Probe");
  const std::string answered = number(answer.milliseconds, 1) + " ms";
  const std::string frame_took = "frame " + number(app.frame_ms(), 1) + " ms";
  const float title_w = text_size(fonts().strong, "Probe").x + px(12);
  text_in(fonts().body, {x + pad + title_w, y, card_w - 2 * pad - title_w, head}, t.dim,
          fitting(fonts().body, card_w - 2 * pad - title_w,
                  {"answer " + answered + ", " + frame_took, frame_took}),
          Align::right);
  const Rect canvas_box{x + pad, y + head, card_w - 2 * pad, side};
  if (answer.texture.filled()) {
    const Rect at =
        draw_picture(answer.texture, answer.picture.width, answer.picture.height, canvas_box);
    canvas(app, at);
  } else {
    draw_photo(app, *photo, canvas_box);
  }
  float ty = canvas_box.bottom() + px(14);
  ProbeTool tool = app.probe_tool();
  ProbeChange change = app.probe();
  constexpr std::array<std::string_view, 2> kModes{"Move", "Paint over"};
  int mode = tool.painting ? 1 : 0;
  if (segmented("probe mode", {canvas_box.x, ty, canvas_box.w, row}, kModes, mode))
    tool.painting = mode == 1;
  ty += row + px(10);
  if (slider("Hue", {canvas_box.x, ty, canvas_box.w, slider_h}, change.hue, -180, 180,
             number(static_cast<double>(change.hue), 0) + "°")) {
    if (std::abs(change.hue) < 4) change.hue = 0;  // easy to find the way back
  }
  ty += slider_h;
  slider("Brush", {canvas_box.x, ty, canvas_box.w, slider_h}, tool.brush, 0.03F, 0.3F,
         fitting(fonts().body, canvas_box.w - text_size(fonts().body, "Brush").x - px(12),
                 {percent(tool.brush * 2) + " of the width", percent(tool.brush * 2)}));
  ty += slider_h + px(10);
  if (button("Reset the photo", {canvas_box.x, ty, canvas_box.w, row}, ButtonStyle::plain,
             change != ProbeChange()))
    change = {};
  app.set_probe_tool(tool);
  app.set_probe(std::move(change));

  for (const Slot slot : kBothSlots) {
    const float column = static_cast<float>(index_of(slot) + 1);
    const float cx = layout.narrow ? x : x + column * (card_w + layout.gap);
    if (layout.narrow) y += card_h + layout.gap;
    card({cx, y, card_w, card_h});
    draw_model_heading(app, slot, {cx + pad, y, card_w - 2 * pad, head});
    const Rect panel{cx + pad, y + head, card_w - 2 * pad, side};
    const auto& r = answer.results[slot];
    if (!r || !answer.texture.filled()) {
      draw_model_absent(app, slot, panel);
      continue;
    }
    const auto& beside = answer.results[other(slot)];
    const Rect at =
        draw_picture(answer.texture, answer.picture.width, answer.picture.height, panel);
    draw_heat(app, *r, MapPart::whole,
              scale_for(app, &*r, beside ? &*beside : nullptr, MapPart::whole), at,
              app.view().opacity);
    const float fy = panel.bottom() + px(14);
    const float used = draw_model_figures(app, photo, slot, &*r, panel.x, fy, panel.w, false);
    text_in(fonts().body, {panel.x, fy + used + px(10), panel.w, line}, t.dim,
            change_text(app, *photo, slot, *r, panel.w));
  }
  return y + card_h - top;
}

}  // namespace camloss::ui
