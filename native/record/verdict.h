// The verdict of a training: whether the baseline takes a shortcut, and whether CAMLoss cured it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "native/evaluate/counterfactual.h"
#include "native/record/epoch.h"

namespace camloss::train {

/// What one recipe came to on one part, mean over the seeds. Shares, 0…1.
struct PartSummary {
  double accuracy = 0;
  double worst_class = 0;  // accuracy of the class it does worse on
  double sure_right = 0, unsure = 0;
};

/// What the verdict of a recipe rests on; parts that were not measured are missing.
struct RecipeSummary {
  std::string name;
  std::optional<PartSummary> val, shift, swapped;
  std::optional<double>
      still_says;  // background: the class is still surely named; the larger of the two classes
  std::optional<double> off_centre_mass;  // on val
};

struct VerdictInput {
  RecipeSummary baseline, candidate;
  std::vector<std::string> classes;
  bool shift_is_chosen = false;    // by the program, by border colour
  std::size_t shift_pictures = 0;  // of the class that has fewer
  std::optional<double> border_overlap;
  std::array<CutOutCount, 2> cut_outs{};
  std::array<bool, 2> has_mark{};  // (class): a mark in the middle of its pictures; see marks.h
};

struct TrainingVerdict {
  std::string
      word;  // "cured", "partly cured", "not cured", "worse", "no shortcut found", "cannot say"
  std::string why;  // one or two sentences
  Json figures;     // the two figures it rests on, and of which part and recipes
};

/// Rules and thresholds: docs/method.md, "The verdict".
[[nodiscard]] TrainingVerdict verdict_of(const VerdictInput& input);

/// Collects the input from runs as in metrics.json.
/// @param shift  metrics.json's "shift", or null
/// @param marks  metrics.json's "marks", or null
/// @return nothing where there is no pair to compare: one recipe only
[[nodiscard]] std::optional<VerdictInput> verdict_input(const Json& runs, const Json& summary,
                                                        const std::vector<std::string>& classes,
                                                        const Json& shift, const Json& marks = {});

/// {"word": …, "why": …, "figures": {…}}; "cannot say" where there is no pair.
[[nodiscard]] Json verdict_json(const Json& runs, const Json& summary,
                                const std::vector<std::string>& classes, const Json& shift,
                                const Json& marks = {});

/// "Verdict: cured. …" and, a line each, how often a model still names the class whose subject is gone.
/// @param metrics  as in metrics.json: "verdict", "summary", "classes"
[[nodiscard]] std::string verdict_text(const Json& metrics);

}  // namespace camloss::train
