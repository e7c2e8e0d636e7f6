// Photos, answers, figures and controls as JSON; the sentences are those of wording.h.
#include "wasm/app/outline.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "shared/base/json_text.h"
#include "wasm/app/link.h"
#include "wasm/app/table_rows.h"
#include "wasm/app/wording.h"

namespace camloss::ui {
namespace {

/// Writes objects and lists; a comma goes before whatever is not the first.
class Writer {
 public:
  void open(char bracket) {
    comma();
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void key(std::string_view name) {
    comma();
    out_ += quoted_json(name) + ":";
    first_ = true;  // no comma before the value
  }
  void value(std::string_view s) { raw(quoted_json(s)); }
  void value(bool on) { raw(on ? "true" : "false"); }
  void value(double number) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.10g", std::isfinite(number) ? number : 0.0);
    raw(buffer);
  }
  void null() { raw("null"); }
  template <class T>
  void field(std::string_view name, T v) {
    key(name);
    value(v);
  }
  template <class List>
  void list(std::string_view name, const List& items) {
    key(name);
    open('[');
    for (const auto& item : items) value(std::string_view(item));
    close(']');
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void raw(std::string_view text) {
    comma();
    out_ += text;
  }
  std::string out_;
  bool first_ = true;
};

/// "orca.jpg (label orca): Baseline orca, probability of orca 98 %, off-centre mass 60 %. CAMLoss …"
std::string photo_line(const App& app, const Photo& photo) {
  std::string text = photo.name;
  if (!photo.label.empty()) text += " (label " + photo.label + ")";
  text += ": ";
  bool any = false;
  for (const Slot slot : kBothSlots) {
    const PhotoResult* r = app.result(photo, slot);
    if (r == nullptr) continue;
    any = true;
    text += app.comparison().model(&photo, slot).role + " " + answer_text(app, &photo, slot, *r) +
            ", probability of " + app.comparison().label_name(&photo, slot, 1) + " " +
            percent(r->probability) + ", off-centre mass " + percent(r->off_centre_mass) + ". ";
  }
  const ModelPair& judge = app.comparison().judge_of(&photo);
  const bool coming = judge.any_model() || judge.loading() || photo.stage != PhotoStage::ready;
  const bool gone =
      app.out_of_reach(photo, Slot::baseline) || app.out_of_reach(photo, Slot::camloss);
  if (!any) text += gone ? "its file is gone." : coming ? "waiting." : "no model is loaded.";
  return text;
}

std::string_view outcome_text(std::optional<Outcome> outcome) {
  if (!outcome) return "";
  switch (*outcome) {
    case Outcome::right:
      return "sure and right";
    case Outcome::unsure:
      return "unsure";
    case Outcome::wrong:
      break;
  }
  return "wrong";
}

void write_answer(Writer& w, const App& app, const Photo& photo, Slot slot) {
  const PhotoResult* r = app.result(photo, slot);
  if (r == nullptr) {
    w.null();
    return;
  }
  w.open('{');
  w.field("answer", std::string_view(answer_text(app, &photo, slot, *r)));
  w.field("probability", std::string_view(percent(r->share())));
  w.field("outcome", outcome_text(outcome(app, photo, *r)));
  w.close('}');
}

void write_selected(Writer& w, const App& app) {
  w.key("selected");
  const Photo* photo = app.selected();
  if (photo == nullptr) {
    w.null();
    return;
  }
  w.open('{');
  w.field("id", static_cast<double>(photo->id));
  w.field("line", std::string_view(photo_line(app, *photo)));
  w.field("difference", std::string_view(difference_sentence(app, *photo)));
  std::vector<std::string> proofs;
  for (const Hidden hidden : {Hidden::subject, Hidden::surroundings}) {
    std::string proof = proof_sentence(app, *photo, hidden);
    if (!proof.empty()) proofs.push_back(std::move(proof));
  }
  w.list("proofs", proofs);
  w.field("asks", app.asks_for_truth(*photo));
  w.field("truth", static_cast<double>(app.truth(*photo).value_or(-1)));
  w.close('}');
}

void write_probe(Writer& w, const App& app) {
  w.key("probe");
  const Photo* photo = app.selected();
  const ProbeChange change = photo != nullptr ? photo->probe : ProbeChange();
  w.open('{');
  w.field("x", static_cast<double>(change.shift_x));
  w.field("y", static_cast<double>(change.shift_y));
  w.field("hue", static_cast<double>(change.hue));
  w.field("painted", static_cast<double>(change.strokes.size()));
  std::vector<std::string> answers;
  const ProbeAnswer& answer = app.probe_answer();
  if (photo != nullptr && answer.photo == photo->id && change != ProbeChange()) {
    for (const Slot slot : kBothSlots) {
      const auto& r = answer.results[slot];
      if (!r) continue;
      const PhotoResult* before = app.result(*photo, slot);
      answers.push_back(app.comparison().model(photo, slot).role + ": " +
                        answer_text(app, photo, slot, *r) + ", " + percent(r->share()) +
                        (before == nullptr
                             ? "."
                             : "; without the change " + answer_text(app, photo, slot, *before) +
                                   ", " + percent(before->share()) + "."));
    }
  }
  w.list("answers", answers);
  w.close('}');
}

void write_models(Writer& w, const App& app) {
  const ModelPair& pair = app.pair();
  w.field("weights", std::string_view(app.comparison().pair_name(pair)));
  w.key("pairs");
  w.open('[');
  for (const WeightsPair& shipped : app.comparison().shipped())
    w.value(std::string_view(shipped.name));
  w.close(']');
  w.field("pair", static_cast<double>(pair.index));
  std::vector<std::string> failed, roles;
  for (const Slot slot : kBothSlots) {
    if (pair.slots[slot].failed) failed.push_back(pair.slots[slot].role);
    roles.push_back(pair.slots[slot].role);
  }
  w.list("failed", failed);
  w.list("roles", roles);
  w.list("classes", app.classes());
  w.field("subject", std::string_view(subject_word(app)));
  w.key("methods");
  w.open('[');
  for (const Method method : app.methods()) {
    w.open('{');
    w.field("name", to_string(method));
    w.field("title", method_title(method));
    w.close('}');
  }
  w.close(']');
}

}  // namespace

std::string outline_json(const App& app, std::size_t most) {
  Writer w;
  w.open('{');
  write_models(w, app);
  Link link;
  link.view = app.view();
  w.field("view", std::string_view(encode_link(link)));
  w.field("undo", std::string_view(app.undo_name()));
  w.field("redo", std::string_view(app.redo_name()));
  w.field("keeping", app.keeping());
  std::vector<std::string> figures;
  if (std::string summary = drop_summary(app); !summary.empty())
    figures.push_back(std::move(summary));
  for (const Slot slot : kBothSlots) {
    const Confusion found = confusion(app, slot);
    if (found.total > 0)
      figures.push_back(app.slot(slot).role + ": " + accuracy_text(found, false));
  }
  w.list("figures", figures);
  const auto& photos = app.photos().all();
  w.field("waiting", static_cast<double>(app.waiting()));
  w.field("total", static_cast<double>(photos.size()));
  write_selected(w, app);
  write_probe(w, app);
  const std::size_t place =
      app.photos().selected_id() ? app.photos().place(*app.photos().selected_id()).value_or(0) : 0;
  const std::size_t first = place / most * most;
  w.field("first", static_cast<double>(first));
  w.key("photos");
  w.open('[');
  for (std::size_t i = first; i < std::min(photos.size(), first + most); ++i) {
    const Photo& photo = photos[i];
    w.open('{');
    w.field("id", static_cast<double>(photo.id));
    w.field("name", std::string_view(photo.name));
    w.field("label", std::string_view(photo.label));
    w.field("sample", photo.sample.has_value());
    w.field("gone",
            app.out_of_reach(photo, Slot::baseline) || app.out_of_reach(photo, Slot::camloss));
    w.key("answers");
    w.open('[');
    for (const Slot slot : kBothSlots) write_answer(w, app, photo, slot);
    w.close(']');
    w.close('}');
  }
  w.close(']');
  w.close('}');
  return w.take();
}

std::string analysed_sentence(const App& app) {
  std::size_t analysed = 0, differ = 0;
  for (const Photo& photo : app.photos().all()) {
    const PhotoResult* a = app.result(photo, Slot::baseline);
    const PhotoResult* b = app.result(photo, Slot::camloss);
    if (a == nullptr || b == nullptr || !is_counted(app, photo)) continue;
    ++analysed;
    if (they_differ(app, photo)) ++differ;
  }
  return std::to_string(analysed) + (analysed == 1 ? " photo is" : " photos are") +
         " analysed. The two models differ on " + (differ == 0 ? "none" : std::to_string(differ)) +
         ".";
}

std::string photo_record_json(const App& app, PhotoId id) {
  const Photo* photo = app.photos().find(id);
  if (photo == nullptr) return "";
  Writer w;
  w.open('{');
  w.field("name", std::string_view(photo->name));
  w.field("label", std::string_view(photo->label));
  w.key("probe");
  w.open('[');
  const ProbeChange& probe = photo->probe;
  for (const float v : {probe.shift_x, probe.shift_y, probe.hue}) w.value(static_cast<double>(v));
  for (const Stroke& s : probe.strokes) {
    for (const float v : {s.x, s.y, s.radius}) w.value(static_cast<double>(v));
  }
  w.close(']');
  w.close('}');
  return w.take();
}

}  // namespace camloss::ui
