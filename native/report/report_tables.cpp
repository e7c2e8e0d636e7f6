// The report's figures: headline, comparison, confusion matrices, ablation.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "native/evaluate/counterfactual.h"
#include "native/report/report_sections.h"
#include "native/report/svg.h"

namespace camloss::train {
namespace {

const Json* statistics_of(const Records& records, std::size_t recipe, std::string_view part,
                          std::initializer_list<std::string_view> path) {
  const Json* parts = value_at(records.summary.at(recipe), {"parts", part});
  return parts == nullptr ? nullptr : value_at(*parts, path);
}

std::optional<double> mean_of(const Json* statistics) {
  return statistics == nullptr ? std::nullopt : number_at(*statistics, {"mean"});
}

std::string arrow(bool higher_is_better) {
  return higher_is_better
             ? "<span class=\"arrow\" title=\"higher is better\">↑<span class=\"unseen\"> higher "
               "is "
               "better</span></span>"
             : "<span class=\"arrow\" title=\"lower is better\">↓<span class=\"unseen\"> lower is "
               "better</span></span>";
}

/// A row of the comparison; the best mean is marked. "" where no recipe has the figure.
/// @param last_cell  of the column of the centre prior; nothing where the table has none
std::string comparison_row(const std::string& label, bool higher_is_better,
                           const std::vector<const Json*>& statistics,
                           const std::optional<std::string>& last_cell,
                           std::string_view row_class) {
  std::optional<double> best;
  bool any = false, all_equal = true;
  for (const Json* one : statistics) {
    const auto mean = mean_of(one);
    if (!mean) continue;
    any = true;
    if (best && *best != *mean) all_equal = false;
    if (!best || (higher_is_better ? *mean > *best : *mean < *best)) best = mean;
  }
  if (!any) return {};
  std::string row = fmt::format("<tr{}><th scope=\"row\">{} {}</th>",
                                row_class.empty() ? "" : fmt::format(" class=\"{}\"", row_class),
                                label, arrow(higher_is_better));
  for (const Json* one : statistics) {
    const auto mean = mean_of(one);
    const bool is_best = statistics.size() > 1 && !all_equal && mean && *mean == *best;
    row += fmt::format("<td{}>{}</td>", is_best ? " class=\"best\"" : "", figure_text(one));
  }
  if (last_cell) row += fmt::format("<td class=\"prior\">{}</td>", *last_cell);
  return row + "</tr>\n";
}

/// "64", or "62–64" where seeds divide the data differently.
std::string count_text(const Records& records, const std::string& part) {
  std::size_t least = SIZE_MAX, most = 0;
  for (const RunRecord& run : records.runs) {
    if (const auto n = number_at(run.json, {"parts", part, "n"})) {
      least = std::min(least, static_cast<std::size_t>(*n));
      most = std::max(most, static_cast<std::size_t>(*n));
    }
  }
  return least == most ? fmt::format("{}", most) : fmt::format("{}–{}", least, most);
}

/// What a part holds, as far as the program knows.
std::string part_meaning(const Records& records, std::string_view part) {
  if (part == "train") return "what the models were fitted to";
  if (part == "val") return "unseen, with the usual background";
  if (part == "swapped") return "made: subjects before backgrounds of the other class";
  if (part == "background") return "made: the subject filled in; lower is better";
  if (!records.is_shift_chosen()) return "unseen, as the data give it";
  std::string text = "unseen, chosen by border colour";
  const auto contradicting = number_at(records.shift, {"contradicting"});
  const auto of = number_at(records.shift, {"of"});
  const auto overlap = number_at(records.shift, {"border_overlap"});
  if (contradicting && of) {
    text += fmt::format("; {:.0f} of {:.0f} contradict their class", *contradicting, *of);
  }
  if (overlap) text += fmt::format("; the classes' borders overlap by {:.0f} %", 100 * *overlap);
  return text;
}

/// "Subjects cut out: 12 of 20 leopard, …", the fewest over the seeds; "" where none were searched.
std::string cut_outs_text(const Records& records) {
  std::string text;
  std::size_t least = SIZE_MAX;
  for (const std::string& name : records.classes) {
    std::optional<std::pair<std::size_t, std::size_t>> fewest;  // found, of
    for (const RunRecord& run : records.runs) {
      const auto found = number_at(run.json, {"cut_outs", name, "found"});
      const auto of = number_at(run.json, {"cut_outs", name, "of"});
      if (!found || !of) continue;
      const std::pair own{static_cast<std::size_t>(*found), static_cast<std::size_t>(*of)};
      if (!fewest || own.first < fewest->first) fewest = own;
    }
    if (!fewest) return {};
    least = std::min(least, fewest->first);
    text += fmt::format("{}{} of {} {}", text.empty() ? "Subjects cut out: " : ", ", fewest->first,
                        fewest->second, escaped(name));
  }
  if (least < kFewCutOuts) {
    text += fmt::format(
        ". Fewer than {} of a class: <em>swapped</em> and <em>background</em> say little",
        kFewCutOuts);
  }
  return text + ".";
}

/// What a recipe sets, in few words, for the ablation.
struct Trait {
  const char* name;
  std::string (*text)(const Recipe&);
};

std::string plain(double value) { return fmt::format("{:g}", value); }

const std::array kTraits{
    Trait{"loss", [](const Recipe& r) { return std::string(to_string(r.loss)); }},
    Trait{"head", [](const Recipe& r) { return std::string(to_string(r.head)); }},
    Trait{"λ",
          [](const Recipe& r) { return r.loss == Loss::bce ? std::string("–") : plain(r.lambda); }},
    Trait{"λ ramp", [](const Recipe& r) { return fmt::format("{}", r.lambda_ramp_epochs); }},
    Trait{"σ", [](const Recipe& r) { return plain(r.sigma); }},
    Trait{"pixels", [](const Recipe& r) { return fmt::format("{}", r.input_size); }},
    Trait{"epochs", [](const Recipe& r) { return fmt::format("{}", r.epochs); }},
    Trait{"batch", [](const Recipe& r) { return fmt::format("{}", r.batch); }},
    Trait{"rate", [](const Recipe& r) { return plain(r.optimizer.learning_rate); }},
    Trait{"momentum", [](const Recipe& r) { return plain(r.optimizer.momentum); }},
    Trait{"schedule", [](const Recipe& r) { return std::string(to_string(r.optimizer.schedule)); }},
    Trait{"first weights", [](const Recipe& r) { return std::string(to_string(r.init)); }},
    Trait{"mixing", [](const Recipe& r) { return plain(r.mix); }},
    Trait{"its σ",
          [](const Recipe& r) {
            if (r.mix == 0) return std::string("–");
            return r.mix_sigma_spread == 0
                       ? plain(r.mix_sigma)
                       : fmt::format("{:g} ± {:g}", r.mix_sigma, r.mix_sigma_spread);
          }},
    Trait{"its offset",
          [](const Recipe& r) { return r.mix == 0 ? std::string("–") : plain(r.mix_offset); }},
    Trait{"rotation", [](const Recipe& r) { return std::string(r.rotate90 ? "±90°" : "no"); }},
    Trait{"greyscale", [](const Recipe& r) { return plain(r.greyscale); }},
    Trait{"jitter",
          [](const Recipe& r) {
            return plain(std::max(
                {r.jitter.brightness, r.jitter.contrast, r.jitter.saturation, r.jitter.hue}));
          }},
    Trait{"balance", [](const Recipe& r) { return std::string(r.balance ? "yes" : "no"); }},
    Trait{"averaging", [](const Recipe& r) { return plain(r.weight_average); }},
};

}  // namespace

std::string figure_text(const Json* statistics) {
  const auto mean = mean_of(statistics);
  if (!mean) return "–";
  const auto sd = number_at(*statistics, {"sd"});
  return sd ? fmt::format("{:.3f}<span class=\"sd\"> ± {:.3f}</span>", *mean, *sd)
            : fmt::format("{:.3f}", *mean);
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
  const std::string part = records.telling_part();
  if (part.empty()) return {};
  const Json verdict = records.verdict();
  std::string word = verdict.at("word").get<std::string>();
  std::string said = fmt::format("<p class=\"verdict\">Verdict: <strong>{}</strong>. {}</p>",
                                 escaped(word), escaped(verdict.at("why").get<std::string>()));
  for (const std::string& name : records.classes) {
    const auto share = number_at(records.summary.at(records.baseline()),
                                 {"parts", "background", "still_says_per_class", name, "mean"});
    if (!share) continue;
    said += fmt::format("<p>{} still says {} on {:.0f} % of the pictures without their {}.",
                        escaped(records.recipe_names[records.baseline()]), escaped(name),
                        100 * *share, escaped(name));
    const auto after = number_at(records.summary.at(records.candidate()),
                                 {"parts", "background", "still_says_per_class", name, "mean"});
    if (after && records.candidate() != records.baseline()) {
      said += fmt::format(" {}: {:.0f} %.", escaped(records.recipe_names[records.candidate()]),
                          100 * *after);
    }
    said += "</p>";
  }
  said += "<p class=\"dim\">" + cut_outs_text(records) + "</p>";
  std::string cards;
  const auto card = [&](std::size_t recipe) {
    const Json& summary = records.summary.at(recipe);
    const auto text = [&](std::string_view key) {
      return figure_text(value_at(summary, {"parts", part, key}));
    };
    cards += fmt::format(
        "<div class=\"card c{}\"><h3>{}</h3><p class=\"large\">{}</p><p>accuracy on <em>{}</em></p>"
        "<p class=\"dim\">surely right {} · undecided {} · surely wrong {}<br>off-centre mass {} · "
        "{} seed{}</p></div>",
        colour_of(records, recipe), recipe_mark(records, recipe), text("accuracy"), part,
        text("sure_right"), text("unsure"), text("sure_wrong"), text("off_centre_mass"),
        summary.at("seeds").get<std::size_t>(),
        summary.at("seeds").get<std::size_t>() == 1 ? "" : "s");
  };
  card(records.baseline());
  if (records.candidate() != records.baseline()) card(records.candidate());
  std::string few;
  if (records.summary.at(records.candidate()).at("seeds").get<std::size_t>() < 3) {
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
      "for a plain central Gaussian instead of the candidate's map. A nicer map is no evidence of "
      "a better model: read "
      "both.</p><div class=\"wide\"><table class=\"figures\"><thead><tr><th></th>";
  for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
    html += fmt::format("<th scope=\"col\">{}</th>", recipe_mark(records, r));
  }
  html += "<th scope=\"col\" class=\"prior\">spot in the centre</th></tr></thead>\n";
  const std::size_t columns = records.recipe_names.size() + 2;
  for (const std::string& part : records.parts()) {
    html += fmt::format(
        "<tbody><tr class=\"part\"><th colspan=\"{}\" scope=\"rowgroup\">{} <span class=\"dim\">{} "
        "pictures, {}</span></th></tr>\n",
        columns, part, count_text(records, part), part_meaning(records, part));
    const auto row = [&](const std::string& label, bool higher,
                         std::initializer_list<std::string_view> path,
                         const std::optional<std::string>& last, std::string_view row_class = "") {
      std::vector<const Json*> statistics;
      for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
        statistics.push_back(statistics_of(records, r, part, path));
      }
      html += comparison_row(label, higher, statistics, last, row_class);
    };
    if (part == to_string(Part::background)) {
      row("still says", false, {"still_says"}, "");
      for (const std::string& name : records.classes)
        row(escaped(name), false, {"still_says_per_class", name}, "", "sub");
      html += "</tbody>\n";
      continue;
    }
    row(kAccuracyRow.label, true, {kAccuracyRow.key}, "");
    for (const std::string& name : records.classes)
      row(escaped(name), true, {"per_class", name}, "", "sub");
    row("surely right", true, {"sure_right"}, "");
    for (const std::string& name : records.classes)
      row(escaped(name), true, {"sure_per_class", name, "sure_right"}, "", "sub");
    row("undecided", false, {"unsure"}, "");
    row("surely wrong", false, {"sure_wrong"}, "");
    for (const FigureRow& figure : kMapFigureRows) {
      row(figure.label, figure.higher_is_better, {figure.key},
          figure_text(
              statistics_of(records, records.candidate(), part, {"centre_prior", figure.key})));
    }
    html += "</tbody>\n";
  }
  std::vector<const Json*> worst;
  for (const Json& recipe : records.summary)
    worst.push_back(value_at(recipe, {"worst_group_accuracy"}));
  html += fmt::format(
      "<tbody><tr class=\"part\"><th colspan=\"{}\" scope=\"rowgroup\">all parts</th></tr>\n",
      columns);
  html += comparison_row("worst accuracy of a class in a part", true, worst, "", "");
  return html + "</tbody></table></div></section>\n";
}

std::string confusion_section(const Records& records) {
  std::string html =
      "<section><h2>Confusion matrices</h2><p>Rows are the true class, columns the predicted one; "
      "the seeds are added "
      "up.</p>";
  for (const std::string& part : records.parts()) {
    if (part == to_string(Part::background)) continue;  // nothing in it is right
    html += "<div class=\"matrices\">";
    for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
      std::array<std::array<std::size_t, 2>, 2> sum{};
      for (const RunRecord& run : records.runs) {
        const Json* matrix = value_at(run.json, {"parts", part, "confusion"});
        if (run.recipe() != records.recipe_names[r] || matrix == nullptr) continue;
        for (std::size_t t = 0; t < 2; ++t) {
          for (std::size_t s = 0; s < 2; ++s) sum[t][s] += matrix->at(t).at(s).get<std::size_t>();
        }
      }
      html += fmt::format(
          "<table class=\"matrix c{}\"><caption>{} · {}</caption><tr><td></td><th "
          "scope=\"col\">{}</th><th "
          "scope=\"col\">{}</th></tr>",
          colour_of(records, r), part, recipe_mark(records, r), escaped(records.classes[0]),
          escaped(records.classes[1]));
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
  const std::string part = records.telling_part();
  std::vector<const Trait*> differing;
  for (const Trait& trait : kTraits) {
    const std::string first = trait.text(records.recipes.front());
    if (std::ranges::any_of(records.recipes,
                            [&](const Recipe& r) { return trait.text(r) != first; })) {
      differing.push_back(&trait);
    }
  }
  std::string html = fmt::format(
      "<section><h2>Ablation</h2><p>What the recipes differ in, and what it came to on "
      "<em>{}</em>; the difference of the "
      "accuracy is to {}.</p><div class=\"wide\"><table class=\"figures "
      "ablation\"><thead><tr><th>recipe</th>",
      part, escaped(records.recipe_names[records.baseline()]));
  for (const Trait* trait : differing)
    html += fmt::format("<th scope=\"col\">{}</th>", trait->name);
  html += fmt::format("<th scope=\"col\">accuracy {}</th><th scope=\"col\">difference</th>",
                      arrow(true));
  std::vector<const FigureRow*> rows;
  for (const FigureRow& row :
       std::span(kMapFigureRows).first(2)) {  // the others are in the comparison
    for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
      if (mean_of(statistics_of(records, r, part, {row.key}))) {
        rows.push_back(&row);
        break;
      }
    }
  }
  for (const FigureRow* row : rows) {
    html += fmt::format("<th scope=\"col\">{} {}</th>", row->label, arrow(row->higher_is_better));
  }
  html += "<th scope=\"col\">seeds</th></tr></thead><tbody>\n";
  const auto reference = mean_of(statistics_of(records, records.baseline(), part, {"accuracy"}));
  for (std::size_t r = 0; r < records.recipe_names.size(); ++r) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", recipe_mark(records, r));
    for (const Trait* trait : differing)
      html += fmt::format("<td>{}</td>", escaped(trait->text(records.recipes[r])));
    const Json* accuracy = statistics_of(records, r, part, {"accuracy"});
    html += fmt::format("<td>{}</td>", figure_text(accuracy));
    const auto mean = mean_of(accuracy);
    html += mean && reference && r != records.baseline()
                ? fmt::format("<td>{:+.3f}</td>", *mean - *reference)
                : std::string("<td>–</td>");
    for (const FigureRow* row : rows)
      html += fmt::format("<td>{}</td>", figure_text(statistics_of(records, r, part, {row->key})));
    html += fmt::format("<td>{}</td></tr>\n", records.summary.at(r).at("seeds").get<std::size_t>());
  }
  return html + "</tbody></table></div></section>\n";
}

}  // namespace camloss::train
