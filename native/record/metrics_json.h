// metrics.json: the figures of every run, their means over the seeds, and the table printed from
// them.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "native/evaluate/counterfactual.h"
#include "native/evaluate/evaluate.h"
#include "native/record/epoch.h"

namespace camloss::train {

using PartsFigures = std::map<Part, PartFigures>;

/// One part's figures. Classes are named; what does not exist is null.
[[nodiscard]] Json to_json(const PartFigures& figures, const std::vector<std::string>& classes);

/// {"train": {…}, "val": {…}, "shift": {…}, …} of the parts there are. `background` has
/// `still_says` too: the share on which the picture's class is surely named though its subject is
/// gone (lower is better).
[[nodiscard]] Json parts_json(const PartsFigures& parts, const std::vector<std::string>& classes);

/// {"leopard": {"found": 12, "of": 20, "centre": 0.6}, …}
[[nodiscard]] Json cut_outs_json(const std::array<CutOutCount, 2>& cut_outs,
                                 const std::vector<std::string>& classes);

/// Who chose the shift part, and whether its pictures can contradict their class: {"chosen_by":
/// "the data" | "border colour", "border_overlap": 0…1 | null, "contradicting": n, "of": n}
[[nodiscard]] Json shift_json(const Dataset& data);

/// Marks in the middle of a class's pictures (marks.h): {"leopard": {"x": …, "y": …, "edges": …} | null, …}
[[nodiscard]] Json marks_json(const Dataset& data);

/// The worst accuracy over (class x part) of the data's own parts; null without pictures.
[[nodiscard]] std::optional<double> worst_group_accuracy(const PartsFigures& parts);

/// For each recipe, in the order of its first run: every figure's mean over the seeds, standard
/// deviation (n − 1; null for a single seed) and number of seeds.
/// @param runs  array of runs as in metrics.json: "recipe", "parts", "worst_group_accuracy"
[[nodiscard]] Json summary_json(const Json& runs);

/// The summary as a table for people: a column a recipe, a row a figure, with the direction that is
/// better.
[[nodiscard]] std::string comparison_table(const Json& summary);

}  // namespace camloss::train
