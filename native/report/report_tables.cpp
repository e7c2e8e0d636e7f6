// The report's figures: headline, comparison, confusion matrices, ablation.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "native/base/json.h"
#include "native/record/verdict.h"
#include "native/report/report_sections.h"
#include "native/report/svg.h"

namespace camloss::train {
namespace {

std::optional<double> mean_of(const std::optional<Statistics>& statistics) {
  return statistics ? std::optional(statistics->mean) : std::nullopt;
}

std::string arrow(Better better) {
  return better == Better::higher
             ? "<span class=\"arrow\" title=\"higher is better\">↑<span class=\"unseen\"> higher "
               "is "
               "better</span></span>"
             : "<span class=\"arrow\" title=\"lower is better\">↓<span class=\"unseen\"> lower is "
               "better</span></span>";
}

/// A row of the comparison; the best mean is marked. "" where no recipe has the figure.
/// @param last_cell  of the column of the centre prior; nothing where the table has none
std::string comparison_row(const std::string& label, Better better,
                           const std::vector<std::optional<Statistics>>& statistics,
                           const std::optional<std::string>& last_cell,
                           std::string_view row_class = "") {
  std::optional<double> best;
  bool any = false, all_equal = true;
  for (const auto& one : statistics) {
    if (!one) continue;
    any = true;
    if (best && *best != one->mean) all_equal = false;
    if (!best || (better == Better::higher ? one->mean > *best : one->mean < *best))
      best = one->mean;
  }
  if (!any) return {};
  std::string row = fmt::format("<tr{}><th scope=\"row\">{} {}</th>",
                                row_class.empty() ? "" : fmt::format(" class=\"{}\"", row_class),
                                label, arrow(better));
  for (const auto& one : statistics) {
    const bool is_best = statistics.size() > 1 && !all_equal && one && one->mean == *best;
    row += fmt::format("<td{}>{}</td>", is_best ? " class=\"best\"" : "", figure_text(one));
  }
  if (last_cell) row += fmt::format("<td class=\"prior\">{}</td>", *last_cell);
  return row + "</tr>\n";
}

/// "64", or "62–64" where seeds divide the data differently.
std::string count_text(const Records& records, Part part) {
  std::size_t least = SIZE_MAX, most = 0;
  for (const RunRecord& run : records.runs) {
    const auto own = run.parts.find(part);
    if (own == run.parts.end()) continue;
    least = std::min(least, own->second.n);
    most = std::max(most, own->second.n);
  }
  return least == most ? fmt::format("{}", most) : fmt::format("{}–{}", least, most);
}

/// What a part holds, as far as the program knows.
std::string part_meaning(const Records& records, Part part) {
  if (part == Part::train) return "what the models were fitted to";
  if (part == Part::val) return "unseen, with the usual background";
  if (part == Part::swapped) return "made: subjects before backgrounds of the other class";
  if (part == Part::background) return "made: the subject filled in; lower is better";
  if (!records.is_shift_chosen()) return "unseen, as the data give it";
  std::string text = "unseen, chosen by border colour";
  const ShiftRecord& shift = *records.shift;
  if (shift.contradicting && shift.of) {
    text += fmt::format("; {} of {} contradict their class", *shift.contradicting, *shift.of);
  }
  if (shift.border_overlap) {
    text += fmt::format("; the classes' borders overlap by {:.0f} %", 100 * *shift.border_overlap);
  }
  return text;
}

/// "Subjects cut out: 12 of 20 leopard, …", the fewest over the seeds; "" where none were searched.
std::string cut_outs_text(const Records& records) {
  std::string text;
  std::size_t least = SIZE_MAX;
  for (std::size_t c = 0; c < 2; ++c) {
    std::optional<CutOutCount> fewest;
    for (const RunRecord& run : records.runs) {
      if (run.cut_outs && (!fewest || (*run.cut_outs)[c].found < fewest->found))
        fewest = (*run.cut_outs)[c];
    }
    if (!fewest) return {};
    least = std::min(least, fewest->found);
    text += fmt::format("{}{} of {} {}", text.empty() ? "Subjects cut out: " : ", ", fewest->found,
                        fewest->pictures, escaped(records.classes[c]));
  }
  if (least < kFewCutOuts) {
    text += fmt::format(
        ". Fewer than {} of a class: <em>swapped</em> and <em>background</em> say little",
        kFewCutOuts);
  }
  return text + ".";
}

/// The fields of a recipe as its file has them, "jitter.channels": value; for the ablation.
std::map<std::string, std::string> traits(const Recipe& recipe) {
  std::map<std::string, std::string> texts;
  const Json fields = Json::parse(recipe_json(recipe)).flatten();
  for (const auto& [path, value] : fields.items()) {
    std::string name = path.substr(1);
    std::ranges::replace(name, '/', '.');
    if (name == "name" || name == "description") continue;
    texts[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return texts;
}

/// Of one recipe's fields; "–" for a field that only others have.
std::string trait(const std::map<std::string, std::string>& traits, const std::string& name) {
  const auto found = traits.find(name);
  return found == traits.end() ? "–" : found->second;
}

}  // namespace

std::string figure_text(const std::optional<Statistics>& statistics) {
  std::string text = mean_text(statistics);
  // What follows the mean is set smaller.
  if (const std::size_t sd = text.find(" ± "); sd != std::string::npos)
    text = text.substr(0, sd) + "<span class=\"sd\">" + text.substr(sd) + "</span>";
  return text;
}

std::size_t colour_of(const Records& records, std::size_t recipe) {
  // Alone it is both the first and the last; its colour stays its own.
  if (records.recipe_names[recipe] == "camloss") return 1;
  if (recipe == records.baseline()) return 0;
  if (recipe == records.candidate()) return 1;
  std::size_t colour = 2;
  for (std::size_t other = 0; other < recipe; ++other) {
    if (other != records.baseline() && other != records.candidate()) ++colour;
  }
  return 2 + (colour - 2) % 6;
}

std::string recipe_mark(const Records& records, std::size_t recipe) {
  return fmt::format("<span class=\"mark c{}\"></span>{}", colour_of(records, recipe),
                     escaped(records.recipe_names[recipe]));
}

std::string headline_section(const Records& records) {
  const std::optional<Part> part = records.telling_part();
  if (!part) return {};
  const TrainingVerdict verdict =
      verdict_of_runs(records.runs, records.classes, records.shift, records.marks);
  std::string said = fmt::format("<p class=\"verdict\">Verdict: <strong>{}</strong>. {}</p>",
                                 escaped(verdict.word), escaped(verdict.why));
  const std::vector<RecipeRuns> recipes = records.by_recipe();
  const RecipeRuns &baseline = recipes[records.baseline()],
                   &candidate = recipes[records.candidate()];
  for (std::size_t c = 0; c < 2; ++c) {
    const std::string name = escaped(records.classes[c]);
    const auto share = baseline.figure(Part::background, figure("still_says"), of_class(c));
    if (!share) continue;
    said += fmt::format("<p>{} still says {} on {:.0f} % of the pictures without their {}.",
                        escaped(baseline.recipe), name, 100 * share->mean, name);
    const auto after = candidate.figure(Part::background, figure("still_says"), of_class(c));
    if (after && &candidate != &baseline)
      said += fmt::format(" {}: {:.0f} %.", escaped(candidate.recipe), 100 * after->mean);
    said += "</p>";
  }
  said += "<p class=\"dim\">" + cut_outs_text(records) + "</p>";
  std::string cards;
  const auto card = [&](std::size_t recipe) {
    const RecipeRuns& runs = recipes[recipe];
    const auto text = [&](const Figure& row) { return figure_text(runs.figure(*part, row)); };
    const auto titled = [&](const Figure& row) {
      return fmt::format("{} {}", row.title, text(row));
    };
    cards += fmt::format(
        "<div class=\"card c{}\"><h3>{}</h3><p class=\"large\">{}</p><p>accuracy on <em>{}</em></p>"
        "<p class=\"dim\">{} · {} · {}<br>{} · {} seed{}</p></div>",
        colour_of(records, recipe), recipe_mark(records, recipe), text(figure("accuracy")),
        to_string(*part), titled(figure("sure_right")), titled(figure("unsure")),
        titled(figure("sure_wrong")), titled(figure("off_centre_mass")), runs.runs.size(),
        runs.runs.size() == 1 ? "" : "s");
  };
  card(records.baseline());
  if (records.candidate() != records.baseline()) card(records.candidate());
  std::string few;
  if (candidate.runs.size() < 3) {
    few =
        "<p class=\"note\">Seeds differ a lot: a comparison should rest on at least three "
        "(<code>--seeds 1,2,3</code>).</p>";
  }
  return "<section class=\"headline\">" + said + "<div class=\"cards\">" + cards + "</div>" + few +
         "</section>\n";
}

std::string comparison_section(const Records& records) {
  std::string html =
      "<section><h2>Comparison</h2><p>Mean ± standard deviation over the seeds. ↑ higher is "
      "better, ↓ lower is better; the "
      "best mean of a row is bold. <em>Spot in the centre</em> is the reference that any map must "
      "beat: the same figures "
      "for a plain central Gaussian instead of the candidate's map. A nicer map does not prove "
      "a better model: read "
      "both.</p><div class=\"wide\"><table class=\"figures\"><thead><tr><th></th>";
  for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
    html += fmt::format("<th scope=\"col\">{}</th>", recipe_mark(records, r));
  }
  html += "<th scope=\"col\" class=\"prior\">spot in the centre</th></tr></thead>\n";
  const std::size_t columns = records.recipe_names.size() + 2;
  const std::vector<RecipeRuns> recipes = records.by_recipe();
  for (const Part part : records.parts()) {
    html += fmt::format(
        "<tbody><tr class=\"part\"><th colspan=\"{}\" scope=\"rowgroup\">{} <span class=\"dim\">{} "
        "pictures, {}</span></th></tr>\n",
        columns, to_string(part), count_text(records, part), part_meaning(records, part));
    const auto row = [&](const std::string& label, const Figure& figure, Of of,
                         std::string_view row_class = "") {
      std::vector<std::optional<Statistics>> statistics;
      for (const RecipeRuns& recipe : recipes)
        statistics.push_back(recipe.figure(part, figure, of));
      const RecipeRuns& candidate = recipes[records.candidate()];
      html += comparison_row(
          label, figure.better, statistics,
          is_of_map(figure) ? figure_text(candidate.figure(part, figure, Of::centre_prior)) : "",
          row_class);
    };
    for (const Figure& figure : kFigures) {
      if (!is_shown(figure, part)) continue;
      row(std::string(figure.title), figure, Of::all);
      if (figure.class_rows == Figure::Classes::nowhere) continue;
      for (std::size_t c = 0; c < 2; ++c)
        row(escaped(records.classes[c]), figure, of_class(c), "sub");
    }
    html += "</tbody>\n";
  }
  std::vector<std::optional<Statistics>> worst;
  for (const RecipeRuns& recipe : recipes) worst.push_back(recipe.figure(kWorstGroup));
  html += fmt::format(
      "<tbody><tr class=\"part\"><th colspan=\"{}\" scope=\"rowgroup\">all parts</th></tr>\n",
      columns);
  html += comparison_row(std::string(kWorstGroup.long_title), Better::higher, worst, "");
  return html + "</tbody></table></div></section>\n";
}

std::string confusion_section(const Records& records) {
  std::string html =
      "<section><h2>Confusion matrices</h2><p>Rows are the true class, columns the predicted one; "
      "the seeds are added "
      "up.</p>";
  for (const Part part : records.parts()) {
    if (part == Part::background) continue;  // nothing in it is right
    html += "<div class=\"matrices\">";
    for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
      std::array<std::array<std::size_t, 2>, 2> sum{};
      for (const RunRecord& run : records.runs) {
        const auto own = run.parts.find(part);
        if (run.recipe != records.recipe_names[r] || own == run.parts.end()) continue;
        for (std::size_t t = 0; t < 2; ++t) {
          for (std::size_t s = 0; s < 2; ++s) sum[t][s] += own->second.confusion[t][s];
        }
      }
      html += fmt::format(
          "<table class=\"matrix c{}\"><caption>{} · {}</caption><tr><td></td><th "
          "scope=\"col\">{}</th><th "
          "scope=\"col\">{}</th></tr>",
          colour_of(records, r), to_string(part), recipe_mark(records, r),
          escaped(records.classes[0]), escaped(records.classes[1]));
      for (std::size_t t = 0; t < 2; ++t) {
        const auto row = static_cast<double>(std::max<std::size_t>(sum[t][0] + sum[t][1], 1));
        html += fmt::format("<tr><th scope=\"row\">{}</th>", escaped(records.classes[t]));
        for (std::size_t s = 0; s < 2; ++s) {
          html += fmt::format("<td class=\"{}\" style=\"--share:{:.0f}%\">{}</td>",
                              t == s ? "right" : "wrong",
                              100 * static_cast<double>(sum[t][s]) / row, sum[t][s]);
        }
        html += "</tr>";
      }
      html += "</table>\n";
    }
    html += "</div>\n";
  }
  return html + "</section>\n";
}

std::string ablation_section(const Records& records) {
  if (records.recipe_names.size() < 3 || records.recipes.size() != records.recipe_names.size())
    return {};
  const std::optional<Part> part = records.telling_part();
  if (!part) return {};
  const std::vector<RecipeRuns> recipes = records.by_recipe();
  std::vector<std::map<std::string, std::string>> fields;
  std::set<std::string> names;
  for (const Recipe& recipe : records.recipes) {
    for (const auto& [name, text] : fields.emplace_back(traits(recipe))) names.insert(name);
  }
  std::vector<std::string> differing;
  std::ranges::copy_if(names, std::back_inserter(differing), [&](const std::string& name) {
    return std::ranges::any_of(
        fields, [&](const auto& own) { return trait(own, name) != trait(fields.front(), name); });
  });
  std::string html = fmt::format(
      "<section><h2>Ablation</h2><p>What the recipes differ in, and what it came to on "
      "<em>{}</em>; the difference of the "
      "accuracy is to {}.</p><div class=\"wide\"><table class=\"figures "
      "ablation\"><thead><tr><th>recipe</th>",
      to_string(*part), escaped(records.recipe_names[records.baseline()]));
  for (const std::string& name : differing)
    html += fmt::format("<th scope=\"col\">{}</th>", escaped(name));
  html += fmt::format("<th scope=\"col\">accuracy {}</th><th scope=\"col\">difference</th>",
                      arrow(Better::higher));
  std::vector<const Figure*> rows;
  for (const Figure* row :
       {&figure("off_centre_mass"), &figure("energy_in_mask")}) {  // the others: comparison
    if (std::ranges::any_of(recipes,
                            [&](const RecipeRuns& r) { return r.figure(*part, *row).has_value(); }))
      rows.push_back(row);
  }
  for (const Figure* row : rows) {
    html += fmt::format("<th scope=\"col\">{} {}</th>", row->title, arrow(row->better));
  }
  html += "<th scope=\"col\">seeds</th></tr></thead><tbody>\n";
  const auto reference = mean_of(recipes[records.baseline()].figure(*part, figure("accuracy")));
  for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", recipe_mark(records, r));
    for (const std::string& name : differing)
      html += fmt::format("<td>{}</td>", escaped(trait(fields[r], name)));
    const auto accuracy = recipes[r].figure(*part, figure("accuracy"));
    html += fmt::format("<td>{}</td>", figure_text(accuracy));
    const auto mean = mean_of(accuracy);
    html += mean && reference && r != records.baseline()
                ? fmt::format("<td>{:+.3f}</td>", *mean - *reference)
                : std::string("<td>–</td>");
    for (const Figure* row : rows)
      html += fmt::format("<td>{}</td>", figure_text(recipes[r].figure(*part, *row)));
    html += fmt::format("<td>{}</td></tr>\n", recipes[r].runs.size());
  }
  return html + "</tbody></table></div></section>\n";
}

}  // namespace camloss::train
