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

constexpr float kEvenMass = 0.64F;  // off-centre mass of a map that is the same everywhere

/// What one model does, as the start of a sentence.
std::string single(const App& app, const Photo& photo, Slot slot, const PhotoResult& r) {
  std::string s = app.slot(slot).role + " ";
  const std::string verdict_text = verdict_name(app, &photo, slot, r);
  s += verdict_text == "undecided" ? "is undecided" : "says " + verdict_text;
  if (const auto right = is_right(app, photo, r)) s += *right ? ", rightly" : ", wrongly";
  if (r.off_centre_mass) s += "; " + percent(r.off_centre_mass) + " of its evidence is off centre";
  return s + ".";
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
  const std::string name_a = app.slot(Slot::baseline).role, name_b = app.slot(Slot::camloss).role;
  const std::string said_a = verdict_name(app, &photo, Slot::baseline, *a),
                    said_b = verdict_name(app, &photo, Slot::camloss, *b);

  std::string s;
  const auto right_a = is_right(app, photo, *a), right_b = is_right(app, photo, *b);
  if (said_a == said_b) {
    s = said_a == "undecided" ? "Both are undecided" : "Both say " + said_a;
    if (right_a) s += *right_a ? ", rightly" : ", wrongly";
  } else {
    const auto says = [](const std::string& who, const std::string& what,
                         std::optional<bool> right) {
      if (what == "undecided") return who + " is undecided";
      return who + (right ? (*right ? " rightly says " : " wrongly says ") : " says ") + what;
    };
    s = says(name_a, said_a, right_a) + ", " + says(name_b, said_b, right_b);
  }
  s += ". ";
  if (!a->off_centre_mass || !b->off_centre_mass) return s;
  const float mass_a = *a->off_centre_mass, mass_b = *b->off_centre_mass;
  const auto tail = [&](const std::string& other, float mass) {
    return percent(mass) + " of its evidence is off centre; " + other + " ";
  };
  if (std::abs(mass_a - mass_b) < 0.08F) {
    s += "Both look about equally far from the centre: " + percent(mass_a) + " and " +
         percent(mass_b) + " of their evidence is off centre.";
  } else {
    const bool first = mass_a > mass_b;
    const float mass = first ? mass_a : mass_b;
    s += (first ? name_a : name_b) +
         (mass > kEvenMass ? " looks at the border: " : " looks further out: ") +
         tail(first ? name_b : name_a, mass) + percent(first ? mass_b : mass_a) + ".";
  }
  return s;
}

}  // namespace camloss::ui
