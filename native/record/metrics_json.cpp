// Builds metrics.json's figures and summary.
#include "native/record/metrics_json.h"
#include "native/base/text.h"
#include "native/data/marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace camloss::train {
namespace {

Json to_json(const MapFigures& figures) {
  Json json;
  json["off_centre_mass"] = number_or_null(figures.off_centre_mass);
  json["energy_in_mask"] = number_or_null(figures.energy_in_mask);
  json["pointing_game"] = number_or_null(figures.pointing_game);
  json["deletion"] = number_or_null(figures.deletion);
  json["insertion"] = number_or_null(figures.insertion);
  return json;
}

Json to_json(const Sureness& shares) {
  return {{"sure_right", shares.sure_right},
          {"unsure", shares.unsure},
          {"sure_wrong", shares.sure_wrong}};
}

Json statistics(const std::vector<double>& values) {
  if (values.empty()) return nullptr;
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value / n;
  double square = 0;
  for (const double value : values) square += (value - mean) * (value - mean);
  Json json;
  json["mean"] = mean;
  json["sd"] = values.size() < 2 ? Json(nullptr) : Json(std::sqrt(square / (n - 1)));
  json["seeds"] = values.size();
  return json;
}

/// The same tree with every number replaced by its statistics over the runs; counts and lists are
/// left out.
Json statistics_of_trees(const std::vector<const Json*>& trees) {
  Json result = Json::object();
  for (const auto& [key, first] : trees.front()->items()) {
    if (key == "n" || key == "perturbed" || first.is_array() || first.is_string()) continue;
    std::vector<const Json*> below;
    std::vector<double> values;
    for (const Json* tree : trees) {
      const auto found = tree->find(key);
      if (found == tree->end()) continue;
      if (found->is_object()) below.push_back(&*found);
      if (found->is_number()) values.push_back(found->get<double>());
    }
    result[key] = below.empty() ? statistics(values) : statistics_of_trees(below);
  }
  return result;
}

/// A figure of the table: its path in a part's summary, its name, and which direction is better.
struct Row {
  const char* key;
  const char* label;
  const char* better;
};
constexpr Row kMapRows[] = {
    {"off_centre_mass", "off-centre mass", "lower"},
    {"energy_in_mask", "energy in mask", "higher"},
    {"pointing_game", "pointing game", "higher"},
    {"deletion", "deletion", "lower"},
    {"insertion", "insertion", "higher"},
};

std::string figure(const Json* statistics) {
  if (statistics == nullptr || !statistics->is_object()) return "–";
  const Json& sd = statistics->at("sd");
  const std::string mean = fmt::format("{:.3f}", statistics->at("mean").get<double>());
  return sd.is_null() ? mean : fmt::format("{} ± {:.3f}", mean, sd.get<double>());
}

const Json* find(const Json& tree, std::initializer_list<std::string_view> path) {
  const Json* at = &tree;
  for (const std::string_view key : path) {
    const auto found = at->find(std::string(key));
    if (found == at->end()) return nullptr;
    at = &*found;
  }
  return at;
}

}  // namespace

Json to_json(const PartFigures& figures, const std::vector<std::string>& classes) {
  Json json;
  json["n"] = figures.n;
  json["accuracy"] = figures.accuracy;
  Json per_class = Json::object();
  for (std::size_t c = 0; c < 2; ++c) per_class[classes[c]] = number_or_null(figures.per_class[c]);
  json["per_class"] = std::move(per_class);
  json.update(to_json(figures.sureness));
  Json sure = Json::object();
  for (std::size_t c = 0; c < 2; ++c) {
    const auto& own = figures.sureness_per_class[c];
    sure[classes[c]] = own ? to_json(*own) : Json(nullptr);
  }
  json["sure_per_class"] = std::move(sure);
  json["confusion"] = figures.confusion;
  json.update(to_json(figures.map));
  json["perturbed"] = figures.perturbed;
  json["residual"] = number_or_null(figures.residual);
  json["centre_prior"] = to_json(figures.centre_prior);
  return json;
}

Json parts_json(const PartsFigures& parts, const std::vector<std::string>& classes) {
  Json json = Json::object();
  for (const auto& [part, figures] : parts) {
    Json own = to_json(figures, classes);
    if (part == Part::background) {
      own["still_says"] = figures.sureness.sure_right;
      Json by_class = Json::object();
      for (std::size_t c = 0; c < 2; ++c) {
        const auto& sure = figures.sureness_per_class[c];
        by_class[classes[c]] = sure ? Json(sure->sure_right) : Json(nullptr);
      }
      own["still_says_per_class"] = std::move(by_class);
    }
    json[std::string(to_string(part))] = std::move(own);
  }
  return json;
}

Json marks_json(const Dataset& data) {
  const auto marks = central_marks(data);
  Json json = Json::object();
  for (std::size_t c = 0; c < 2; ++c) {
    Json& own = json[data.classes[c]];
    if (marks[c]) own = {{"x", marks[c]->x}, {"y", marks[c]->y}, {"edges", marks[c]->edges}};
  }
  return json;
}

Json shift_json(const Dataset& data) {
  std::size_t contradicting = 0;
  const auto shift = data.part(Part::shift);
  for (const Sample* sample : shift) contradicting += sample->contradiction >= kContradicting;
  Json json;
  json["chosen_by"] = data.shift_is_chosen ? "border colour" : "the data";
  json["border_overlap"] = number_or_null(data.border_overlap);
  json["contradicting"] = contradicting;
  json["of"] = shift.size();
  return json;
}

Json cut_outs_json(const std::array<CutOutCount, 2>& cut_outs,
                   const std::vector<std::string>& classes) {
  Json json = Json::object();
  for (std::size_t c = 0; c < 2; ++c) {
    json[classes[c]] = {
        {"found", cut_outs[c].found}, {"of", cut_outs[c].pictures}, {"centre", cut_outs[c].centre}};
  }
  return json;
}

std::optional<double> worst_group_accuracy(const PartsFigures& parts) {
  std::optional<double> worst;
  for (const auto& [part, figures] : parts) {
    if (part == Part::swapped || part == Part::background) continue;
    for (const auto& accuracy : figures.per_class) {
      if (accuracy && (!worst || *accuracy < *worst)) worst = accuracy;
    }
  }
  return worst;
}

Json summary_json(const Json& runs) {
  std::vector<std::string> recipes;
  for (const Json& run : runs) {
    const auto recipe = run.at("recipe").get<std::string>();
    if (std::ranges::find(recipes, recipe) == recipes.end()) recipes.push_back(recipe);
  }
  Json summary = Json::array();
  for (const std::string& recipe : recipes) {
    std::vector<const Json*> parts;
    std::vector<double> worst;
    for (const Json& run : runs) {
      if (run.at("recipe") != recipe) continue;
      parts.push_back(&run.at("parts"));
      if (run.at("worst_group_accuracy").is_number())
        worst.push_back(run.at("worst_group_accuracy").get<double>());
    }
    summary.push_back({{"recipe", recipe},
                       {"seeds", parts.size()},
                       {"worst_group_accuracy", statistics(worst)},
                       {"parts", statistics_of_trees(parts)}});
  }
  return summary;
}

std::string comparison_table(const Json& summary) {
  if (summary.empty()) return {};
  constexpr std::size_t kLabel = 20;
  std::size_t column = 17;
  for (const Json& recipe : summary) {
    column = std::max(column, recipe.at("recipe").get<std::string>().size() + 2);
  }
  std::string text = padded("", kLabel);
  for (const Json& recipe : summary) text += padded(recipe.at("recipe").get<std::string>(), column);
  text += "\n";
  const auto add_row = [&](const std::string& label, std::initializer_list<std::string_view> path,
                           std::string_view better) {
    bool any = false;
    std::string line = padded("  " + label, kLabel);
    for (const Json& recipe : summary) {
      const Json* found = find(recipe, path);
      any = any || (found != nullptr && found->is_object());
      line += padded(figure(found), column);
    }
    if (any) text += line + fmt::format("{} is better\n", better);
  };
  for (const auto& [part, figures] : summary.front().at("parts").items()) {
    text += part + "\n";
    if (part == to_string(Part::background)) {
      // The subject is gone: whoever still names the class goes by the background.
      add_row("still says", {"parts", part, "still_says"}, "lower");
      if (const Json* classes = find(figures, {"still_says_per_class"})) {
        for (const auto& [name, unused] : classes->items()) {
          add_row("  " + name, {"parts", part, "still_says_per_class", name}, "lower");
        }
      }
      continue;
    }
    add_row("accuracy", {"parts", part, "accuracy"}, "higher");
    if (const Json* classes = find(figures, {"per_class"})) {
      for (const auto& [name, unused] : classes->items()) {
        add_row("  " + name, {"parts", part, "per_class", name}, "higher");
      }
    }
    add_row("surely right", {"parts", part, "sure_right"}, "higher");
    add_row("undecided", {"parts", part, "unsure"}, "lower");
    add_row("surely wrong", {"parts", part, "sure_wrong"}, "lower");
    for (const Row& row : kMapRows) add_row(row.label, {"parts", part, row.key}, row.better);
  }
  text += "all parts\n";
  add_row("worst group", {"worst_group_accuracy"}, "higher");
  text.pop_back();
  return text;
}

}  // namespace camloss::train
