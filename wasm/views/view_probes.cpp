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

constexpr int kProbePicture = 448;  // longer side on the screen while probing; pixels
constexpr std::size_t kMaxStrokes = 4000;

void reset(ProbeState& probe) {
  probe.shift_x = probe.shift_y = probe.hue = 0;
  probe.strokes.clear();
  probe.changed = true;
}

bool untouched(const ProbeState& p) {
  return p.shift_x == 0 && p.shift_y == 0 && p.hue == 0 && p.strokes.empty();
}

/// Makes the changed picture and asks both models.
void answer(App& app, Photo& photo, const DisplayCopy& copy) {
  ProbeState& probe = app.state().probe;
  const double start = platform::now_ms();
  const float aspect = static_cast<float>(copy.image.width) / static_cast<float>(copy.image.height);
  bool complete = true;
  PackedInput altered;  // shared by models of the same input size
  int altered_side = 0;
  for (int slot = 0; slot < kSlots; ++slot) {
    const auto& model = app.state().slots[static_cast<std::size_t>(slot)].model;
    auto& result = probe.results[static_cast<std::size_t>(slot)];
    if (!model) {
      result.reset();
      continue;
    }
    const int side = model->info().input_size;
    const auto input = photo.inputs.find(side);
    if (input == photo.inputs.end()) {
      app.want_input(photo);
      complete = false;
      continue;
    }
    if (altered_side != side) {
      altered = probed_input(input->second, side, probe, aspect);
      altered_side = side;
    }
    result = app.explain(slot, altered);
  }
  probed_picture(copy.image, kProbePicture, probe, probe.picture);
  probe.texture.fill(probe.picture.pixels, probe.picture.width, probe.picture.height, false);
  probe.milliseconds = platform::now_ms() - start;
  probe.changed = !complete;
}

/// The picture that is dragged or painted on.
void canvas(App& app, Rect at) {
  ProbeState& probe = app.state().probe;
  record_drag_area(at);
  const Hit h = hit("probe canvas", at);
  ImGui::SetMouseCursor(h.hovered || h.held
                            ? (probe.painting ? ImGuiMouseCursor_Hand : ImGuiMouseCursor_ResizeAll)
                            : ImGui::GetMouseCursor());
  const ImGuiIO& io = ImGui::GetIO();
  const float u = (io.MousePos.x - at.x) / at.w, v = (io.MousePos.y - at.y) / at.h;
  if (probe.painting) {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    if (h.hovered) {
      draw.AddCircle(io.MousePos, probe.brush * at.w, IM_COL32(0, 0, 0, 160), 0, px(3));
      draw.AddCircle(io.MousePos, probe.brush * at.w, IM_COL32_WHITE, 0, px(1.5F));
    }
    const bool far =
        probe.strokes.empty() ||
        std::hypot(probe.strokes.back().x - u, probe.strokes.back().y - v) > probe.brush * 0.2F;
    if (h.held && far && probe.strokes.size() < kMaxStrokes) {
      probe.strokes.push_back({u, v, probe.brush});
      probe.changed = true;
    }
  } else if (h.held && (io.MouseDelta.x != 0 || io.MouseDelta.y != 0)) {
    probe.shift_x = std::clamp(probe.shift_x + io.MouseDelta.x / at.w, -0.5F, 0.5F);
    probe.shift_y = std::clamp(probe.shift_y + io.MouseDelta.y / at.h, -0.5F, 0.5F);
    probe.changed = true;
  }
}

/// How the answer moved from that to the unchanged photo, in words that fit `width`.
std::string change(App& app, const Photo& photo, int slot, const PhotoResult& now, float width) {
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

float draw_probes(App& app, const Layout& layout, float x, float y, float width, float room) {
  const Theme& t = theme();
  ProbeState& probe = app.state().probe;
  Photo* photo = app.selected();
  const float top = y, line = fonts().body->FontSize;
  if (photo == nullptr) return draw_photo_title(app, layout, x, y, width);
  if (probe.photo != photo->id) {
    probe.photo = photo->id;
    probe.results = {};
    probe.texture.clear();
    reset(probe);
  }
  const DisplayCopy* copy = app.display(photo->id);
  if (copy != nullptr && photo->stage == PhotoStage::ready &&
      (probe.changed || !probe.texture.filled())) {
    answer(app, *photo, *copy);
  }

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
  const std::string answered = number(probe.milliseconds, 1) + " ms";
  const std::string frame_took = "frame " + number(app.state().frame_ms, 1) + " ms";
  const float title_w = text_size(fonts().strong, "Probe").x + px(12);
  text_in(fonts().body, {x + pad + title_w, y, card_w - 2 * pad - title_w, head}, t.dim,
          fitting(fonts().body, card_w - 2 * pad - title_w,
                  {"answer " + answered + ", " + frame_took, frame_took}),
          Align::right);
  const Rect frame{x + pad, y + head, card_w - 2 * pad, side};
  if (probe.texture.filled()) {
    const Rect at =
        draw_picture(probe.texture.id(), probe.picture.width, probe.picture.height, frame);
    canvas(app, at);
  } else {
    draw_photo(app, *photo, frame);
  }
  float ty = frame.bottom() + px(14);
  constexpr std::array<std::string_view, 2> kModes{"Move", "Paint over"};
  int mode = probe.painting ? 1 : 0;
  if (segmented("probe mode", {frame.x, ty, frame.w, row}, kModes, mode))
    probe.painting = mode == 1;
  ty += row + px(10);
  if (slider("Hue", {frame.x, ty, frame.w, slider_h}, probe.hue, -180, 180,
             number(static_cast<double>(probe.hue), 0) + "°")) {
    if (std::abs(probe.hue) < 4) probe.hue = 0;  // easy to find the way back
    probe.changed = true;
  }
  ty += slider_h;
  slider("Brush", {frame.x, ty, frame.w, slider_h}, probe.brush, 0.03F, 0.3F,
         fitting(fonts().body, frame.w - text_size(fonts().body, "Brush").x - px(12),
                 {percent(probe.brush * 2) + " of the width", percent(probe.brush * 2)}));
  ty += slider_h + px(10);
  if (button("Reset the photo", {frame.x, ty, frame.w, row}, ButtonStyle::plain, !untouched(probe)))
    reset(probe);

  for (int slot = 0; slot < kSlots; ++slot) {
    const float cx = layout.narrow ? x : x + static_cast<float>(slot + 1) * (card_w + layout.gap);
    if (layout.narrow) y += card_h + layout.gap;
    card({cx, y, card_w, card_h});
    draw_model_heading(app, slot, {cx + pad, y, card_w - 2 * pad, head});
    const Rect panel{cx + pad, y + head, card_w - 2 * pad, side};
    const auto& r = probe.results[static_cast<std::size_t>(slot)];
    if (!r || !probe.texture.filled()) {
      draw_model_absent(app, slot, panel);
      continue;
    }
    const auto& other = probe.results[static_cast<std::size_t>(1 - slot)];
    const Rect at =
        draw_picture(probe.texture.id(), probe.picture.width, probe.picture.height, panel);
    draw_heat(app, *r, MapPart::whole,
              scale_for(app, &*r, other ? &*other : nullptr, MapPart::whole), at,
              app.state().view.opacity);
    const float fy = panel.bottom() + px(14);
    const float used = draw_model_figures(app, photo, slot, &*r, panel.x, fy, panel.w, false);
    text_in(fonts().body, {panel.x, fy + used + px(10), panel.w, line}, t.dim,
            change(app, *photo, slot, *r, panel.w));
  }
  return y + card_h - top;
}

}  // namespace camloss::ui
