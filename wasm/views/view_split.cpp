// The middle against the rest: each model's map cut by the kernel, and what either part would say alone.
#include <algorithm>
#include <cmath>

#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

struct PartText {
  MapPart part;
  std::string_view title;
};
constexpr PartText kParts[] = {{MapPart::centred, "From the middle"},
                               {MapPart::off_centre, "From around it"}};

/// What the part alone would say, under its picture.
void part_vote(App& app, Slot slot, MapPart part, float logit, float x, float y, float width) {
  const Theme& t = theme();
  const std::string subject = part == MapPart::centred ? "The middle" : "The rest";
  const bool none = std::abs(logit) < 1e-6F;
  const std::string name = none ? "nothing" : app.label_name(slot, logit > 0 ? 1 : 0);
  text(fonts().heading, {x, y}, t.text,
       shortened(fonts().heading,
                 fitting(fonts().heading, width,
                         {subject + " alone says " + name, subject + " says " + name, name}),
                 width));
  y += fonts().heading->FontSize + px(2);
  text_in(fonts().body, {x, y, width, fonts().body->FontSize}, t.dim,
          "with " + number(std::abs(static_cast<double>(logit)), 2));
}

}  // namespace

float draw_split(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w, room = place.at.h;
  float y = place.at.y;
  const Theme& t = theme();
  const Photo* photo = app.selected();
  const float top = y;
  if (photo == nullptr) return draw_empty(app, place);
  y += draw_photo_title(app, place) + px(layout.flat ? 8 : 14);

  const float pad = px(16), head = px(44), line = fonts().body->FontSize;
  const int columns = layout.narrow ? 1 : 2;
  const float card_w =
      (width - layout.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const float inner = px(12);
  const float votes = fonts().heading->FontSize + px(2) + line;
  const float total = px(12) + line + px(6) + line;
  float side = (card_w - 2 * pad - inner) / 2;
  if (!layout.narrow) {
    side = std::clamp(room - (y - top) - head - line - px(8) - px(10) - votes - total - pad,
                      std::min(px(layout.flat ? 100 : 200), side), side);
  }
  side = picture_height(layout, *photo, side);
  const float card_h = head + line + px(8) + side + px(10) + votes + total + pad;
  for (const Slot slot : kBothSlots) {
    const float cx =
        layout.narrow ? x : x + static_cast<float>(index_of(slot)) * (card_w + layout.gap);
    card({cx, y, card_w, card_h});
    draw_model_heading(app, slot, {cx + pad, y, card_w - 2 * pad, head});
    const PhotoResult* r = app.result(*photo, slot);
    const PhotoResult* beside = app.result(*photo, other(slot));
    const float cell_w = (card_w - 2 * pad - inner) / 2;
    // Both parts of a model share one scale, so that they can be compared.
    float scale = 0;
    if (r != nullptr) {
      for (const PartText& p : kParts) scale = std::max(scale, scale_for(app, r, beside, p.part));
    }
    float px_at = cx + pad;
    for (const PartText& p : kParts) {
      float fy = y + head;
      text_in(fonts().body, {px_at, fy, cell_w, line}, t.dim, p.title);
      fy += line + px(8);
      const Rect frame{px_at, fy, cell_w, side};
      if (r == nullptr) {
        draw_model_absent(app, slot, frame);
      } else {
        const Rect at = draw_photo(app, *photo, frame);
        draw_heat(app, *r, p.part, scale, at, app.view().opacity);
        hover_source(app, at);
        draw_hover(app, at, slot, r, p.part);
        part_vote(app, slot, p.part,
                  p.part == MapPart::centred ? r->split.centred : r->split.off_centre, px_at,
                  frame.bottom() + px(10), cell_w);
      }
      px_at += cell_w + inner;
    }
    if (r != nullptr) {
      float fy = y + head + line + px(8) + side + px(10) + votes + px(12);
      const auto then = [](float value) {
        return (value < 0 ? " − " : " + ") + number(std::abs(static_cast<double>(value)), 2);
      };
      std::string sum =
          number(static_cast<double>(r->split.centred), 2) + then(r->split.off_centre);
      if (std::abs(r->beta) > 5e-3F) sum += then(r->beta) + " of biases";
      const float together = r->split.centred + r->split.off_centre + r->beta;
      const auto hundredths = [](float value) { return std::lround(value * 100); };
      const bool adds_up = hundredths(r->split.centred) + hundredths(r->split.off_centre) +
                               (std::abs(r->beta) > 5e-3F ? hundredths(r->beta) : 0) ==
                           hundredths(together);
      sum += (adds_up ? " = " : " ≈ ") + number(static_cast<double>(together), 2);
      sum = fitting(fonts().body, card_w - 2 * pad,
                    {"Both parts together: " + sum, "Together " + sum, sum});
      text_in(fonts().body, {cx + pad, fy, card_w - 2 * pad, line}, t.text, sum);
      fy += line + px(6);
      text_in(fonts().body, {cx + pad, fy, card_w - 2 * pad, line}, t.dim,
              is_decomposition(r->method)
                  ? "The logit is " + number(static_cast<double>(r->logit), 2) + ": " +
                        answer_text(app, photo, slot, *r) + "."
                  : "This method is no exact split of the logit " +
                        number(static_cast<double>(r->logit), 2) + ".");
    }
    if (layout.narrow) y += card_h + layout.gap;
  }
  if (!layout.narrow) y += card_h;
  return y - top;
}

}  // namespace camloss::ui
