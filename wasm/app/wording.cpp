// Sentences that say plainly what a figure means.
#include "wasm/app/wording.h"

#include <cctype>
#include <cmath>
#include <cstdio>

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
  switch (verdict(static_cast<double>(r.probability))) {
    case Verdict::class0:
      return app.comparison().label_name(photo, slot, 0);
    case Verdict::class1:
      return app.comparison().label_name(photo, slot, 1);
    case Verdict::undecided:
      break;
  }
  return "undecided";
}

bool is_sure(const PhotoResult& r) {
  return verdict(static_cast<double>(r.probability)) != Verdict::undecided;
}

std::string answer_text(const App& app, const Photo* photo, Slot slot, const PhotoResult& r) {
  const std::string name = app.comparison().label_name(photo, slot, r.label);
  return is_sure(r) ? name : "leans to " + name;
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
  const Verdict v = verdict(static_cast<double>(r.probability));
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
  if (!is_sure(r)) return "leans to " + name + ", but is not sure (" + percent(r.share()) + ")";
  const auto right = is_right(app, photo, r);
  return std::string(right ? (*right ? "rightly " : "wrongly ") : "") + "says " + name;
}

/// What one model does, as a sentence.
std::string single(const App& app, const Photo& photo, Slot slot, const PhotoResult& r) {
  std::string s = app.comparison().model(&photo, slot).role + " " + claim(app, photo, slot, r);
  if (r.off_centre_mass) s += "; " + percent(r.off_centre_mass) + " of its evidence is off centre";
  return s + ".";
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

std::string difference_sentence(const App& app, const Photo& photo) {
  const PhotoResult* a = app.result(photo, Slot::baseline);
  const PhotoResult* b = app.result(photo, Slot::camloss);
  if (a == nullptr && b == nullptr) return "";
  if (a == nullptr) return single(app, photo, Slot::camloss, *b);
  if (b == nullptr) return single(app, photo, Slot::baseline, *a);
  const std::string name_a = app.comparison().model(&photo, Slot::baseline).role,
                    name_b = app.comparison().model(&photo, Slot::camloss).role;
  std::string s;
  const bool sure = is_sure(*a) && is_sure(*b);
  if (a->label == b->label && is_sure(*a) == is_sure(*b)) {
    const std::string name = app.comparison().label_name(&photo, Slot::baseline, a->label);
    const auto right = is_right(app, photo, *a);
    s = sure
            ? "Both " + std::string(right ? (*right ? "rightly " : "wrongly ") : "") + "say " + name
            : "Both lean to " + name + ", but are not sure (" + percent(a->share()) + " and " +
                  percent(b->share()) + ")";
  } else {
    s = name_a + " " + claim(app, photo, Slot::baseline, *a) + "; " + name_b + " " +
        claim(app, photo, Slot::camloss, *b);
  }
  s += ". ";
  if (!a->off_centre_mass || !b->off_centre_mass) return s;
  return s + whereabouts(name_a, *a->off_centre_mass, name_b, *b->off_centre_mass);
}

}  // namespace camloss::ui
