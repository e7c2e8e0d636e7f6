// The comparison: original | baseline | CAMLoss, the same photo at the same size.
#include <algorithm>

#include "wasm/views.h"
#include "wasm/widgets.h"
#include "wasm/wording.h"

namespace camloss::ui {
namespace {

/// What is under the original: the photo's facts.
void photo_facts(App& app, const Photo& photo, float x, float y, float width) {
  const Theme& t = theme();
  const float line = fonts().body->FontSize;
  text(fonts().display, {x, y}, t.text,
       shortened(fonts().display, photo.label.empty() ? "No label" : capital(photo.label), width));
  y += fonts().display->FontSize + px(6);
  const std::string size =
      std::to_string(photo.width) + " × " + std::to_string(photo.height) + " pixels";
  text_in(fonts().body, {x, y, width, line}, t.dim,
          photo.stage == PhotoStage::ready ? size : "being read");
  y += line + px(10);
  const std::string classes = class_list(app);
  std::string note = "Photos never leave this machine.";
  if (!classes.empty())
    note =
        "The models know two classes only: whatever is shown, they answer " + classes + ". " + note;
  paragraph(fonts().body, {x, y}, width, t.dim, note);
}

}  // namespace

float draw_photo_title(App& app, const Layout& layout, float x, float y, float width) {
  const Theme& t = theme();
  const Photo* photo = app.selected();
  if (photo == nullptr) {
    return paragraph(fonts().heading, {x, y}, width, t.text,
                     "Drop photos anywhere, or choose them with the button.");
  }
  const float top = y;
  const auto& photos = app.state().photos;
  const auto at = std::find_if(photos.begin(), photos.end(),
                               [photo](const Photo& p) { return p.id == photo->id; });
  const std::string count =
      std::to_string(at - photos.begin() + 1) + " / " + std::to_string(photos.size());
  const float count_w = text_size(fonts().body, count).x + px(16);
  const float line = fonts().body->FontSize;
  text_in(fonts().body, {x, y, width - count_w, line}, t.dim, photo->name);
  text_in(fonts().body, {x, y, width, line}, t.dim, count, Align::right);
  y += line + px(4);
  const std::string sentence = difference_sentence(app, *photo);
  ImFont* font = layout.narrow ? fonts().strong : fonts().heading;
  y += paragraph(font, {x, y}, width, t.text, sentence.empty() ? std::string(" ") : sentence);
  return y - top;
}

float draw_comparison(App& app, const Layout& layout, float x, float y, float width, float room) {
  const Photo* photo = app.selected();
  const float top = y;
  y += draw_photo_title(app, layout, x, y, width) + px(14);
  if (photo == nullptr) return y - top;

  const float pad = px(16), head = px(44);
  const float figures = model_figures_height(true);
  const int columns = layout.narrow ? 1 : 3;
  const float card_w =
      (width - layout.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  float side = card_w - 2 * pad;
  if (!layout.narrow) {
    side =
        std::clamp(room - (y - top) - head - figures - px(16) - pad, std::min(px(220), side), side);
  }
  const float tall = picture_height(layout, *photo, side);
  const float card_h = head + tall + px(14) + figures + pad;
  const PhotoResult* results[kSlots] = {app.result(*photo, 0), app.result(*photo, 1)};
  for (int column = 0; column < 3; ++column) {
    const int slot = column - 1;
    const float cx = layout.narrow ? x : x + static_cast<float>(column) * (card_w + layout.gap);
    // The photo's own card needs less below the picture in a column.
    const float own_h = layout.narrow && column == 0 ? head + tall + px(14) + px(176) : card_h;
    const Rect box{cx, y, card_w, own_h};
    card(box);
    const Rect heading{cx + pad, y, card_w - 2 * pad, head};
    const Rect frame{cx + pad, y + head, card_w - 2 * pad, tall};
    const float below = frame.bottom() + px(14);
    if (column == 0) {
      text_in(fonts().strong, heading, theme().text, "Photo");
      const Rect at = draw_photo(app, *photo, frame);
      record_widget("picture original", at);
      if (app.state().view.kernel) {
        ImGui::GetWindowDrawList()->AddImageRounded(app.heat().kernel_veil().id(), at.min(),
                                                    at.max(), {0, 0}, {1, 1}, IM_COL32_WHITE,
                                                    px(8));
      }
      hover_source(app, at);
      draw_hover(app, at, results[0] != nullptr ? results[0] : results[1], MapPart::whole, false);
      photo_facts(app, *photo, frame.x, below, frame.w);
    } else {
      draw_model_heading(app, slot, heading);
      const PhotoResult* r = results[slot];
      if (r == nullptr) {
        draw_model_absent(app, slot, frame);
      } else {
        const Rect at = draw_photo(app, *photo, frame);
        record_widget(slot == 0 ? "picture baseline" : "picture camloss", at);
        draw_heat(app, *r, MapPart::whole, scale_for(app, r, results[1 - slot], MapPart::whole), at,
                  app.state().view.opacity);
        hover_source(app, at);
        draw_hover(app, at, r, MapPart::whole);
        draw_model_figures(app, photo, slot, r, frame.x, below, frame.w, true);
      }
    }
    if (layout.narrow) y += own_h + layout.gap;
  }
  if (!layout.narrow) y += card_h;
  return y - top;
}

}  // namespace camloss::ui
