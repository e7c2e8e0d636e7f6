// The parts of a report, each as HTML text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/record/run_records.h"
#include "native/report/report_pictures.h"

namespace camloss::train {

/// "0.953 ± 0.012", "–" where there is none.
[[nodiscard]] std::string figure_text(const std::optional<Statistics>& statistics);

/// The colour class of a recipe: 0 for the baseline, 1 for the candidate, the others in order.
[[nodiscard]] std::size_t colour_of(const Records& records, std::size_t recipe);

/// A recipe's name beside its colour.
[[nodiscard]] std::string recipe_mark(const Records& records, std::size_t recipe);

/// The sentence and the large figures at the top.
[[nodiscard]] std::string headline_section(const Records& records);
/// Every figure of every part, mean ± sd over seeds, with the centre prior beside.
[[nodiscard]] std::string comparison_section(const Records& records);
/// Confusion matrices of all seeds together.
[[nodiscard]] std::string confusion_section(const Records& records);
/// Losses, accuracy and off-centre mass per epoch.
[[nodiscard]] std::string curves_section(const Records& records);
/// What the recipes differ in, and what it came to; "" for fewer than three.
[[nodiscard]] std::string ablation_section(const Records& records);
/// Original and maps of the telling, average and failing pictures of each part.
[[nodiscard]] std::string pictures_section(const Records& records, const Galleries& galleries);
/// Every run by itself, the recipes, the commands and versions.
[[nodiscard]] std::string record_section(const Records& records);

}  // namespace camloss::train
