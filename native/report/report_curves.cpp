// The report's curves.
#include <fmt/format.h>

#include <algorithm>

#include "native/report/report_sections.h"
#include "native/report/svg.h"

namespace camloss::train {
namespace {

/// Off-centre mass of a map that is the same everywhere, at σ = 0.25.
constexpr double kUniformOffCentreMass = 0.64;

std::vector<std::optional<double>> values_of(const RunRecord& run, const EpochFigure& figure) {
  std::vector<std::optional<double>> values;
  for (const EpochRecord& epoch : run.epochs) values.push_back(value_of(figure, epoch));
  return values;
}

/// Mean over the runs of what each epoch has, as long as all of them go on.
std::vector<std::optional<double>> mean_of(
    const std::vector<std::vector<std::optional<double>>>& runs) {
  std::size_t epochs = SIZE_MAX;
  for (const auto& run : runs) epochs = std::min(epochs, run.size());
  std::vector<std::optional<double>> mean(runs.empty() ? 0 : epochs);
  for (std::size_t e = 0; e < mean.size(); ++e) {
    double sum = 0;
    std::size_t count = 0;
    for (const auto& run : runs) {
      if (!run[e]) continue;
      sum += *run[e];
      ++count;
    }
    if (count > 0) mean[e] = sum / static_cast<double>(count);
  }
  return mean;
}

Chart chart_of(const Records& records, const EpochFigure& curve) {
  Chart chart;
  chart.title = curve.title;
  chart.subtitle = curve.subtitle;
  chart.is_share = curve.is_share;
  std::vector<ChartLine> means;
  for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
    std::vector<std::vector<std::optional<double>>> runs;
    for (const RunRecord& run : records.runs) {
      if (run.recipe != records.recipe_names[r]) continue;
      runs.push_back(values_of(run, curve));
      chart.lines.push_back({colour_of(records, r), false,
                             fmt::format("{}, seed {}", run.recipe, run.seed), runs.back()});
    }
    if (runs.size() == 1) chart.lines.pop_back();
    means.push_back({colour_of(records, r), true,
                     records.recipe_names[r] + (runs.size() > 1 ? ", mean of the seeds" : ""),
                     mean_of(runs)});
  }
  // The means stand above every single seed.
  for (ChartLine& mean : means) chart.lines.push_back(std::move(mean));
  if (curve.is_off_centre_mass) {
    chart.reference = kUniformOffCentreMass;
    chart.reference_name = "a uniform map";
  }
  return chart;
}

}  // namespace

std::string curves_section(const Records& records) {
  std::string charts;
  for (const bool is_share : {false, true}) {  // losses first
    for (const EpochFigure& curve : kEpochFigures) {
      if (curve.title.empty() || curve.is_share != is_share) continue;
      const Chart chart = chart_of(records, curve);
      if (has_values(chart)) charts += "<figure>" + chart_svg(chart) + "</figure>\n";
    }
  }
  if (charts.empty()) return {};
  std::string legend;
  for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
    legend += fmt::format("<span>{}</span> ", recipe_mark(records, r));
  }
  const bool seeds = records.runs.size() > records.recipe_names.size();
  return fmt::format(
      "<section><h2>Curves</h2><p class=\"legend\">{}{}</p><div "
      "class=\"charts\">{}</div></section>\n",
      legend, seeds ? "<span class=\"dim\">thick: mean of the seeds, thin: each seed</span>" : "",
      charts);
}

}  // namespace camloss::train
