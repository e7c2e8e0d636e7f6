// Rules of the verdict.
#include "native/record/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "native/record/run_records.h"

namespace camloss::train {
namespace {

// docs/method.md, "The verdict", has these numbers and where they come from.
constexpr std::size_t kFewPictures = kFewCutOuts;  // of a class
constexpr double kLearnt = 0.70;     // worst class on val: below, the model has not learnt the task
constexpr double kRight = 0.85;      // worst class on the telling part: it does what it should
constexpr double kGain = 0.10;       // of the worst class: a difference that counts
constexpr double kHalf = 0.50;       // worst class on the telling part: below, nothing is cured
constexpr double kShortcut = 0.10;   // that the worst class loses from val to the telling part
constexpr double kSilent = 0.50;     // share of val that is undecided
constexpr double kSurely = 0.60;     // share of the telling part that is surely right
constexpr double kSpread = 0.45;     // off-centre mass on val of a map that did not move
constexpr double kStillSays = 0.50;  // of background: the model goes by what is there
constexpr double kCentred = 0.35;    // mean centre weight of subjects that are centred
constexpr double kFound = 0.50;      // of the pictures searched: below, subjects are hard to find
constexpr double kNoOverlap = 0.10;  // of the borders' colours

/// The part that decides, and what each model came to on it.
struct Telling {
  std::string part;
  PartSummary baseline, candidate;
};

std::optional<Telling> telling_part(const VerdictInput& in) {
  // A shift part that somebody gave was given because it contradicts; one that the program chose
  // may hold nothing that does.
  if (!in.shift_is_chosen && in.shift_pictures >= kFewPictures && in.baseline.shift &&
      in.candidate.shift) {
    return Telling{"shift", *in.baseline.shift, *in.candidate.shift};
  }
  if (std::min(in.cut_outs[0].found, in.cut_outs[1].found) >= kFewPictures && in.baseline.swapped &&
      in.candidate.swapped) {
    return Telling{"swapped", *in.baseline.swapped, *in.candidate.swapped};
  }
  return std::nullopt;
}

bool nothing_contradicts(const VerdictInput& in) {
  return in.shift_is_chosen && in.border_overlap && *in.border_overlap < kNoOverlap;
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

/// What the figures were measured on.
std::string ground(const VerdictInput& in, const Telling& telling) {
  if (telling.part == "shift") return "on the shift part";
  std::string text = "with subjects before the other class's backgrounds";
  if (nothing_contradicts(in)) text += " (no picture of this folder contradicts its class)";
  return text;
}

bool is_silent(const VerdictInput& in) {
  return in.candidate.val && in.candidate.val->unsure > kSilent;
}

/// Whether subjects that were found, or given as masks, mostly lie elsewhere.
bool subjects_are_off_centre(const VerdictInput& in) {
  return std::ranges::any_of(in.cut_outs, [](const CutOutCount& count) {
    return count.found > 0 && count.centre < kCentred;
  });
}

/// Why the candidate does no better, as far as it can be seen.
std::string reason(const VerdictInput& in, const Telling& telling) {
  const RecipeSummary& candidate = in.candidate;
  if (is_silent(in)) {
    return fmt::format(
        " {} is silent: it is undecided on {} of the usual pictures. Train longer, or lower "
        "lambda.",
        candidate.name, percent(candidate.val->unsure));
  }
  std::string why;
  const double still_says = candidate.still_says.value_or(0);
  if (still_says > kStillSays) {
    why = fmt::format(
        " It still goes by the background: it surely names a class on {} of the pictures without "
        "their subject.",
        percent(still_says));
  }
  if (subjects_are_off_centre(in)) {
    return why + " The subjects are not centred, which is what CAMLoss builds on.";
  }
  const double spread = candidate.off_centre_mass.value_or(0);
  if (spread > kSpread) {
    return why + fmt::format(
                     " Its maps are not centred ({} of the evidence is off centre): the subjects "
                     "may not be centred, which is what CAMLoss builds on.",
                     percent(spread));
  }
  if (!why.empty()) return why;
  const bool moves_along =
      telling.part == "shift" && candidate.swapped && candidate.swapped->worst_class >= kRight;
  if (moves_along) {
    return fmt::format(
        " It is right on {} of the subjects before other backgrounds, so what misleads it comes "
        "along with the subject, in the centre: a watermark, a stand, a hand.",
        percent(candidate.swapped->worst_class));
  }
  if (spread > 0) {
    return " Its evidence is centred, yet wrong: what gives the class away may lie in the centre "
           "itself (a watermark, a stand, a hand), where CAMLoss makes a model look.";
  }
  return {};
}

/// Where the usual pictures suffer.
std::string price(const VerdictInput& in) {
  if (!in.baseline.val || !in.candidate.val) return {};
  if (in.candidate.val->worst_class > in.baseline.val->worst_class - kGain) return {};
  return fmt::format(
      " On the usual pictures it is right on {} of the class it does worse on, {} on {}.",
      percent(in.candidate.val->worst_class), in.baseline.name,
      percent(in.baseline.val->worst_class));
}

std::string mark_text(const VerdictInput& in) {
  std::string of;
  for (std::size_t c = 0; c < 2; ++c) {
    if (in.has_mark[c]) of += (of.empty() ? "" : " and of ") + in.classes[c];
  }
  return fmt::format(
      " All pictures of {} have the same edges in the middle, as a watermark makes them: they come "
      "along with the subject, so this test does not show whether the models go by them. Give a "
      "shift part without them.",
      of);
}

Json figures_of(const VerdictInput& in, const Telling& telling) {
  const auto of = [&](const PartSummary& part) {
    return Json{{"accuracy", part.accuracy},
                {"worst_class", part.worst_class},
                {"sure_right", part.sure_right}};
  };
  return {{"part", telling.part},
          {"figure", "worst_class"},
          {in.baseline.name, of(telling.baseline)},
          {in.candidate.name, of(telling.candidate)}};
}

TrainingVerdict cannot_say(std::string why, Json figures = Json::object()) {
  return {"cannot say", std::move(why), std::move(figures)};
}

std::string why_no_telling_part(const VerdictInput& in) {
  const auto& cut_outs = in.cut_outs;
  const bool are_few = std::min(cut_outs[0].pictures, cut_outs[1].pictures) < kFewPictures;
  std::string why = fmt::format(
      "{}: {} and {} subjects could be cut out of {} and {} pictures outside train, {} of each "
      "class "
      "are needed",
      are_few ? "too few pictures" : "too few subjects", cut_outs[0].found, cut_outs[1].found,
      cut_outs[0].pictures, cut_outs[1].pictures, kFewPictures);
  const auto is_hard = [](const CutOutCount& count) {
    return static_cast<double>(count.found) < kFound * static_cast<double>(count.pictures);
  };
  if (is_hard(cut_outs[0]) || is_hard(cut_outs[1])) {
    why +=
        "; the subjects may not be centred, or hardly differ from their background (masks beside "
        "the "
        "pictures, NAME.mask.png, tell where they are)";
  }
  if (nothing_contradicts(in)) {
    why += fmt::format(
        "; and nothing in this folder contradicts: the borders of {} and {} have no "
        "colour in common",
        in.classes[0], in.classes[1]);
  }
  return why + ". Give a shift part, or more pictures.";
}

}  // namespace

TrainingVerdict verdict_of(const VerdictInput& in) {
  const std::optional<Telling> telling = telling_part(in);
  if (!telling) return cannot_say(why_no_telling_part(in));
  const Json figures = figures_of(in, *telling);
  const double before = telling->baseline.worst_class;
  const double after = telling->candidate.worst_class;
  const std::string numbers = fmt::format(
      "{}, {} is right on {} of the class it does worse on, {} on {}.", ground(in, *telling),
      in.baseline.name, percent(before), in.candidate.name, percent(after));
  const std::string said = "W" + numbers.substr(1);
  const std::string sentence = numbers.front() == 'w' ? said : "O" + numbers.substr(1);

  if (in.baseline.val && in.baseline.val->worst_class < kLearnt) {
    return cannot_say(
        fmt::format("{} has not learnt the classes: it is right on {} of the usual pictures of the "
                    "class it does worse on. Train longer, or look at the labels.",
                    in.baseline.name, percent(in.baseline.val->worst_class)),
        figures);
  }
  if (after <= before - kGain && after < kRight) {
    return {"worse", sentence + reason(in, *telling) + price(in), figures};
  }
  const double usual = in.baseline.val ? in.baseline.val->worst_class : 1;
  const bool has_mark = telling->part == "swapped" && (in.has_mark[0] || in.has_mark[1]);
  if (before >= kRight || usual - before < kShortcut) {
    if (has_mark) return cannot_say(sentence + mark_text(in), figures);
    std::string why = sentence + " Backgrounds do not mislead it";
    why += in.baseline.still_says && *in.baseline.still_says > kStillSays
               ? fmt::format(
                     ", though it still names the class on {} of the pictures without their "
                     "subject.",
                     percent(*in.baseline.still_says))
               : std::string("; a mark on the subject itself is not tested.");
    return {"no shortcut found", why, figures};
  }
  const std::string caveat = has_mark ? mark_text(in) : std::string();
  const std::string lost = price(in);
  if (after >= kRight) {
    if (telling->candidate.sure_right < kSurely) {
      return {"partly cured",
              sentence +
                  fmt::format(" But {} is surely right on {} only.", in.candidate.name,
                              percent(telling->candidate.sure_right)) +
                  lost + caveat,
              figures};
    }
    return {lost.empty() ? "cured" : "partly cured", sentence + lost + caveat, figures};
  }
  if (after >= kHalf && after >= before + kGain && !is_silent(in)) {
    return {"partly cured", sentence + reason(in, *telling) + lost + caveat, figures};
  }
  return {"not cured", sentence + reason(in, *telling) + lost + caveat, figures};
}

std::optional<VerdictInput> verdict_input(const Json& runs, const Json& summary,
                                          const std::vector<std::string>& classes,
                                          const Json& shift, const Json& marks) {
  if (summary.size() < 2) return std::nullopt;
  const auto named = [&](std::string_view name) {
    return std::ranges::find_if(
        summary, [&](const Json& one) { return one.at("recipe").get<std::string>() == name; });
  };
  auto baseline = named("baseline");
  if (baseline == summary.end()) baseline = summary.begin();
  auto candidate = named("camloss");
  if (candidate == summary.end()) candidate = std::prev(summary.end());
  if (baseline == candidate) return std::nullopt;

  const auto recipe = [&](const Json& one) {
    RecipeSummary result;
    result.name = one.at("recipe").get<std::string>();
    const auto part = [&](std::string_view name) -> std::optional<PartSummary> {
      const auto accuracy = number_at(one, {"parts", name, "accuracy", "mean"});
      if (!accuracy) return std::nullopt;
      PartSummary figures;
      figures.accuracy = figures.worst_class = *accuracy;
      for (const std::string& of : classes) {
        if (const auto own = number_at(one, {"parts", name, "per_class", of, "mean"})) {
          figures.worst_class = std::min(figures.worst_class, *own);
        }
      }
      figures.sure_right = number_at(one, {"parts", name, "sure_right", "mean"}).value_or(0);
      figures.unsure = number_at(one, {"parts", name, "unsure", "mean"}).value_or(0);
      return figures;
    };
    result.val = part("val");
    result.shift = part("shift");
    result.swapped = part("swapped");
    for (const std::string& of : classes) {
      const auto share =
          number_at(one, {"parts", "background", "still_says_per_class", of, "mean"});
      if (share) result.still_says = std::max(result.still_says.value_or(0), *share);
    }
    result.off_centre_mass = number_at(one, {"parts", "val", "off_centre_mass", "mean"});
    return result;
  };
  VerdictInput input;
  input.baseline = recipe(*baseline);
  input.candidate = recipe(*candidate);
  input.classes = classes;
  const Json* chosen_by = value_at(shift, {"chosen_by"});
  input.shift_is_chosen = chosen_by != nullptr && *chosen_by == "border colour";
  input.border_overlap = number_at(shift, {"border_overlap"});
  for (std::size_t c = 0; c < 2; ++c) {
    input.has_mark[c] = number_at(marks, {classes[c], "edges"}).has_value();
  }

  // Seeds divide the data differently: the fewest count.
  bool first = true;
  for (const Json& run : runs) {
    std::size_t shift_pictures = 0;
    if (const Json* matrix = value_at(run, {"parts", "shift", "confusion"})) {
      const auto row = [&](std::size_t c) {
        return matrix->at(c).at(0).get<std::size_t>() + matrix->at(c).at(1).get<std::size_t>();
      };
      shift_pictures = std::min(row(0), row(1));
    }
    std::array<CutOutCount, 2> cut_outs{};
    for (std::size_t c = 0; c < 2; ++c) {
      const auto count = [&](std::string_view key) {
        return static_cast<std::size_t>(number_at(run, {"cut_outs", classes[c], key}).value_or(0));
      };
      cut_outs[c] = {count("of"), count("found"),
                     number_at(run, {"cut_outs", classes[c], "centre"}).value_or(1)};
      if (first || cut_outs[c].found < input.cut_outs[c].found) input.cut_outs[c] = cut_outs[c];
    }
    input.shift_pictures = first ? shift_pictures : std::min(input.shift_pictures, shift_pictures);
    first = false;
  }
  return input;
}

Json verdict_json(const Json& runs, const Json& summary, const std::vector<std::string>& classes,
                  const Json& shift, const Json& marks) {
  const auto input = verdict_input(runs, summary, classes, shift, marks);
  const TrainingVerdict verdict =
      input ? verdict_of(*input)
            : cannot_say("one recipe alone shows no difference; train baseline and camloss.");
  return {{"word", verdict.word}, {"why", verdict.why}, {"figures", verdict.figures}};
}

std::string verdict_text(const Json& metrics) {
  const Json& verdict = metrics.at("verdict");
  std::string text = fmt::format("Verdict: {}. {}", verdict.at("word").get<std::string>(),
                                 verdict.at("why").get<std::string>());
  for (const Json& recipe : metrics.at("summary")) {
    for (const Json& name : metrics.at("classes")) {
      const auto of = name.get<std::string>();
      const auto share =
          number_at(recipe, {"parts", "background", "still_says_per_class", of, "mean"});
      if (!share) continue;
      text += fmt::format("\n  {} still says {} on {} of the pictures without their {}.",
                          recipe.at("recipe").get<std::string>(), of, percent(*share), of);
    }
  }
  return text;
}

}  // namespace camloss::train
