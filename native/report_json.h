// metrics.json: the figures of every run, their means over the seeds, and the table printed from
// them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "native/epoch_json.h"
#include "native/evaluate.h"

namespace camloss::train {

using PartsFigures = std::map<Part, PartFigures>;

/// One part's figures. Classes are named; what does not exist is null.
[[nodiscard]] OrderedJson to_json(const PartFigures& figures,
                                  const std::vector<std::string>& classes);

/// {"train": {…}, "val": {…}, "shift": {…}} of the parts there are.
[[nodiscard]] OrderedJson parts_json(const PartsFigures& parts,
                                     const std::vector<std::string>& classes);

/// The worst accuracy over (class x part); null without pictures.
[[nodiscard]] std::optional<double> worst_group_accuracy(const PartsFigures& parts);

/// For each recipe, in the order of its first run: every figure's mean over the seeds, standard
/// deviation (n − 1; null for a single seed) and number of seeds.
/// @param runs  array of runs as in metrics.json: "recipe", "parts", "worst_group_accuracy"
[[nodiscard]] OrderedJson summary_json(const OrderedJson& runs);

/// The summary as a table for people: a column a recipe, a row a figure, with the direction that is
/// better.
[[nodiscard]] std::string comparison_table(const OrderedJson& summary);

}  // namespace camloss::train
