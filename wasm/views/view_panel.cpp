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

bool bar_beside_words(float width) { return width >= px(kBesideFrom); }

float row_height(float width) {
  return bar_beside_words(width) ? fonts().body->FontSize + px(4) : fonts().body->FontSize + px(10);
}

std::string row_caption(const App& app, Hidden hidden, float width) {
  if (hidden == Hidden::nothing) return fitting(fonts().body, width, {"Whole photo", "Whole"});
  if (hidden == Hidden::surroundings) {
    return fitting(fonts().body, width, {"Without the background", "No background", "No backgr."});
  }
  const std::string word = subject_word(app);
  return fitting(fonts().body, width, {"Without the " + word, "No " + word});
}

/// One line of the proof: what was hidden, how far the answer leans, and the answer.
void proof_row(App& app, const Photo& photo, Slot slot, Hidden hidden, const PhotoResult* r,
               Rect at) {
  const Theme& t = theme();
  const bool on = app.view().hidden == hidden;
  ImFont* font = on ? fonts().strong : fonts().body;
  const float line = fonts().body->FontSize;
  const bool wide = bar_beside_words(at.w);
  // The captions need room before the answers do.
  const float least = text_size(fonts().body, "No backgr.").x + px(4);
  const std::string said = r != nullptr ? answer_in_short(app, &photo, slot, *r) : std::string();
  const std::string share = r != nullptr ? percent(r->share()) : std::string();
  const float value = wide ? std::min(at.w * 0.34F, px(130)) : at.w - least;
  // A bar as long as there is room for, between caption and answer.
  const float length = px(at.w < px(260) ? 46 : 64);
  const float words = wide ? at.w - value - length - px(8) : least;
  const ImU32 ink = on ? t.text : t.dim;
  text_in(fonts().body, {at.x, at.y, words, line}, ink, row_caption(app, hidden, words));
  if (r == nullptr) return;
  text_in(font, {at.right() - value, at.y, value, line}, ink,
          fitting(font, value, {said + " " + share, share}), Align::right);
  const Rect strip =
      wide ? Rect{at.right() - value - length - px(4), at.y + line / 2 - px(4), length, px(8)}
           : Rect{at.x, at.y + line + px(2), at.w, px(5)};
  draw_leaning(app, slot, *r, strip, on ? 1.0F : 0.5F);
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
  const float rows = 3 * row_height(width);
  return verdict + rows + (compact ? 0 : px(10) + fonts().body->FontSize);
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
  for (const Hidden hidden : kStates) {
    const PhotoResult* of = hidden == Hidden::nothing       ? app.result(photo, slot)
                            : app.proof().photo == photo.id ? app.proof().result(hidden, slot)
                                                            : nullptr;
    const Rect place{at.x, y, at.w, row_height(at.w)};
    proof_row(app, photo, slot, hidden, of, place);
    if (hidden != Hidden::nothing && of != nullptr)
      record_widget("proof " + std::string(hidden == Hidden::subject ? "subject " : "background ") +
                        std::to_string(index_of(slot)),
                    place, app.view().hidden == hidden);
    y += row_height(at.w);
  }
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
