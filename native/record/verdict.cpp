// Rules of the verdict.
#include "native/record/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "shared/learn/verdict.h"

namespace camloss::train {
namespace {

using learn::kRight;
using learn::kSilent;
using learn::kSpread;
using learn::kSurely;
using learn::VerdictWord;

constexpr std::size_t kFewPictures = kFewCutOuts;  // of a class
static_assert(kFewPictures == learn::kFewPictures);
/// Of background, mean of both classes: above, the model goes by what is there.
constexpr double kStillSays = 0.50;
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

/// Whether most subjects of a class were not found.
bool is_hard(const CutOutCount& count) {
  return static_cast<double>(count.found) < kFound * static_cast<double>(count.pictures);
}

/// Whether subjects that were found, or given as masks, mostly lie elsewhere.
bool subjects_are_off_centre(const VerdictInput& in) {
  return std::ranges::any_of(in.cut_outs, [](const CutOutCount& count) {
    return count.found > 0 && count.centre.value_or(1) < kCentred;
  });
}

/// Whether subjects were found, or given as masks, in the centre of most pictures of both classes.
bool subjects_are_centred(const VerdictInput& in) {
  return std::ranges::all_of(in.cut_outs, [](const CutOutCount& count) {
    return !is_hard(count) && count.centre.value_or(0) >= kCentred;
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
        " It still goes by the background: it surely names the class on {} of the pictures without "
        "their subject.",
        percent(still_says));
  }
  if (subjects_are_off_centre(in)) {
    return why + " The subjects are not centred, which is what CAMLoss builds on.";
  }
  const double spread = candidate.off_centre_mass.value_or(0);
  if (spread > kSpread) {
    why +=
        fmt::format(" Its maps are not centred: {} of the evidence is off centre", percent(spread));
    // Masks and the search tell where the subjects lie.
    return why +
           (subjects_are_centred(in)
                ? ". The subjects are centred; what the centre shows may not tell the classes "
                  "apart well enough. Train longer, or give more pictures."
                : "; the subjects may not be centred, which is what CAMLoss builds on.");
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
  if (std::ranges::any_of(in.cut_outs, is_hard)) {
    return " In fewer than half of the pictures of a class a subject was found in the centre: the "
           "subjects may not be centred, which is what CAMLoss builds on.";
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
  if (!learn::is_costly(in.baseline.val->worst_class, in.candidate.val->worst_class)) return {};
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
  std::string sentence = fmt::format(
      "{}, {} is right on {} of the class it does worse on, {} on {}.", ground(in, *telling),
      in.baseline.name, percent(before), in.candidate.name, percent(after));
  sentence.front() = sentence.front() == 'w' ? 'W' : 'O';  // as `ground` begins

  const double usual = in.baseline.val ? in.baseline.val->worst_class : 1;
  const bool has_mark = telling->part == "swapped" && (in.has_mark[0] || in.has_mark[1]);
  const VerdictWord word = learn::verdict_word(
      {.usual = usual,
       .usual_after = in.baseline.val && in.candidate.val ? in.candidate.val->worst_class : 1,
       .before = before,
       .after = after,
       .sure_right = telling->candidate.sure_right,
       .unsure = in.candidate.val ? in.candidate.val->unsure : 0,
       .has_mark = has_mark});
  const std::string caveat = has_mark ? mark_text(in) : std::string();
  std::string why = sentence;
  switch (word) {
    case VerdictWord::cannot_say:
      if (usual >= learn::kLearnt) return cannot_say(sentence + caveat, figures);
      return cannot_say(
          fmt::format(
              "{} has not learnt the classes: it is right on {} of the usual pictures of the "
              "class it does worse on. Train longer, or look at the labels.",
              in.baseline.name, percent(usual)),
          figures);
    case VerdictWord::no_shortcut:
      why += " Backgrounds do not mislead it";
      why += in.baseline.still_says && *in.baseline.still_says > kStillSays
                 ? fmt::format(
                       ", though it still names the class on {} of the pictures without their "
                       "subject.",
                       percent(*in.baseline.still_says))
                 : std::string("; a mark on the subject itself is not tested.");
      break;
    case VerdictWord::worse:
      why += reason(in, *telling) + price(in);
      break;
    case VerdictWord::cured:
      why += caveat;
      break;
    case VerdictWord::partly_cured:
      if (after < kRight) {
        why += reason(in, *telling);
      } else if (telling->candidate.sure_right < kSurely) {
        why += fmt::format(" But {} is surely right on {} only.", in.candidate.name,
                           percent(telling->candidate.sure_right));
      }
      why += price(in) + caveat;
      break;
    case VerdictWord::not_cured:
      why += reason(in, *telling) + price(in) + caveat;
      break;
  }
  return {std::string(learn::to_string(word)), why, figures};
}

namespace {

/// A recipe's figures of a part; nothing where it was not measured.
std::optional<PartSummary> part_summary(const RecipeRuns& recipe, Part part) {
  const auto mean = [&](const Figure& row, Of of = Of::all) -> std::optional<double> {
    const auto statistics = recipe.figure(part, row, of);
    return statistics ? std::optional(statistics->mean) : std::nullopt;
  };
  const auto accuracy = mean(figure("accuracy"));
  if (!accuracy) return std::nullopt;
  PartSummary summary;
  summary.accuracy = summary.worst_class = *accuracy;
  for (const Of of : {Of::class0, Of::class1}) {
    if (const auto own = mean(figure("accuracy"), of))
      summary.worst_class = std::min(summary.worst_class, *own);
  }
  summary.sure_right = mean(figure("sure_right")).value_or(0);
  summary.unsure = mean(figure("unsure")).value_or(0);
  return summary;
}

RecipeSummary recipe_summary(const RecipeRuns& recipe) {
  const auto mean = [&](Part part, const Figure& row, Of of = Of::all) -> std::optional<double> {
    const auto statistics = recipe.figure(part, row, of);
    return statistics ? std::optional(statistics->mean) : std::nullopt;
  };
  // Both classes count alike: a model that gives one answer whatever it sees comes to one half.
  std::optional<double> still_says;
  const auto first = mean(Part::background, figure("still_says"), Of::class0);
  const auto second = mean(Part::background, figure("still_says"), Of::class1);
  if (first && second) still_says = (*first + *second) / 2;
  return {recipe.recipe,
          part_summary(recipe, Part::val),
          part_summary(recipe, Part::shift),
          part_summary(recipe, Part::swapped),
          still_says,
          mean(Part::val, figure("off_centre_mass"))};
}

/// Pictures of the shift part, of the class that has fewer.
std::size_t shift_pictures(const RunRecord& run) {
  const auto shift = run.parts.find(Part::shift);
  if (shift == run.parts.end()) return 0;
  const auto& matrix = shift->second.confusion;
  return std::min(matrix[0][0] + matrix[0][1], matrix[1][0] + matrix[1][1]);
}

}  // namespace

std::optional<VerdictInput> verdict_input(std::span<const RunRecord> runs,
                                          const std::vector<std::string>& classes,
                                          const std::optional<ShiftRecord>& shift,
                                          const std::optional<CentralMarks>& marks) {
  const std::vector<RecipeRuns> recipes = by_recipe(runs);
  if (recipes.size() < 2) return std::nullopt;
  auto baseline = std::ranges::find(recipes, "baseline", &RecipeRuns::recipe);
  if (baseline == recipes.end()) baseline = recipes.begin();
  auto candidate = std::ranges::find(recipes, "camloss", &RecipeRuns::recipe);
  if (candidate == recipes.end()) candidate = std::prev(recipes.end());
  if (baseline == candidate) return std::nullopt;

  VerdictInput input;
  input.baseline = recipe_summary(*baseline);
  input.candidate = recipe_summary(*candidate);
  input.classes = classes;
  if (shift) {
    input.shift_is_chosen = shift->is_chosen;
    input.border_overlap = shift->border_overlap;
  }
  if (marks) {
    for (std::size_t c = 0; c < 2; ++c) input.has_mark[c] = (*marks)[c].has_value();
  }
  // Seeds divide the data differently: the fewest count.
  bool first = true;
  for (const RunRecord& run : runs) {
    const auto cut_outs = run.cut_outs.value_or(std::array<CutOutCount, 2>{});
    for (std::size_t c = 0; c < 2; ++c) {
      if (first || cut_outs[c].found < input.cut_outs[c].found) input.cut_outs[c] = cut_outs[c];
    }
    input.shift_pictures =
        first ? shift_pictures(run) : std::min(input.shift_pictures, shift_pictures(run));
    first = false;
  }
  return input;
}

TrainingVerdict verdict_of_runs(std::span<const RunRecord> runs,
                                const std::vector<std::string>& classes,
                                const std::optional<ShiftRecord>& shift,
                                const std::optional<CentralMarks>& marks) {
  const auto input = verdict_input(runs, classes, shift, marks);
  return input ? verdict_of(*input)
               : cannot_say("one recipe alone shows no difference; train baseline and camloss.");
}

Json to_json(const TrainingVerdict& verdict) {
  return {{"word", verdict.word}, {"why", verdict.why}, {"figures", verdict.figures}};
}

std::string verdict_text(const TrainingVerdict& verdict, std::span<const RunRecord> runs,
                         const std::vector<std::string>& classes) {
  std::string text = fmt::format("Verdict: {}. {}", verdict.word, verdict.why);
  for (const RecipeRuns& recipe : by_recipe(runs)) {
    for (std::size_t c = 0; c < 2; ++c) {
      const auto share = recipe.figure(Part::background, figure("still_says"), of_class(c));
      if (!share) continue;
      text += fmt::format("\n  {} still says {} on {} of the pictures without their {}.",
                          recipe.recipe, classes[c], percent(share->mean), classes[c]);
    }
  }
  return text;
}

}  // namespace camloss::train
