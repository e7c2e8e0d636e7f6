// Parts that several views share: the photo, heat over it, hover, and a model's figures.
#include <algorithm>
#include <cmath>

#include "shared/picture/resample.h"
#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

ImDrawList& draw() { return *ImGui::GetWindowDrawList(); }

/// The square of the picture that a cell sees, cut to the picture.
void draw_field(Rect at, const ModelInfo& info, int row, int column) {
  const PixelSquare seen = seen_by_cell(info, row, column);
  const auto x = [&](int pixel) {
    return at.x + at.w * static_cast<float>(pixel) / static_cast<float>(info.input_size);
  };
  const auto y = [&](int pixel) {
    return at.y + at.h * static_cast<float>(pixel) / static_cast<float>(info.input_size);
  };
  const ImVec2 min{x(seen.left), y(seen.top)}, max{x(seen.right), y(seen.bottom)};
  draw().AddRect(min, max, IM_COL32(0, 0, 0, 130), px(3), 0, px(3));
  draw().AddRect(min, max, IM_COL32(255, 255, 255, 200), px(3), 0, px(1));
}

}  // namespace

ImTextureID image_id(const Texture& texture) {
  // ImGui's texture handle is a pointer type; its OpenGL backend casts it back to the texture's name.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  return reinterpret_cast<ImTextureID>(static_cast<std::uintptr_t>(texture.name()));
}

float picture_height(const Layout& layout, const Photo& photo, float side) {
  if (!layout.narrow || photo.width <= photo.height || photo.height <= 0) return side;
  const float share = static_cast<float>(photo.height) / static_cast<float>(photo.width);
  return std::round(side * std::max(share, 0.4F));
}

Rect draw_picture(const Texture& texture, int width, int height, Rect box) {
  const Rect at = fit_inside(box, width, height);
  draw().AddRectFilled(box.min(), box.max(), theme().track, px(8));
  draw().AddImageRounded(image_id(texture), at.min(), at.max(), {0, 0}, {1, 1}, IM_COL32_WHITE,
                         px(8));
  return at;
}

Rect draw_photo(App& app, const Photo& photo, Rect box) {
  if (const DisplayCopy* copy = app.display(photo.id)) {
    return draw_picture(copy->texture, copy->image.width, copy->image.height, box);
  }
  // The thumbnail stands in until the display copy is there.
  if (const Texture* texture = app.thumbnail(photo.id))
    return draw_picture(*texture, photo.width, photo.height, box);
  draw().AddRectFilled(box.min(), box.max(), theme().track, px(8));
  spinner({box.x + box.w / 2, box.y + box.h / 2}, px(16), theme().dim);
  return box;
}

void draw_heat(App& app, const PhotoResult& r, MapPart part, float scale, Rect at, float opacity) {
  const HeatKey key = heat_key(r, app.view(), part, scale);
  const Heat& heat = app.heat().get(r, key, app.frame());
  draw().AddImageRounded(image_id(heat.texture), at.min(), at.max(), {0, 0}, {1, 1},
                         with_alpha(IM_COL32_WHITE, opacity), px(8));
  if (app.view().kernel) {
    draw().AddImageRounded(image_id(app.heat().kernel_veil()), at.min(), at.max(), {0, 0}, {1, 1},
                           IM_COL32_WHITE, px(8));
  }
  if (!app.view().contour) return;
  const auto point = [&at](Point p) { return ImVec2{at.x + p.x * at.w, at.y + p.y * at.h}; };
  const std::vector<Segment>& contour = app.heat().contour(r, key, app.frame());
  for (const Segment& g : contour)
    draw().AddLine(point(g.a), point(g.b), IM_COL32(0, 0, 0, 150), px(4));
  for (const Segment& g : contour) draw().AddLine(point(g.a), point(g.b), IM_COL32_WHITE, px(2));
}

void hover_source(App& app, Rect at) {
  const ImVec2 p = ImGui::GetIO().MousePos;
  if (!at.contains(p) || !ImGui::IsWindowHovered()) return;
  app.set_hover({(p.x - at.x) / at.w, (p.y - at.y) / at.h});
}

void draw_hover(App& app, Rect at, Slot slot, const PhotoResult* r, MapPart part, bool with_value) {
  const auto& hover = app.hover();
  if (!hover) return;
  const int side = r != nullptr ? r->side : 12;
  const auto cell = [side](float u) {
    return std::clamp(static_cast<int>(u * static_cast<float>(side)), 0, side - 1);
  };
  const int cx = cell(hover->x), cy = cell(hover->y);
  const float w = at.w / static_cast<float>(side), h = at.h / static_cast<float>(side);
  const Rect box{at.x + static_cast<float>(cx) * w, at.y + static_cast<float>(cy) * h, w, h};
  const auto& model = app.slot(slot).model;
  if (r != nullptr && model) draw_field(at, model->info(), cy, cx);
  draw().AddRect({box.x - px(1), box.y - px(1)}, {box.right() + px(1), box.bottom() + px(1)},
                 IM_COL32(0, 0, 0, 200), px(2), 0, px(3));
  draw().AddRect(box.min(), box.max(), IM_COL32_WHITE, px(2), 0, px(1.5F));
  if (r == nullptr || !with_value) return;
  const std::vector<float> map = map_part(*r, part);
  const float value = map[static_cast<std::size_t>(cy * side + cx)];
  // Which class the cell speaks for, rather than a sign that would contradict the colour.
  const std::string label = app.label_name(slot, value > 0 ? 1 : 0) + " +" +
                            number(std::abs(static_cast<double>(value)), 3);
  const ImVec2 size = text_size(fonts().strong, label);
  Rect tag{box.right() + px(8), box.y + box.h / 2 - size.y / 2 - px(4), size.x + px(16),
           size.y + px(8)};
  if (tag.right() > at.right()) tag.x = box.x - px(8) - tag.w;
  tag.y = std::clamp(tag.y, at.y, std::max(at.y, at.bottom() - tag.h));
  draw().AddRectFilled(tag.min(), tag.max(), IM_COL32(15, 18, 24, 225), px(6));
  text_in(fonts().strong, tag, IM_COL32_WHITE, label, Align::centre);
}

float scale_for(App& app, const PhotoResult* own, const PhotoResult* other, MapPart part) {
  const ViewOptions& view = app.view();
  float scale = own != nullptr ? own_scale(*own, view.drawn, part) : 0;
  if (view.common_scale && other != nullptr)
    scale = std::max(scale, own_scale(*other, view.drawn, part));
  return scale;
}

void draw_model_heading(App& app, Slot slot, Rect box) {
  const Theme& t = theme();
  const ModelSlot& m = app.slot(slot);
  const float radius = px(6);
  const bool two_lines = box.h >= px(kTwoLineHeading);
  const float first = two_lines ? px(44) : box.h;
  draw().AddCircleFilled({box.x + radius, box.y + first / 2}, radius, t.accent[index_of(slot)]);
  const float x = box.x + 2 * radius + px(10);
  text_in(fonts().strong, {x, box.y, box.right() - x, first}, t.text, m.role);
  std::string tells(explanation(slot == Slot::baseline ? "Baseline" : "CAMLoss"));
  if (m.model) {
    const ModelInfo& info = m.model->info();
    tells += " Loaded: " + m.path + ", head " + std::string(to_string(info.head)) + ", input " +
             std::to_string(info.input_size) + " pixels, map by " +
             std::string(method_title(app.method_of(slot))) + ".";
  }
  term(m.role + " " + std::to_string(static_cast<int>(box.y)), box, tells);
  const float name = two_lines ? box.x - x : text_size(fonts().strong, m.role).x + px(12);
  const float room = box.right() - x - name;
  // What it is, in a sentence as long as there is room for; all of it appears on the name.
  const std::string what =
      m.own ? m.path
      : slot == Slot::baseline
          ? fitting(fonts().body, room,
                    {"learned from the right answers alone", "learned from the answers alone",
                     "learned from answers alone", "answers alone", ""})
          : fitting(fonts().body, room,
                    {"also had to answer from the middle", "had to answer from the middle",
                     "from the middle", ""});
  const Rect at = two_lines ? Rect{box.x, box.y + px(34), box.w, fonts().body->FontSize + px(4)}
                            : Rect{x + name, box.y, room, box.h};
  text_in(fonts().body, at, t.dim, what, two_lines ? Align::left : Align::right);
}

ImU32 verdict_colour(const App& app, const Photo& photo, const PhotoResult* result) {
  const Theme& t = theme();
  if (result == nullptr) return t.dim;
  if (!is_sure(app, *result)) return t.dim;
  return is_right(app, photo, *result).value_or(true) ? t.text : t.bad;
}

void draw_model_absent(App& app, Slot slot, Rect box) {
  const Theme& t = theme();
  const ModelSlot& m = app.slot(slot);
  draw().AddRectFilled(box.min(), box.max(), t.track, px(8));
  const ImVec2 c{box.x + box.w / 2, box.y + box.h / 2};
  if (m.progress) {
    text(fonts().body, {c.x, c.y - px(34)}, t.dim, "Loading weights", Align::centre);
    const float w = std::min(box.w * 0.6F, px(220));
    bar({c.x - w / 2, c.y, w, px(8)}, *m.progress, t.accent[index_of(slot)],
        mix(t.track, t.dim, 0.25F));
  } else if (!m.model && m.failed) {
    const std::string line = "Model " + m.role + " could not be loaded.";
    const float w = std::min(box.w - px(16), px(240));
    const float h = paragraph_height(fonts().body, w, line);
    paragraph(fonts().body, {c.x - w / 2, c.y - h - px(6)}, w, t.dim, line);
    const float wide = std::min(button_width("Try again"), box.w - px(8));
    if (button("Try again", {c.x - wide / 2, c.y + px(2), wide, px(40)})) app.retry_weights();
  } else if (!m.model) {
    const std::string line = "No model here. Drop a .safetensors or .json file.";
    const float w = std::min(box.w - px(24), px(240));
    const float h = paragraph_height(fonts().body, w, line);
    paragraph(fonts().body, {c.x - w / 2, c.y - h / 2}, w, t.dim, line);
  } else if (app.selected() != nullptr && app.out_of_reach(*app.selected(), slot)) {
    const std::string line = "Its file is gone, so this model could not be asked.";
    const float w = std::min(box.w - px(24), px(240));
    const float h = paragraph_height(fonts().body, w, line);
    paragraph(fonts().body, {c.x - w / 2, c.y - h / 2}, w, t.dim, line);
  } else {
    spinner(c, px(16), t.dim);
  }
}

void draw_mark(ImVec2 c, bool right, float radius) {
  const Theme& t = theme();
  const float u = radius / 11;
  draw().AddCircleFilled(c, radius, right ? t.good : t.bad);
  if (right) {
    const ImVec2 tick[3] = {
        {c.x - 5 * u, c.y}, {c.x - 1.5F * u, c.y + 4 * u}, {c.x + 5 * u, c.y - 4 * u}};
    draw().AddPolyline(tick, 3, t.card, 0, 2.2F * u);
  } else {
    draw().AddLine({c.x - 4 * u, c.y - 4 * u}, {c.x + 4 * u, c.y + 4 * u}, t.card, 2.2F * u);
    draw().AddLine({c.x + 4 * u, c.y - 4 * u}, {c.x - 4 * u, c.y + 4 * u}, t.card, 2.2F * u);
  }
}

void draw_scale_note(App& app, Slot slot, const PhotoResult& own, float scale, Rect at) {
  if (!app.view().common_scale || scale <= 0) return;
  const float share = own_scale(own, app.view().drawn, MapPart::whole) / scale;
  if (share > 0.5F) return;
  const std::string beside = app.slot(other(slot)).role;
  const float room = at.w - px(16);
  const std::string s = fitting(fonts().body, room - px(16),
                                {"at most " + percent(share) + " of " + beside + "’s",
                                 percent(share) + " of " + beside, percent(share)});
  const Rect box{at.x + px(8), at.bottom() - px(36), text_size(fonts().body, s).x + px(16), px(28)};
  draw().AddRectFilled(box.min(), box.max(), IM_COL32(12, 14, 18, 205), px(6));
  text_in(fonts().body, box, IM_COL32_WHITE, s, Align::centre);
}

}  // namespace camloss::ui
