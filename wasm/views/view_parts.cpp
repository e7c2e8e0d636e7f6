// Parts that several views share: the photo, heat over it, hover, and a model's figures.
#include <algorithm>
#include <cmath>

#include "shared/picture/resample.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

ImDrawList& draw() { return *ImGui::GetWindowDrawList(); }

/// The strip that shows how far a probability leans to either class, with the undecided zone in its
/// middle.
void probability_bar(App& app, Slot slot, const PhotoResult& r, Rect bar_rect) {
  const Theme& t = theme();
  const float rounding = bar_rect.h / 2;
  draw().AddRectFilled(bar_rect.min(), bar_rect.max(), t.track, rounding);
  const float low = bar_rect.x + bar_rect.w * static_cast<float>(kUndecidedAbove);
  const float high = bar_rect.x + bar_rect.w * static_cast<float>(kUndecidedBelow);
  draw().AddRectFilled({low, bar_rect.y}, {high, bar_rect.bottom()}, mix(t.track, t.dim, 0.28F));
  const float middle = bar_rect.x + bar_rect.w / 2;
  const float x = bar_rect.x + bar_rect.w * std::clamp(r.probability, 0.0F, 1.0F);
  const ImU32 accent = t.accent[index_of(slot)];
  draw().PushClipRect({std::min(x, middle), bar_rect.y}, {std::max(x, middle), bar_rect.bottom()},
                      true);
  draw().AddRectFilled(bar_rect.min(), bar_rect.max(), accent, rounding);
  draw().PopClipRect();
  const float knob = bar_rect.h * 0.95F;
  const float kx = std::clamp(x, bar_rect.x + knob * 0.6F, bar_rect.right() - knob * 0.6F);
  draw().AddCircleFilled({kx, bar_rect.y + bar_rect.h / 2}, knob, t.card);
  draw().AddCircleFilled({kx, bar_rect.y + bar_rect.h / 2}, knob - px(2.5F), accent);
  const float line = fonts().body->FontSize;
  const Rect names{bar_rect.x, bar_rect.bottom() + px(5), bar_rect.w, line};
  const float half = names.w / 2 - px(6);
  text_in(fonts().body, {names.x, names.y, half, names.h}, t.dim, app.label_name(slot, 0));
  text_in(fonts().body, {names.right() - half, names.y, half, names.h}, t.dim,
          app.label_name(slot, 1), Align::right);
}

void right_wrong_mark(ImVec2 c, bool right) {
  const Theme& t = theme();
  draw().AddCircleFilled(c, px(11), right ? t.good : t.bad);
  if (right) {
    const ImVec2 tick[3] = {
        {c.x - px(5), c.y}, {c.x - px(1.5F), c.y + px(4)}, {c.x + px(5), c.y - px(4)}};
    draw().AddPolyline(tick, 3, t.card, 0, px(2.2F));
  } else {
    draw().AddLine({c.x - px(4), c.y - px(4)}, {c.x + px(4), c.y + px(4)}, t.card, px(2.2F));
    draw().AddLine({c.x + px(4), c.y - px(4)}, {c.x - px(4), c.y + px(4)}, t.card, px(2.2F));
  }
}

/// Two texts at the ends of a line; the left one gives way where they would meet.
void ends_of(Rect line, ImU32 colour, std::string_view left, std::string_view right) {
  const float both = text_size(fonts().body, left).x + text_size(fonts().body, right).x;
  if (both + px(8) <= line.w) text_in(fonts().body, line, colour, left);
  text_in(fonts().body, line, colour, right, Align::right);
}

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
  const std::string label = (value > 0 ? "+" : "") + number(static_cast<double>(value), 4);
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
  draw().AddCircleFilled({box.x + radius, box.y + box.h / 2}, radius, t.accent[index_of(slot)]);
  const float x = box.x + 2 * radius + px(10);
  text_in(fonts().strong, {x, box.y, box.right() - x, box.h}, t.text, m.role);
  if (!m.model) return;
  const float name = text_size(fonts().strong, m.role).x + px(12);
  const ModelInfo& info = m.model->info();
  const std::string size = std::to_string(info.input_size) + " px, ";
  const std::string method(method_title(app.method_of(slot)));
  const std::string what = m.own
                               ? m.path
                               : fitting(fonts().body, box.right() - x - name,
                                         {std::string(to_string(info.head)) + ", " + size + method,
                                          size + method, method});
  text_in(fonts().body, {x + name, box.y, box.right() - x - name, box.h}, t.dim, what,
          Align::right);
}

ImU32 verdict_colour(const App& app, const Photo& photo, const PhotoResult* result) {
  const Theme& t = theme();
  if (result == nullptr) return t.dim;
  if (verdict(static_cast<double>(result->probability)) == Verdict::undecided) return t.dim;
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
  } else if (m.failed) {
    text(fonts().body, {c.x, c.y - px(34)}, t.dim, m.role + " could not be loaded", Align::centre);
    const float w = std::min(box.w - px(24), button_width("Try again"));
    if (button("Try again", {c.x - w / 2, c.y - px(4), w, px(42)})) app.retry_weights();
  } else if (!m.model) {
    const std::string line = "No model here. Drop a .safetensors or .json file.";
    const float w = std::min(box.w - px(24), px(240));
    const float h = paragraph_height(fonts().body, w, line);
    paragraph(fonts().body, {c.x - w / 2, c.y - h / 2}, w, t.dim, line);
  } else {
    spinner(c, px(16), t.dim);
  }
}

float model_figures_height(bool with_figures) {
  const float line = fonts().body->FontSize;
  const float verdict_h = fonts().display->FontSize + px(6) + px(12) + px(5) + line;
  const float evidence_h = px(14) + line + px(5) + px(12);
  return verdict_h + evidence_h + (with_figures ? px(10) + 2 * line : 0);
}

float draw_model_figures(App& app, const Photo* photo, Slot slot, const PhotoResult* r, float x,
                         float y, float width, bool with_figures) {
  const Theme& t = theme();
  const float line = fonts().body->FontSize;
  const float height = model_figures_height(with_figures);
  if (r == nullptr) return height;
  const ImU32 accent = t.accent[index_of(slot)];

  const float display = fonts().display->FontSize;
  const std::string share = percent(r->label == 1 ? r->probability : 1 - r->probability);
  const std::string said = capital(answer_text(app, app.selected(), slot, *r));
  const std::optional<bool> right =
      photo != nullptr ? is_right(app, *photo, *r) : std::optional<bool>();
  const float mark = right ? px(36) : px(8);
  // A long class name is written smaller before it is cut.
  const auto room = [&](ImFont* font) { return width - mark - text_size(font, share).x; };
  ImFont* font = fonts().display;
  if (text_size(font, said).x > room(font)) font = fonts().heading;
  const std::string name = shortened(font, said, room(font));
  const Rect row{x, y, width, display};
  text_in(font, row, t.text, name);
  text_in(font, row, t.text, share, Align::right);
  if (right) right_wrong_mark({x + text_size(font, name).x + px(22), y + display / 2}, *right);
  y += display + px(6);
  probability_bar(app, slot, *r, {x, y, width, px(12)});
  y += px(12) + px(5) + line + px(14);

  const float off = r->off_centre_mass.value_or(0);
  if (r->off_centre_mass) {
    ends_of({x, y, width, line}, t.text, "Centred " + percent(1 - off),
            "Off centre " + percent(off));
  } else {
    text_in(fonts().body, {x, y, width, line}, t.text, "No evidence");
  }
  y += line + px(5);
  const Rect evidence{x, y, width, px(12)};
  bar(evidence, r->off_centre_mass ? 1.0F : 0.0F, mix(accent, t.card, 0.68F), t.track);
  if (r->off_centre_mass) bar(evidence, 1 - off, accent, with_alpha(t.track, 0));
  y += px(12);
  if (!with_figures) return height;
  y += px(10);
  const std::string logit = "Logit " + number(static_cast<double>(r->logit), 2);
  const std::string residual = r->residual ? scientific(static_cast<double>(*r->residual)) : "–";
  const float beside = width - text_size(fonts().body, logit).x - px(8);
  ends_of({x, y, width, line}, t.dim, logit,
          fitting(fonts().body, beside, {"Residual " + residual, "Res. " + residual}));
  y += line;
  ends_of({x, y, width, line}, t.dim,
          "P(" + app.label_name(slot, 1) + ") " + number(static_cast<double>(r->probability), 3),
          number(r->milliseconds, 1) + " ms");
  return height;
}

}  // namespace camloss::ui
