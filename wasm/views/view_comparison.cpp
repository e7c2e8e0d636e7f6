// The comparison: original | baseline | CAMLoss, the same photo at the same size, whole or with a part hidden. Three
// columns, or on a phone the photo above both maps.
#include <algorithm>
#include <cfloat>

#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/touch.h"
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

/// Heights of what stands beside or under the photo.
struct Facts {
  float truth = 44, button = 42, gap = 10;  // layout units
};
constexpr Facts kRoomyFacts{}, kTightFacts{38, 38, 8}, kFlatFacts{34, 34, 6};

float facts_height(const Facts& f) { return px(f.truth + f.gap + 2 * f.button + 8); }

/// What the photo shows, as far as somebody said so, and the buttons that hide a part of it; down to `at.bottom()`.
void photo_facts(App& app, const Photo& photo, Rect at, const Facts& f, bool exporting) {
  const Theme& t = theme();
  float y = at.y;
  const Rect truth{at.x, y, at.w, px(f.truth)};
  if (app.asks_for_truth(photo) && !exporting) {
    const std::string names[2] = {capital(app.classes()[0]), capital(app.classes()[1])};
    const std::string_view captions[2] = {names[0], names[1]};
    int chosen = app.truth(photo).value_or(-1);
    if (segmented("truth", truth, captions, chosen, true))
      app.set_truth(photo.id, chosen < 0 ? std::nullopt : std::optional<int>(chosen));
  } else if (f.truth > 0) {
    const std::string title = photo.label.empty() ? "No label" : capital(photo.label);
    text_in(fonts().heading, truth, t.text, title);
  }
  y += px(f.truth + f.gap);
  if (exporting) return;
  draw_hide_buttons(app, {at.x, y, at.w, 0}, px(f.button));
  y += px(2 * f.button + 8 + 10);
  if (at.bottom() - y > fonts().body->FontSize)
    paragraph(fonts().body, {at.x, y}, at.w, t.dim, note_of(app, at.w, at.bottom() - y));
}

/// The photo's heading: that it is a sample, or its size.
void photo_heading(const Photo& photo, Rect heading, bool with_name) {
  const Theme& t = theme();
  std::string title = photo.sample ? "Drawn sample" : with_name ? photo.name : "Photo";
  if (photo.sample && with_name) title += ": " + photo.label;
  const Rect first{heading.x, heading.y, heading.w, with_name ? heading.h : px(44)};
  text_in(fonts().strong, first, t.text, title);
  if (with_name) return;
  const Rect box{heading.x, heading.y + px(34), heading.w, fonts().body->FontSize + px(4)};
  const std::string size = std::to_string(photo.width) + " × " + std::to_string(photo.height);
  text_in(fonts().body, box, t.dim,
          photo.stage == PhotoStage::ready ? fitting(fonts().body, box.w, {size + " pixels", size})
                                           : std::string("being read"));
}

void original(App& app, const Photo& photo, Rect frame) {
  const Rect at = draw_shown(app, photo, frame);
  record_widget("picture original", at);
  if (app.view().kernel) {
    ImGui::GetWindowDrawList()->AddImageRounded(image_id(app.heat().kernel_veil()), at.min(),
                                                at.max(), {0, 0}, {1, 1}, IM_COL32_WHITE, px(8));
  }
  look_closely_at(app, Layer::photo, at);
  hover_source(app, at);
  const PhotoResult* a = shown_result(app, photo, Slot::baseline);
  const Slot shown = a != nullptr ? Slot::baseline : Slot::camloss;
  draw_hover(app, at, shown, shown_result(app, photo, shown), MapPart::whole, false);
}

void map_of(App& app, const Photo& photo, Slot slot, Rect frame) {
  const PhotoResult* r = shown_result(app, photo, slot);
  if (r == nullptr) {
    draw_model_absent(app, slot, frame);
    return;
  }
  const Rect at = draw_shown(app, photo, frame);
  record_widget(slot == Slot::baseline ? "picture baseline" : "picture camloss", at);
  const float scale = scale_for(app, r, shown_result(app, photo, other(slot)), MapPart::whole);
  draw_heat(app, *r, MapPart::whole, scale, at, app.view().opacity);
  draw_scale_note(app, slot, *r, scale, at);
  look_closely_at(app, slot == Slot::baseline ? Layer::baseline : Layer::camloss, at);
  hover_source(app, at);
  draw_hover(app, at, slot, r, MapPart::whole);
}

/// On a phone: the photo with what it shows beside it, and both maps with their answers under it.
float phone_grid(App& app, const Photo& photo, const Frame& place) {
  const Layout& layout = place.layout;
  const float gap = px(8), pad = px(8), head = px(30), width = place.at.w;
  const float card_w = (width - gap) / 2, inner = card_w - 2 * pad;
  const float answer = answer_height(true, inner), facts = facts_height(kTightFacts);
  const float fixed = gap + head + px(8) + answer + pad;
  const float full = picture_height(layout, photo, inner);
  const float tall = std::clamp((place.at.h - fixed) / 2, std::min(px(96), full), full);
  float y = place.at.y;
  const Rect picture{place.at.x + pad, y, inner, tall};
  original(app, photo, picture);
  const float row = std::max(tall, facts);
  photo_facts(app, photo, {place.at.x + card_w + gap, y, card_w, row}, kTightFacts,
              layout.exporting);
  y += row + gap;
  for (const Slot slot : kBothSlots) {
    const float x = place.at.x + static_cast<float>(index_of(slot)) * (card_w + gap);
    const Rect box{x, y, card_w, head + tall + px(8) + answer + pad};
    card(box, 12);
    draw_model_heading(app, slot, {x + pad, y, inner, head});
    const Rect frame{x + pad, y + head, inner, tall};
    map_of(app, photo, slot, frame);
    draw_answer(app, photo, slot, shown_result(app, photo, slot),
                {frame.x, frame.bottom() + px(8), inner, answer}, true);
  }
  return y + head + tall + px(8) + answer + pad - place.at.y;
}

float three_columns(App& app, const Photo& photo, const Frame& place) {
  const Layout& layout = place.layout;
  const bool flat = layout.flat;
  const float pad = px(flat ? 8 : 16), under = px(flat ? 6 : 14);
  const float head = px(flat ? 28 : kTwoLineHeading + 4);
  const float card_w = (place.at.w - layout.gap * 2) / 3, inner = card_w - 2 * pad;
  Facts facts = flat ? kFlatFacts : kRoomyFacts;
  // There the heading names what a sample shows.
  if (flat && !app.asks_for_truth(photo)) facts.truth = facts.gap = 0;
  const float below =
      std::max(answer_height(flat, inner), layout.exporting ? 0 : facts_height(facts));
  const float side = std::clamp(place.at.h - head - under - below - pad,
                                std::min(px(flat ? 100 : 150), inner), inner);
  const float card_h = head + side + under + below + pad;
  const float y = place.at.y;
  for (int column = 0; column < 3; ++column) {
    const float cx = place.at.x + static_cast<float>(column) * (card_w + layout.gap);
    card({cx, y, card_w, card_h});
    const Rect heading{cx + pad, y, inner, head};
    const Rect frame{cx + pad, y + head, inner, side};
    const Rect words{frame.x, frame.bottom() + under, inner, below};
    if (column == 0) {
      photo_heading(photo, heading, flat);
      original(app, photo, frame);
      photo_facts(app, photo, words, facts, layout.exporting);
      continue;
    }
    const Slot slot = column == 1 ? Slot::baseline : Slot::camloss;
    draw_model_heading(app, slot, heading);
    map_of(app, photo, slot, frame);
    draw_answer(app, photo, slot, shown_result(app, photo, slot), words, flat);
  }
  return card_h;
}

/// The first wording that needs at most two lines; the last one cut to them where none does.
std::string in_two_lines(ImFont* font, float width, std::initializer_list<std::string> wordings) {
  const auto fits = [&](const std::string& s) {
    return !s.empty() && paragraph_height(font, width, s) < font->FontSize * 2.5F;
  };
  for (const std::string& s : wordings) {
    if (fits(s)) return s;
  }
  std::string s = *(wordings.end() - 1);
  while (s.size() > 8 && !fits(s + "…")) s.resize(s.find_last_of(' ', s.size() - 2));
  return s + "…";
}

/// ‹ 3 / 12 ›, where there is no strip of thumbnails. Returns its width.
float steps(App& app, float right, float y, const std::string& count) {
  const Theme& t = theme();
  const float side = px(34), words = text_size(fonts().body, count).x + px(12);
  const Rect before{right - 2 * side - words, y, side, side}, next{right - side, y, side, side};
  const Hit back = hit("Previous photo", before), on = hit("Next photo", next);
  const auto chevron = [&](Rect r, float way, bool hovered) {
    const ImVec2 c{r.x + r.w / 2, r.y + r.h / 2};
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddCircle(c, r.w / 2, t.border, 0, std::max(1.0F, unit()));
    const ImVec2 line[3] = {{c.x - way * px(3), c.y - px(6)},
                            {c.x + way * px(3), c.y},
                            {c.x - way * px(3), c.y + px(6)}};
    draw.AddPolyline(line, 3, hovered ? t.text : t.dim, 0, px(2));
  };
  chevron(before, -1, back.hovered);
  chevron(next, 1, on.hovered);
  text_in(fonts().body, {before.right(), y, words, side}, t.dim, count, Align::centre);
  if (back.clicked) app.select_relative(-1);
  if (on.clicked) app.select_relative(1);
  return 2 * side + words + px(12);
}

}  // namespace

float draw_photo_title(App& app, const Frame& place) {
  const Layout& layout = place.layout;
  const float x = place.at.x, width = place.at.w;
  float y = place.at.y;
  const Theme& t = theme();
  const Photo* photo = app.selected();
  if (photo == nullptr) return 0;
  const float top = y;
  const auto& photos = app.photos().all();
  const auto at = app.photos().place(photo->id).value_or(0);
  const std::string count = std::to_string(at + 1) + " / " + std::to_string(photos.size());
  const float line = fonts().body->FontSize;
  const std::string claims = claim_sentence(app, *photo);
  const Hidden part = telling_part(app, *photo);
  const std::string proof = proof_sentence(app, *photo, part);
  const std::string in_short = proof_in_short(app, *photo, part);
  const bool hidden = hidden_here(app) != Hidden::nothing;
  const std::string lead = hidden ? proof : claims, after = hidden ? std::string() : proof;
  const std::string both = lead + (after.empty() ? "" : " ") + after;
  if (layout.flat) {
    const float used = steps(app, x + width, y, count);
    const float room = width - used;
    const std::string s = in_two_lines(fonts().strong, room,
                                       {both, hidden ? in_short : claims + " " + in_short, lead});
    return std::max(px(34), paragraph(fonts().strong, {x, y}, room, t.text, s));
  }
  std::string name = photo->name;
  if (photo->sample && layout.narrow) name = "Drawn sample: " + name;
  const float count_w = layout.exporting ? 0 : text_size(fonts().body, count).x + px(16);
  text_in(fonts().body, {x, y, width - count_w, line}, t.dim, name);
  if (!layout.exporting) text_in(fonts().body, {x, y, width, line}, t.dim, count, Align::right);
  y += line + px(4);
  if (layout.narrow) {
    const std::string s = in_two_lines(fonts().strong, width,
                                       {both, hidden ? proof : claims + " " + in_short,
                                        hidden ? in_short : claims, in_short, lead});
    // Two lines are kept, so that nothing moves from photo to photo.
    paragraph(fonts().strong, {x, y}, width, t.text, s);
    return y + 2 * fonts().strong->FontSize - top;
  }
  y += paragraph(fonts().heading, {x, y}, width, t.text, both.empty() ? std::string(" ") : both);
  const bool low = place.at.h < px(kLowRoom) && !layout.exporting;
  const std::string evidence = hidden || low ? std::string() : evidence_sentence(app, *photo);
  if (!evidence.empty()) {
    y += px(3);
    y += paragraph(fonts().body, {x, y}, width, t.dim, evidence);
  }
  return y - top;
}

float draw_comparison(App& app, const Frame& place) {
  const Photo* photo = app.selected();
  if (photo == nullptr) return draw_empty(app, place);
  if (const int step = take_swipe(); step != 0) app.select_relative(step);
  photo = app.selected();
  app.answer_proof();
  const float x = place.at.x, width = place.at.w;
  float y = place.at.y;
  if (!place.layout.exporting) y += draw_intro(app, place);
  y += draw_photo_title(app, {place.layout, {x, y, width, place.at.h}}) +
       px(place.layout.flat || place.layout.narrow ? 8 : 14);
  const Frame rest{place.layout, {x, y, width, place.at.h - (y - place.at.y)}};
  y += place.layout.narrow ? phone_grid(app, *photo, rest) : three_columns(app, *photo, rest);
  return y - place.at.y;
}

}  // namespace camloss::ui
