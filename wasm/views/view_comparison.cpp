// The comparison: original | baseline | CAMLoss, the same photo at the same size.
#include <algorithm>
#include <cfloat>

#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

/// What the models can answer, and that photos stay here; in fewer words where it would be higher
/// than `room`.
std::string note_of(const App& app, float width, float room) {
  const std::string classes = class_list(app);
  const std::string stay = "Photos never leave this machine.";
  if (classes.empty()) return stay;
  const std::string all =
      "The models know two classes only: whatever is shown, they answer " + classes + ". " + stay;
  if (paragraph_height(fonts().body, width, all) <= room) return all;
  const std::string less = "The models only know " + classes + ".";
  return paragraph_height(fonts().body, width, less) <= room ? less : std::string();
}

float facts_height(const App& app, const Photo& photo, float width) {
  return fonts().display->FontSize + px(10) + (app.asks_for_truth(photo) ? px(44 + 12) : 0) +
         paragraph_height(fonts().body, width, note_of(app, width, FLT_MAX));
}

/// What is under the original, down to `bottom`: what it shows, as far as somebody said so.
void photo_facts(App& app, const Photo& photo, float x, float y, float width, float bottom) {
  const Theme& t = theme();
  const bool asks = app.asks_for_truth(photo);
  const std::string title = !photo.label.empty() ? capital(photo.label)
                            : asks               ? "What is it?"
                                                 : "No label";
  text(fonts().display, {x, y}, t.text, shortened(fonts().display, title, width));
  y += fonts().display->FontSize + px(10);
  if (asks) {
    const std::string names[2] = {capital(app.classes()[0]), capital(app.classes()[1])};
    const std::string_view captions[2] = {names[0], names[1]};
    int chosen = app.truth(photo).value_or(-1);
    if (segmented("truth", {x, y, width, px(44)}, captions, chosen, true))
      app.set_truth(photo.id, chosen < 0 ? std::nullopt : std::optional<int>(chosen));
    y += px(44 + 12);
  }
  paragraph(fonts().body, {x, y}, width, t.dim, note_of(app, width, bottom - y));
}

/// The photo's size, or that it is not there yet, at the heading's right end beside its title.
void photo_size(const Photo& photo, Rect heading, float title) {
  const Rect box{heading.x + title, heading.y, heading.w - title, heading.h};
  const std::string size = std::to_string(photo.width) + " × " + std::to_string(photo.height);
  text_in(fonts().body, box, theme().dim,
          photo.stage == PhotoStage::ready ? fitting(fonts().body, box.w, {size + " pixels", size})
                                           : std::string("being read"),
          Align::right);
}

}  // namespace

float draw_photo_title(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w;
  float y = place.at.y;
  const Theme& t = theme();
  const Photo* photo = app.selected();
  if (photo == nullptr) {
    return paragraph(fonts().heading, {x, y}, width, t.text,
                     "Drop photos anywhere, or choose them with the button.");
  }
  const float top = y;
  const auto& photos = app.photos().all();
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

float draw_comparison(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w, room = place.at.h;
  float y = place.at.y;
  const Photo* photo = app.selected();
  const float top = y;
  y += draw_photo_title(app, place) + px(14);
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
  const PerSlot<const PhotoResult*> results{
      {app.result(*photo, Slot::baseline), app.result(*photo, Slot::camloss)}};
  for (int column = 0; column < 3; ++column) {
    const Slot slot = column == 1 ? Slot::baseline : Slot::camloss;  // of the second and third card
    const float cx = layout.narrow ? x : x + static_cast<float>(column) * (card_w + layout.gap);
    // In a column the photo's own card is as high as what it says.
    const float own_h = layout.narrow && column == 0
                            ? head + tall + px(14) + facts_height(app, *photo, side) + pad
                            : card_h;
    const Rect box{cx, y, card_w, own_h};
    card(box);
    const Rect heading{cx + pad, y, card_w - 2 * pad, head};
    const Rect frame{cx + pad, y + head, card_w - 2 * pad, tall};
    const float below = frame.bottom() + px(14);
    if (column == 0) {
      text_in(fonts().strong, heading, theme().text, "Photo");
      photo_size(*photo, heading, text_size(fonts().strong, "Photo").x + px(12));
      const Rect at = draw_photo(app, *photo, frame);
      record_widget("picture original", at);
      if (app.view().kernel) {
        ImGui::GetWindowDrawList()->AddImageRounded(image_id(app.heat().kernel_veil()), at.min(),
                                                    at.max(), {0, 0}, {1, 1}, IM_COL32_WHITE,
                                                    px(8));
      }
      hover_source(app, at);
      const Slot shown = results[Slot::baseline] != nullptr ? Slot::baseline : Slot::camloss;
      draw_hover(app, at, shown, results[shown], MapPart::whole, false);
      photo_facts(app, *photo, frame.x, below, frame.w, box.bottom() - px(8));
    } else {
      draw_model_heading(app, slot, heading);
      const PhotoResult* r = results[slot];
      if (r == nullptr) {
        draw_model_absent(app, slot, frame);
      } else {
        const Rect at = draw_photo(app, *photo, frame);
        record_widget(slot == Slot::baseline ? "picture baseline" : "picture camloss", at);
        draw_heat(app, *r, MapPart::whole, scale_for(app, r, results[other(slot)], MapPart::whole),
                  at, app.view().opacity);
        hover_source(app, at);
        draw_hover(app, at, slot, r, MapPart::whole);
        draw_model_figures(app, photo, slot, r, frame.x, below, frame.w, true);
      }
    }
    if (layout.narrow) y += own_h + layout.gap;
  }
  if (!layout.narrow) y += card_h;
  return y - top;
}

}  // namespace camloss::ui
