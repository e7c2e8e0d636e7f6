// The verdict of a training: whether the baseline takes a shortcut, and whether CAMLoss cured it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "native/record/run_record.h"

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
  /// On background: how often the class is surely named, mean of both.
  std::optional<double> still_says;
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

/// Collects the input from the runs of a training.
/// @param shift, marks  nothing: not on record
/// @return nothing where there is no pair to compare: one recipe only
[[nodiscard]] std::optional<VerdictInput> verdict_input(std::span<const RunRecord> runs,
                                                        const std::vector<std::string>& classes,
                                                        const std::optional<ShiftRecord>& shift,
                                                        const std::optional<CentralMarks>& marks);

/// The verdict of a training; "cannot say" where there is no pair.
[[nodiscard]] TrainingVerdict verdict_of_runs(std::span<const RunRecord> runs,
                                              const std::vector<std::string>& classes,
                                              const std::optional<ShiftRecord>& shift,
                                              const std::optional<CentralMarks>& marks);

/// {"word": …, "why": …, "figures": {…}}
[[nodiscard]] Json to_json(const TrainingVerdict& verdict);

/// "Verdict: cured. …" and, a line each, how often a model still names the class whose subject is gone.
[[nodiscard]] std::string verdict_text(const TrainingVerdict& verdict,
                                       std::span<const RunRecord> runs,
                                       const std::vector<std::string>& classes);

}  // namespace camloss::train
