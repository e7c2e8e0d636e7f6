// A model's answer to the photo as it is shown, and beside it what it says of the photo with a part hidden.
#include <algorithm>
#include <cmath>
#include <string>

#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr std::array<Hidden, 3> kStates{Hidden::nothing, Hidden::subject, Hidden::surroundings};
constexpr float kBesideFrom =
    230;  // layout units of width from which a bar stands beside its words

/// Whether a bar stands beside its words. Where not, the state that is shown has its bar under the answer itself, and
/// the other two have two lines each.
bool bar_beside_words(float width) { return width >= px(kBesideFrom); }

float rows_height(float width) {
  const float line = fonts().body->FontSize;
  return bar_beside_words(width) ? 3 * (line + px(4)) : px(11) + 2 * (2 * line + px(5));
}

std::string row_caption(const App& app, Hidden hidden, float width) {
  if (hidden == Hidden::nothing) return fitting(fonts().body, width, {"Whole photo", "Whole"});
  if (hidden == Hidden::surroundings) {
    return fitting(fonts().body, width, {"Without the background", "No background", "No backgr."});
  }
  const std::string word = subject_word(app);
  return fitting(fonts().body, width, {"Without the " + word, "No " + word});
}

const PhotoResult* result_of(const App& app, const Photo& photo, Slot slot, Hidden hidden) {
  if (hidden == Hidden::nothing) return app.result(photo, slot);
  return app.proof().photo == photo.id ? app.proof().result(hidden, slot) : nullptr;
}

std::string said_of(const App& app, const Photo& photo, Slot slot, const PhotoResult& r) {
  return answer_in_short(app, &photo, slot, r) + " " + percent(r.share());
}

void record_row(Hidden hidden, Slot slot, Rect at, bool on) {
  if (hidden == Hidden::nothing) return;
  record_widget("proof " + std::string(hidden == Hidden::subject ? "subject " : "background ") +
                    std::to_string(index_of(slot)),
                at, on);
}

/// What was hidden, how far each answer leans, and the answers: the proof, from `at.y` on.
void proof_rows(App& app, const Photo& photo, Slot slot, Rect at) {
  const Theme& t = theme();
  const float line = fonts().body->FontSize;
  const bool wide = bar_beside_words(at.w);
  float value = 0;  // width of the longest answer
  for (const Hidden hidden : kStates) {
    if (const PhotoResult* r = result_of(app, photo, slot, hidden))
      value = std::max(value, text_size(fonts().strong, said_of(app, photo, slot, *r)).x + px(2));
  }
  value = std::min(value, at.w * (wide ? 0.5F : 0.75F));
  float y = at.y;
  if (!wide) {
    const PhotoResult* shown = result_of(app, photo, slot, app.view().hidden);
    const Rect strip{at.x, y, at.w, px(5)};
    if (shown != nullptr) {
      draw_leaning(app, slot, *shown, strip);
      record_row(app.view().hidden, slot, strip, true);
    }
    y += px(11);
  }
  for (const Hidden hidden : kStates) {
    const bool on = app.view().hidden == hidden;
    if (on && !wide) continue;
    const PhotoResult* r = result_of(app, photo, slot, hidden);
    ImFont* font = on ? fonts().strong : fonts().body;
    const ImU32 ink = on ? t.text : t.dim;
    // A bar as long as there is room for, between caption and answer or before it.
    const float length = wide ? px(at.w < px(260) ? 44 : 64) : at.w - value - px(6);
    const float words = wide ? at.w - value - length - px(10) : at.w;
    text_in(fonts().body, {at.x, y, words, line}, ink, row_caption(app, hidden, words));
    const float below = wide ? y : y + line;
    if (r != nullptr) {
      text_in(font, {at.right() - value, below, value, line}, ink, said_of(app, photo, slot, *r),
              Align::right);
      const float thick = px(wide ? 8 : 5);
      const float left = wide ? at.right() - value - length - px(5) : at.x;
      draw_leaning(app, slot, *r, {left, below + (line - thick) / 2, length, thick},
                   on ? 1.0F : 0.5F);
      record_row(hidden, slot, {at.x, y, at.w, below + line - y}, on);
    }
    y = below + line + px(wide ? 4 : 5);
  }
}

}  // namespace

void draw_leaning(const App& app, Slot slot, const PhotoResult& r, Rect strip, float strength) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float rounding = strip.h / 2;
  draw.AddRectFilled(strip.min(), strip.max(), t.track, rounding);
  const float sure = app.view().sure_from;
  draw.AddRectFilled({strip.x + strip.w * (1 - sure), strip.y},
                     {strip.x + strip.w * sure, strip.bottom()}, mix(t.track, t.dim, 0.28F));
  const float middle = strip.x + strip.w / 2;
  const float x = strip.x + strip.w * std::clamp(r.probability, 0.0F, 1.0F);
  draw.PushClipRect({std::min(x, middle), strip.y}, {std::max(x, middle), strip.bottom()}, true);
  draw.AddRectFilled(strip.min(), strip.max(),
                     mix(t.track, t.accent[index_of(slot)], 0.35F + 0.65F * strength), rounding);
  draw.PopClipRect();
  draw.AddLine({middle, strip.y - px(1)}, {middle, strip.bottom() + px(1)}, t.dim,
               std::max(1.0F, unit()));
}

const PhotoResult* shown_result(const App& app, const Photo& photo, Slot slot) {
  if (app.view().hidden == Hidden::nothing) return app.result(photo, slot);
  return app.proof().photo == photo.id ? app.proof().result(app.view().hidden, slot) : nullptr;
}

Rect draw_shown(App& app, const Photo& photo, Rect box) {
  const ProofAnswer& proof = app.proof();
  const bool hidden = app.view().hidden != Hidden::nothing && proof.photo == photo.id &&
                      proof.shown == app.view().hidden && proof.texture.filled();
  return hidden ? draw_picture(proof.texture, proof.picture.width, proof.picture.height, box)
                : draw_photo(app, photo, box);
}

float answer_height(bool compact, float width) {
  const float verdict =
      compact ? fonts().strong->FontSize + px(4) : fonts().display->FontSize + px(6);
  return verdict + rows_height(width) + (compact ? 0 : px(10) + fonts().body->FontSize);
}

float draw_answer(App& app, const Photo& photo, Slot slot, const PhotoResult* r, Rect at,
                  bool compact) {
  const Theme& t = theme();
  const float height = answer_height(compact, at.w);
  if (r == nullptr) return height;
  ImFont* large = compact ? fonts().strong : fonts().display;
  const bool whole = app.view().hidden == Hidden::nothing;
  const std::string share = percent(r->share());
  const std::string said = capital(answer_text(app, &photo, slot, *r));
  const std::optional<bool> right = whole ? is_right(app, photo, *r) : std::optional<bool>();
  const float mark = right ? px(compact ? 28 : 36) : px(8);
  // A long answer is written smaller, then shorter, before it is cut.
  const auto room = [&](ImFont* font) { return at.w - mark - text_size(font, share).x; };
  ImFont* font = large;
  if (!compact && text_size(font, said).x > room(font)) font = fonts().heading;
  const std::string name = shortened(
      font, fitting(font, room(font), {said, capital(answer_in_short(app, &photo, slot, *r))}),
      room(font));
  float y = at.y;
  const Rect row{at.x, y, at.w, large->FontSize};
  text_in(font, row, t.text, name);
  text_in(font, row, t.text, share, Align::right);
  if (right) {
    draw_mark({at.x + text_size(font, name).x + px(compact ? 16 : 22), y + large->FontSize / 2},
              *right, px(compact ? 8 : 11));
  }
  if (!is_sure(app, *r))
    term("Unsure " + std::to_string(index_of(slot)), row, explanation("Unsure"));
  y += large->FontSize + px(compact ? 4 : 6);
  proof_rows(app, photo, slot, {at.x, y, at.w, 0});
  y += rows_height(at.w);
  if (compact) return height;
  y += px(10);
  const float line = fonts().body->FontSize;
  const Rect figures{at.x, y, at.w, line};
  const std::string off = "Off centre " + percent(r->off_centre_mass);
  const std::string residual = r->residual
                                   ? "residual " + scientific(static_cast<double>(*r->residual))
                                   : std::string("an estimate");
  text_in(fonts().body, figures, t.dim, off);
  const float off_w = text_size(fonts().body, off).x;
  term("Off centre " + std::to_string(index_of(slot)), {at.x, y, off_w, line},
       explanation("Off centre"));
  if (off_w + text_size(fonts().body, residual).x + px(12) <= at.w) {
    text_in(fonts().body, figures, t.dim, residual, Align::right);
    const float w = text_size(fonts().body, residual).x;
    term("Residual " + std::to_string(index_of(slot)), {at.right() - w, y, w, line},
         explanation("Residual"));
  }
  return height;
}

void draw_hide_buttons(App& app, Rect at, float each) {
  const Hidden now = app.view().hidden;
  const bool painted = app.selected() != nullptr && !app.painted_on(*app.selected()).empty();
  const std::string word = subject_word(app);
  const float inner = at.w - px(16);
  const struct {
    Hidden hidden;
    std::string name, caption;
  } buttons[] = {
      {Hidden::subject, "Hide the " + word,
       painted ? fitting(fonts().strong, inner, {"Hide what is painted", "Hide the paint"})
               : fitting(fonts().strong, inner, {"Hide the " + word, "Hide " + word})},
      {Hidden::surroundings, "Hide the background",
       painted ? fitting(fonts().strong, inner, {"Hide all but the paint", "Hide the rest"})
               : fitting(fonts().strong, inner, {"Hide the background", "Hide background"})}};
  float y = at.y;
  for (const auto& b : buttons) {
    const Rect place{at.x, y, at.w, each};
    if (option_button(b.name, b.caption, place, now == b.hidden))
      app.set_hidden(now == b.hidden ? Hidden::nothing : b.hidden);
    term(b.name, place, explanation("Hide"));
    y += each + px(8);
  }
}

}  // namespace camloss::ui
