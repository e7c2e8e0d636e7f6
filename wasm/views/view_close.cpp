// The close look: one picture over the whole page, enlarged and moved, with a line that divides photo and map, or both
// models' maps.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/touch.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr std::array<std::string_view, 3> kLayers{"Photo", "Baseline", "CAMLoss"};
constexpr float kWheelStep = 1.18F;  // how much a notch enlarges
constexpr float kGrip = 26;          // layout units to either side of the line that take hold of it

/// The picture's place under a look.
Rect placed(const CloseLook& look, Rect fit, Rect area) {
  const float w = fit.w * look.zoom, h = fit.h * look.zoom;
  Rect at{area.x + area.w / 2 - look.centre_x * w, area.y + area.h / 2 - look.centre_y * h, w, h};
  // What is smaller than the area stands in its middle.
  if (w <= area.w) at.x = area.x + (area.w - w) / 2;
  if (h <= area.h) at.y = area.y + (area.h - h) / 2;
  return at;
}

/// Enlarges so that what lies at `p` stays there.
void zoom_at(CloseLook& look, Rect at, Rect area, ImVec2 p, float ratio) {
  const float before = look.zoom;
  look.zoom = std::clamp(look.zoom * ratio, 1.0F, 16.0F);
  const float u = (p.x - at.x) / at.w, v = (p.y - at.y) / at.h;
  const float w = at.w * look.zoom / before, h = at.h * look.zoom / before;
  look.centre_x = u + (area.x + area.w / 2 - p.x) / w;
  look.centre_y = v + (area.y + area.h / 2 - p.y) / h;
}

void layer(App& app, const Photo& photo, Layer which, Rect at, Rect part) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  if (part.w <= 0) return;
  draw.PushClipRect(part.min(), part.max(), true);
  draw_shown(app, photo, at);
  if (which != Layer::photo) {
    const Slot slot = which == Layer::baseline ? Slot::baseline : Slot::camloss;
    if (const PhotoResult* r = shown_result(app, photo, slot)) {
      draw_heat(app, *r, MapPart::whole,
                scale_for(app, r, shown_result(app, photo, other(slot)), MapPart::whole), at,
                app.view().opacity);
    }
  }
  draw.PopClipRect();
}

/// The layer's name and, of a model, its answer, in a corner.
void tag(App& app, const Photo& photo, Layer which, Rect area, Align side) {
  std::string s(kLayers[static_cast<std::size_t>(which)]);
  if (which != Layer::photo) {
    const Slot slot = which == Layer::baseline ? Slot::baseline : Slot::camloss;
    if (const PhotoResult* r = shown_result(app, photo, slot))
      s += ": " + answer_in_short(app, &photo, slot, *r) + " " + percent(r->share());
  }
  const float h = px(32), w = text_size(fonts().strong, s).x + px(20);
  const float x = side == Align::right ? area.right() - w - px(8) : area.x + px(8);
  const Rect box{x, area.bottom() - h - px(8), w, h};
  ImGui::GetWindowDrawList()->AddRectFilled(box.min(), box.max(), IM_COL32(12, 14, 18, 225), px(8));
  text_in(fonts().strong, box, IM_COL32_WHITE, s, Align::centre);
}

}  // namespace

void look_closely_at(App& app, Layer layer, Rect at) {
  constexpr std::array<std::string_view, 3> kNames{"look photo", "look baseline", "look camloss"};
  record_swipe_area(at);
  const Hit h = hit(kNames[static_cast<std::size_t>(layer)], at);
  // A magnifying glass in the corner says that a click enlarges.
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 c{at.right() - px(18), at.y + px(18)};
  draw.AddCircleFilled(c, px(12), IM_COL32(12, 14, 18, h.hovered ? 230 : 120));
  draw.AddCircle({c.x - px(1.5F), c.y - px(1.5F)}, px(4), IM_COL32_WHITE, 0, px(1.6F));
  draw.AddLine({c.x + px(1.5F), c.y + px(1.5F)}, {c.x + px(5), c.y + px(5)}, IM_COL32_WHITE,
               px(1.8F));
  Pinch fingers;
  const bool pinched = at.contains(ImGui::GetIO().MousePos) && take_pinch(fingers);
  if (!h.clicked && !pinched) return;
  CloseLook look;
  look.open = true;
  look.left = layer == Layer::photo ? Layer::baseline : Layer::photo;
  look.right = layer == Layer::photo ? Layer::camloss : layer;
  look.zoom = pinched ? std::max(1.0F, fingers.ratio) : 1;
  app.set_close_look(look);
}

void draw_close_look(App& app, const Layout& layout) {
  const Photo* photo = app.selected();
  if (!app.close_look().open) return;
  CloseLook look = app.close_look();
  if (photo == nullptr) {
    app.set_close_look({});
    return;
  }
  app.answer_proof();
  const Theme& t = theme();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({layout.width, layout.height});
  ImGui::SetNextWindowFocus();
  ImGui::PushStyleColor(ImGuiCol_WindowBg, t.page);
  ImGui::Begin("##close look", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoScrollWithMouse);
  // The tools: which layer left, which right, how large.
  const float margin = px(12), row = px(42), gap = px(8);
  float y = margin;
  const float close_w = button_width("Close");
  if (button("Close", {layout.width - margin - close_w, y, close_w, row}, ButtonStyle::primary))
    look.open = false;
  float right = layout.width - margin - close_w - gap;
  const auto round = [&](std::string_view name, std::string_view sign) {
    right -= row;
    const bool clicked = icon_button(name, sign, {right, y, row, row});
    right -= gap;
    return clicked;
  };
  const bool larger = round("Larger", "+"), smaller = round("Smaller", "−"),
             whole = round("Fit", "1:1");
  int left_layer = static_cast<int>(look.left), right_layer = static_cast<int>(look.right);
  const float choice = segmented_width(kLayers);
  const bool in_one_row = right - margin >= 2 * choice + gap;
  const float each = in_one_row ? choice : (layout.width - 2 * margin - gap) / 2;
  const bool stacked = !in_one_row && each < choice;
  if (!in_one_row) y += row + gap;
  const float wide = stacked ? layout.width - 2 * margin : each;
  if (segmented("left layer", {margin, y, wide, row}, kLayers, left_layer))
    look.left = static_cast<Layer>(left_layer);
  if (stacked) y += row + gap;
  if (segmented("right layer", {stacked ? margin : margin + each + gap, y, wide, row}, kLayers,
                right_layer))
    look.right = static_cast<Layer>(right_layer);
  y += row + margin;

  const Rect area{margin, y, layout.width - 2 * margin, layout.height - y - margin};
  const Rect fit = fit_inside(area, photo->width, photo->height);
  Rect at = placed(look, fit, area);
  const ImVec2 middle{area.x + area.w / 2, area.y + area.h / 2};
  if (larger) zoom_at(look, at, area, middle, 1.5F);
  if (smaller) zoom_at(look, at, area, middle, 1 / 1.5F);
  if (whole) look.zoom = 1;

  record_drag_area(area, Drag::any);
  const Hit h = hit("close picture", area);
  const ImGuiIO& io = ImGui::GetIO();
  ImGuiStorage& kept = *ImGui::GetStateStorage();
  const ImGuiID moves_line = ImGui::GetID("moves the line");
  const auto line_x = [&] { return at.x + look.divide * at.w; };
  if (ImGui::IsMouseClicked(0) && h.hovered) {
    const bool near =
        std::abs(io.MousePos.x - std::clamp(line_x(), area.x, area.right())) < px(kGrip);
    kept.SetBool(moves_line, near || look.zoom <= 1);
  }
  if (h.hovered && io.MouseWheel != 0)
    zoom_at(look, at, area, io.MousePos, std::pow(kWheelStep, io.MouseWheel));
  Pinch fingers;
  if (take_pinch(fingers)) {
    zoom_at(look, at, area, fingers.at, fingers.ratio);
    look.centre_x -= fingers.moved.x / (fit.w * look.zoom);
    look.centre_y -= fingers.moved.y / (fit.h * look.zoom);
  } else if (h.held) {
    if (kept.GetBool(moves_line)) {
      look.divide = (io.MousePos.x - at.x) / at.w;
    } else {
      look.centre_x -= io.MouseDelta.x / at.w;
      look.centre_y -= io.MouseDelta.y / at.h;
    }
  }
  app.set_close_look(look);
  look = app.close_look();
  at = placed(look, fit, area);

  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled(area.min(), area.max(), t.track, px(8));
  draw.PushClipRect(area.min(), area.max(), true);
  const float x = std::clamp(line_x(), area.x, area.right());
  layer(app, *photo, look.left, at, {area.x, area.y, x - area.x, area.h});
  layer(app, *photo, look.right, at, {x, area.y, area.right() - x, area.h});
  draw.AddLine({x, area.y}, {x, area.bottom()}, IM_COL32(0, 0, 0, 160), px(5));
  draw.AddLine({x, area.y}, {x, area.bottom()}, IM_COL32_WHITE, px(2.5F));
  const ImVec2 knob{x, area.y + area.h / 2};
  draw.AddCircleFilled(knob, px(17), IM_COL32_WHITE);
  draw.AddCircle(knob, px(17), IM_COL32(0, 0, 0, 120), 0, px(1.5F));
  for (const float way : {-1.0F, 1.0F}) {
    const ImVec2 arrow[3] = {{knob.x + way * px(5), knob.y - px(5)},
                             {knob.x + way * px(10), knob.y},
                             {knob.x + way * px(5), knob.y + px(5)}};
    draw.AddPolyline(arrow, 3, IM_COL32(20, 24, 31, 255), 0, px(2));
  }
  record_widget("dividing line", {x - px(17), knob.y - px(17), px(34), px(34)});
  tag(app, *photo, look.left, area, Align::left);
  tag(app, *photo, look.right, area, Align::right);
  draw.PopClipRect();
  ImGui::End();
  ImGui::PopStyleColor();
}

}  // namespace camloss::ui
