// What the page is, in a headline and a sentence, and the ways in for photos of one's own.
#include <algorithm>
#include <cmath>
#include <string>

#include "wasm/app/platform.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr std::string_view kHeadline = "Where does a photo classifier look?";
constexpr std::string_view kWhat =
    "Two models learned from the same photos. The baseline may answer by the background; CAMLoss "
    "had to answer from the "
    "middle. Look at drawn samples, or add your own photos: they never leave this machine.";
constexpr std::string_view kWhatInShort =
    "The baseline may answer by the background, CAMLoss had to answer from the middle.";

/// A dashed frame.
void dashes(Rect r, ImU32 colour) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float step = px(12), dash = px(7), thick = px(1.5F);
  for (float x = r.x + px(8); x < r.right() - px(8); x += step) {
    const float end = std::min(x + dash, r.right() - px(8));
    draw.AddLine({x, r.y}, {end, r.y}, colour, thick);
    draw.AddLine({x, r.bottom()}, {end, r.bottom()}, colour, thick);
  }
  for (float y = r.y + px(8); y < r.bottom() - px(8); y += step) {
    const float end = std::min(y + dash, r.bottom() - px(8));
    draw.AddLine({r.x, y}, {r.x, end}, colour, thick);
    draw.AddLine({r.right(), y}, {r.right(), end}, colour, thick);
  }
}

struct Way {
  std::string_view name, in_short;
  void (*go)();
};
constexpr Way kWays[] = {{"Choose photos", "Photos", platform::choose_photos},
                         {"Choose a folder", "Folder", platform::choose_folder},
                         {"Take a photo", "Camera", platform::take_photo}};

}  // namespace

float draw_ways_in(Rect at, bool with_frame) {
  const Theme& t = theme();
  const float line = fonts().body->FontSize, pad = with_frame ? px(14) : 0, row = px(42);
  const float gap = px(8);
  const float inner = at.w - 2 * pad;
  const float each = (inner - 2 * gap) / 3;
  float height = row + 2 * pad;
  float y = at.y + pad;
  if (with_frame) {
    height += line + px(10);
    const Rect box{at.x, at.y, at.w, height};
    ImGui::GetWindowDrawList()->AddRectFilled(box.min(), box.max(), t.card, px(14));
    dashes(box, t.dim);
    text_in(fonts().body, {at.x + pad, y, inner, line}, t.text,
            fitting(fonts().body, inner,
                    {"Your own: drop photos or folders anywhere", "Drop your photos anywhere",
                     "Drop photos here"}),
            Align::centre);
    y += line + px(10);
  }
  float x = at.x + pad;
  for (const Way& way : kWays) {
    const bool fits = button_width(way.name) <= each;
    if (option_button(way.name, fits ? way.name : way.in_short, {x, y, each, row}, false)) way.go();
    x += each + gap;
  }
  return height;
}

float draw_intro(App& app, const Frame& place) {
  if (app.photos().empty() || !app.photos().only_samples() || place.layout.flat) return 0;
  const Layout& layout = place.layout;
  const Theme& t = theme();
  const float x = place.at.x, width = place.at.w;
  float y = place.at.y;
  if (layout.narrow) {
    y += paragraph(fonts().heading, {x, y}, width, t.text, kHeadline) + px(2);
    // Where it would push the answers out of sight, the headline has to do.
    if (place.at.h > px(640)) y += paragraph(fonts().body, {x, y}, width, t.dim, kWhatInShort);
    return y + px(8) - place.at.y;
  }
  // In a low window the pictures need the room.
  const bool low = place.at.h < px(kLowRoom);
  if (low && platform::has_dialogs()) {
    // The ways in stand beside the words, where else they would stand under them.
    const float ways = px(310), words = width - ways - px(16);
    const float used = paragraph(fonts().heading, {x, y}, words, t.text, kHeadline) + px(2);
    const float below = paragraph(fonts().body, {x, y + used}, words, t.dim, kWhatInShort);
    return std::max(used + below, draw_ways_in({x + width - ways, y, ways, 0}, false)) + px(6);
  }
  y += paragraph(fonts().display, {x, y}, width, t.text, kHeadline) + px(2);
  y += paragraph(fonts().body, {x, y}, width, t.dim, kWhat) + px(12);
  if (!layout.sidebar && platform::has_dialogs())
    y += draw_ways_in({x, y, std::min(width, px(640)), 0}, false) + px(12);
  return y - place.at.y;
}

float draw_empty(App& app, const Frame& place) {
  const Theme& t = theme();
  const float width = std::min(place.at.w, px(640));
  const float x = place.at.x + (place.at.w - width) / 2;
  float y = place.at.y + (place.layout.flat ? 0 : px(24));
  y += paragraph(place.layout.narrow ? fonts().heading : fonts().display, {x, y}, width, t.text,
                 kHeadline) +
       px(6);
  y += paragraph(fonts().body, {x, y}, width, t.dim, kWhat) + px(18);
  if (platform::has_dialogs()) y += draw_ways_in({x, y, width, 0}, true) + px(14);
  if (button("Show the drawn samples",
             {x, y, std::min(width, button_width("Show the drawn samples")), px(42)})) {
    app.clear_photos();
  }
  return y + px(42) - place.at.y;
}

}  // namespace camloss::ui
