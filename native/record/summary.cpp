// What the recipes of a training came to over their seeds: as JSON, and as a table for people.
#include <fmt/format.h>

#include <algorithm>

#include "native/base/text.h"
#include "native/record/run_record.h"

namespace camloss::train {

std::optional<Statistics> RecipeRuns::figure(Part part, const Figure& figure, Of of) const {
  std::vector<std::optional<double>> values;
  for (const RunRecord* run : runs) {
    if (const auto own = run->parts.find(part); own != run->parts.end())
      values.push_back(value_of(figure, own->second, of));
  }
  return statistics_of(values);
}

std::optional<Statistics> RecipeRuns::figure(const RunFigure& figure) const {
  std::vector<std::optional<double>> values;
  for (const RunRecord* run : runs) values.push_back(run->*figure.where);
  return statistics_of(values);
}

bool RecipeRuns::has(Part part) const {
  return std::ranges::any_of(runs, [&](const RunRecord* run) { return run->parts.contains(part); });
}

std::vector<RecipeRuns> by_recipe(std::span<const RunRecord> runs) {
  std::vector<RecipeRuns> recipes;
  for (const RunRecord& run : runs) {
    auto found = std::ranges::find(recipes, run.recipe, &RecipeRuns::recipe);
    if (found == recipes.end()) found = recipes.insert(found, {run.recipe, {}});
    found->runs.push_back(&run);
  }
  return recipes;
}

Json summary_json(std::span<const RunRecord> runs, const std::vector<std::string>& classes) {
  Json summary = Json::array();
  for (const RecipeRuns& recipe : by_recipe(runs)) {
    Json parts = Json::object();
    for (const Part part : kAllParts) {
      if (!recipe.has(part)) continue;
      parts[std::string(to_string(part))] = figures_json(
          part, classes,
          [&](const Figure& figure, Of of) { return to_json(recipe.figure(part, figure, of)); });
    }
    summary.push_back({{"recipe", recipe.recipe},
                       {"seeds", recipe.runs.size()},
                       {kWorstGroup.key, to_json(recipe.figure(kWorstGroup))},
                       {"parts", std::move(parts)}});
  }
  return summary;
}

std::string comparison_table(std::span<const RunRecord> runs,
                             const std::vector<std::string>& classes) {
  const std::vector<RecipeRuns> recipes = by_recipe(runs);
  if (recipes.empty()) return {};
  constexpr std::size_t kLabel = 20;
  std::size_t column = 17;
  for (const RecipeRuns& recipe : recipes) column = std::max(column, recipe.recipe.size() + 2);
  std::string text = padded("", kLabel);
  for (const RecipeRuns& recipe : recipes) text += padded(recipe.recipe, column);
  text += "\n";
  const auto add_row = [&](const std::string& label, Better better, const auto& statistics) {
    bool any = false;
    std::string line = padded("  " + label, kLabel);
    for (const RecipeRuns& recipe : recipes) {
      const std::optional<Statistics> own = statistics(recipe);
      any = any || own;
      line += padded(mean_text(own), column);
    }
    if (any) text += line + fmt::format("{} is better\n", to_string(better));
  };
  for (const Part part : kAllParts) {
    if (std::ranges::none_of(recipes, [&](const RecipeRuns& recipe) { return recipe.has(part); }))
      continue;
    text += fmt::format("{}\n", to_string(part));
    for (const Figure& figure : kFigures) {
      if (!is_shown(figure, part)) continue;
      add_row(std::string(figure.title), figure.better,
              [&](const RecipeRuns& recipe) { return recipe.figure(part, figure); });
      if (figure.class_rows != Figure::Classes::everywhere) continue;
      for (std::size_t c = 0; c < 2; ++c) {
        add_row("  " + classes[c], figure.better,
                [&](const RecipeRuns& recipe) { return recipe.figure(part, figure, of_class(c)); });
      }
    }
  }
  text += "all parts\n";
  add_row(std::string(kWorstGroup.title), Better::higher,
          [](const RecipeRuns& recipe) { return recipe.figure(kWorstGroup); });
  text.pop_back();
  return text;
}

}  // namespace camloss::train
