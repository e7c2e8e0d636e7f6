// Sentences that say plainly what a figure means.
#include "wasm/app/wording.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <vector>

namespace camloss::ui {

std::string percent(std::optional<float> share) {
  if (!share || !std::isfinite(*share)) return "–";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.0f\u00A0%%", static_cast<double>(*share) * 100.0);
  return buffer;
}

std::string number(double value, int decimals) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, std::abs(value));
  const bool is_zero = std::strtod(buffer, nullptr) == 0;
  return (value < 0 && !is_zero ? "−" : "") + std::string(buffer);
}

std::string scientific(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.0e", value);
  return buffer;
}

std::string capital(std::string_view s) {
  std::string out(s);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

std::string verdict_name(const App& app, const Photo* photo, Slot slot, const PhotoResult& r) {
  switch (verdict_of(app, r)) {
    case Verdict::class0:
      return app.comparison().label_name(photo, slot, 0);
    case Verdict::class1:
      return app.comparison().label_name(photo, slot, 1);
    case Verdict::undecided:
      break;
  }
  return "undecided";
}

Verdict verdict_of(const App& app, const PhotoResult& r) {
  const float from = app.view().sure_from;
  if (from == ViewOptions().sure_from) return verdict(static_cast<double>(r.probability));
  if (r.share() <= from || !std::isfinite(r.probability)) return Verdict::undecided;
  return r.label == 0 ? Verdict::class0 : Verdict::class1;
}

bool is_sure(const App& app, const PhotoResult& r) {
  return verdict_of(app, r) != Verdict::undecided;
}

std::string answer_text(const App& app, const Photo* photo, Slot slot, const PhotoResult& r) {
  const std::string name = app.comparison().label_name(photo, slot, r.label);
  return is_sure(app, r) ? name : "leans to " + name;
}

std::string answer_in_short(const App& app, const Photo* photo, Slot slot, const PhotoResult& r) {
  return app.comparison().label_name(photo, slot, r.label) + (is_sure(app, r) ? "" : "?");
}

std::optional<Outcome> outcome(const App& app, const Photo& photo, const PhotoResult& r) {
  if (!app.truth(photo)) return std::nullopt;
  const auto right = is_right(app, photo, r);
  if (!right) return Outcome::unsure;
  return *right ? Outcome::right : Outcome::wrong;
}

std::optional<bool> is_right(const App& app, const Photo& photo, const PhotoResult& r) {
  const std::optional<int> truth = app.truth(photo);
  if (!truth) return std::nullopt;
  const Verdict v = verdict_of(app, r);
  if (v == Verdict::undecided) return std::nullopt;
  return v == (*truth == 0 ? Verdict::class0 : Verdict::class1);
}

std::string class_list(const App& app) {
  const auto& names = app.classes();
  return names.size() == 2 ? names[0] + " or " + names[1] : std::string();
}

namespace {

constexpr float kEvenMass = 0.64F;    // off-centre mass of a map that is the same everywhere
constexpr float kNearlyEven = 0.06F;  // as far from that a map still counts as even

/// "rightly says orca", or "leans to orca, but is not sure (57 %)".
std::string claim(const App& app, const Photo& photo, Slot slot, const PhotoResult& r) {
  const std::string name = app.comparison().label_name(&photo, slot, r.label);
  if (!is_sure(app, r))
    return "leans to " + name + ", but is not sure (" + percent(r.share()) + ")";
  const auto right = is_right(app, photo, r);
  return std::string(right ? (*right ? "rightly " : "wrongly ") : "") + "says " + name;
}

bool is_even(float mass) { return std::abs(mass - kEvenMass) <= kNearlyEven; }

/// Where the evidence of both lies: only what the figures bear.
std::string whereabouts(const std::string& name_a, float a, const std::string& name_b, float b) {
  const auto both = "(" + percent(a) + " and " + percent(b) + " off centre)";
  if (std::abs(a - b) < 0.08F) {
    const std::string where = is_even(a) && is_even(b) ? "spread over the whole picture "
                              : a < kEvenMass          ? "equally near the middle "
                                                       : "equally far from the middle ";
    return "The evidence of both is " + where + both + ".";
  }
  const bool first = a > b;
  const std::string& outer = first ? name_a : name_b;
  const float mass = first ? a : b;
  const std::string where = is_even(mass)      ? "spread over the whole picture"
                            : mass > kEvenMass ? "at the border"
                                               : "further out";
  return outer + "’s evidence is " + where + "; " + (first ? name_b : name_a) +
         "’s lies nearer the middle (" + percent(first ? b : a) + " off centre against " +
         percent(mass) + ").";
}

}  // namespace

/// The text without its middle where it is longer than `longest` bytes; cut between characters.
std::string without_middle(std::string_view s, std::size_t longest) {
  if (s.size() <= longest) return std::string(s);
  const auto continues = [&](std::size_t i) {
    return (static_cast<unsigned char>(s[i]) & 0xC0U) == 0x80U;
  };
  std::size_t head = longest / 2, tail = s.size() - longest / 2;
  while (head > 0 && continues(head)) --head;
  while (tail < s.size() && continues(tail)) ++tail;
  return std::string(s.substr(0, head)) + " … " + std::string(s.substr(tail));
}

std::string claim_sentence(const App& app, const Photo& photo) {
  const PhotoResult* a = app.result(photo, Slot::baseline);
  const PhotoResult* b = app.result(photo, Slot::camloss);
  if (a == nullptr && b == nullptr) return "";
  const auto alone = [&](Slot slot, const PhotoResult& r) {
    return app.comparison().model(&photo, slot).role + " " + claim(app, photo, slot, r) + ".";
  };
  if (a == nullptr) return alone(Slot::camloss, *b);
  if (b == nullptr) return alone(Slot::baseline, *a);
  if (a->label != b->label || is_sure(app, *a) != is_sure(app, *b)) {
    return app.comparison().model(&photo, Slot::baseline).role + " " +
           claim(app, photo, Slot::baseline, *a) + "; " +
           app.comparison().model(&photo, Slot::camloss).role + " " +
           claim(app, photo, Slot::camloss, *b) + ".";
  }
  const std::string name = app.comparison().label_name(&photo, Slot::baseline, a->label);
  if (!is_sure(app, *a)) {
    return "Both lean to " + name + ", but are not sure (" + percent(a->share()) + " and " +
           percent(b->share()) + ").";
  }
  const auto right = is_right(app, photo, *a);
  return "Both " + std::string(right ? (*right ? "rightly " : "wrongly ") : "") + "say " + name +
         ".";
}

std::string evidence_sentence(const App& app, const Photo& photo) {
  const PhotoResult* a = app.result(photo, Slot::baseline);
  const PhotoResult* b = app.result(photo, Slot::camloss);
  const auto off = [](const PhotoResult* r) {
    return r != nullptr ? r->off_centre_mass : std::optional<float>();
  };
  if (off(a) && off(b)) {
    return whereabouts(app.comparison().model(&photo, Slot::baseline).role, *off(a),
                       app.comparison().model(&photo, Slot::camloss).role, *off(b));
  }
  const auto one = a == nullptr ? off(b) : b == nullptr ? off(a) : std::optional<float>();
  return one ? percent(one) + " of its evidence is off centre." : std::string();
}

std::string difference_sentence(const App& app, const Photo& photo) {
  const std::string claims = claim_sentence(app, photo), evidence = evidence_sentence(app, photo);
  return claims + (claims.empty() || evidence.empty() ? "" : " ") + evidence;
}

std::string subject_word(const App& app) {
  const auto& names = app.classes();
  const auto is = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  return is("leopard") && is("orca") ? "animal" : "subject";
}

std::string hidden_words(const App& app, Hidden hidden) {
  if (hidden == Hidden::nothing) return "the whole photo";
  return hidden == Hidden::subject ? "without the " + subject_word(app) : "without the background";
}

Hidden hidden_here(const App& app) {
  return app.view().page == Page::compare ? app.view().hidden : Hidden::nothing;
}

namespace {

/// What a model says now that something is hidden: its verb, in one and for both, and what follows it.
struct After {
  std::string one, both, rest;
};

After after(const App& app, const Photo& photo, Slot slot, const PhotoResult& before,
            const PhotoResult& now) {
  const std::string name = app.comparison().label_name(&photo, slot, now.label);
  if (!is_sure(app, now)) {
    const bool was = is_sure(app, before);
    return {was ? "is no longer sure" : "stays unsure", was ? "are no longer sure" : "stay unsure",
            ""};
  }
  const bool same = is_sure(app, before) && before.label == now.label;
  return {same ? "still says" : "now says", same ? "still say" : "now say", " " + name};
}

}  // namespace

std::string proof_sentence(const App& app, const Photo& photo, Hidden hidden) {
  std::vector<std::string> parts;
  std::vector<After> said;
  std::vector<std::string> figures;
  for (const Slot slot : kBothSlots) {
    const ModelSlot& m = app.comparison().model(&photo, slot);
    if (!m.model) continue;
    const PhotoResult* before = app.result(photo, slot);
    const PhotoResult* now =
        app.proof().photo == photo.id ? app.proof().result(hidden, slot) : nullptr;
    if (before == nullptr || now == nullptr) return "";
    said.push_back(after(app, photo, slot, *before, *now));
    const std::string share = percent(now->share());
    figures.push_back(is_sure(app, *now)
                          ? share
                          : app.comparison().label_name(&photo, slot, now->label) + " " + share);
    const std::string role = slot == Slot::baseline ? "the baseline" : m.role;
    parts.push_back(role + " " + said.back().one + said.back().rest + " (" + figures.back() + ")");
  }
  if (said.empty()) return "";
  const std::string start = capital(hidden_words(app, hidden)) + " ";
  if (said.size() == 1) return start + parts[0] + ".";
  if (said[0].one == said[1].one && said[0].rest == said[1].rest) {
    return start + "both " + said[0].both + said[0].rest + " (" + figures[0] + " and " +
           figures[1] + ").";
  }
  return start + parts[0] + "; " + parts[1] + ".";
}

std::string proof_in_short(const App& app, const Photo& photo, Hidden hidden) {
  std::string s;
  for (const Slot slot : kBothSlots) {
    const PhotoResult* now =
        app.proof().photo == photo.id ? app.proof().result(hidden, slot) : nullptr;
    if (now == nullptr) continue;
    const std::string role =
        slot == Slot::baseline ? "baseline" : app.comparison().model(&photo, slot).role;
    s += (s.empty() ? "" : ", ") + role + " " + answer_in_short(app, &photo, slot, *now) + " " +
         percent(now->share());
  }
  return s.empty() ? s : capital(hidden_words(app, hidden)) + ": " + s + ".";
}

Hidden telling_part(const App& app, const Photo& photo) {
  if (hidden_here(app) != Hidden::nothing) return hidden_here(app);
  if (app.proof().photo != photo.id) return Hidden::subject;
  const auto keeps = [&](Slot slot, Hidden hidden) {
    const PhotoResult* before = app.result(photo, slot);
    const PhotoResult* now = app.proof().result(hidden, slot);
    return before != nullptr && now != nullptr && is_sure(app, *now) && before->label == now->label;
  };
  // Still sure of a picture without its subject, where the other one is not: nothing says it more plainly. Else without
  // the background, where the two part.
  if (keeps(Slot::baseline, Hidden::subject) && !keeps(Slot::camloss, Hidden::subject))
    return Hidden::subject;
  if (keeps(Slot::camloss, Hidden::surroundings)) {
    const PhotoResult* a = app.proof().result(Hidden::surroundings, Slot::baseline);
    const PhotoResult* b = app.proof().result(Hidden::surroundings, Slot::camloss);
    if (a != nullptr && verdict_of(app, *a) != verdict_of(app, *b)) return Hidden::surroundings;
  }
  return Hidden::subject;
}

std::string change_text(const App& app, const Photo& photo, Slot slot, const PhotoResult& now) {
  const PhotoResult* before = app.result(photo, slot);
  if (before == nullptr) return "";
  const auto points = std::lround((now.probability - before->probability) * 100);
  if (points == 0) return "No change";
  return std::to_string(std::abs(points)) + (std::abs(points) == 1 ? " point " : " points ") +
         (points > 0 ? "more " : "less ") + app.comparison().label_name(&photo, slot, 1) +
         " than before";
}

bool they_differ(const App& app, const Photo& photo) {
  const PhotoResult* a = app.result(photo, Slot::baseline);
  const PhotoResult* b = app.result(photo, Slot::camloss);
  return a != nullptr && b != nullptr && verdict_of(app, *a) != verdict_of(app, *b);
}

std::string drop_summary(const App& app) {
  int all = 0, differ = 0;
  for (const Photo& photo : app.photos().all()) {
    if (photo.sample || app.result(photo, Slot::baseline) == nullptr ||
        app.result(photo, Slot::camloss) == nullptr) {
      continue;
    }
    ++all;
    differ += they_differ(app, photo) ? 1 : 0;
  }
  if (all < 2) return "";
  return "Of " + std::to_string(all) + " photos they differ on " +
         (differ == 0 ? "none" : std::to_string(differ)) + ".";
}

}  // namespace camloss::ui
