// Reads, writes and averages figures by their table.
#include "native/record/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace camloss::train {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

/// The class of a scope, 0 or 1; nothing for all pictures.
std::optional<std::size_t> class_of(Of of) {
  if (of == Of::class0) return 0;
  if (of == Of::class1) return 1;
  return std::nullopt;
}

/// Puts a value where the table says it belongs.
void set_value(const Figure& figure, PartFigures& part, Of of, std::optional<double> value) {
  std::visit(Overloaded{[&](double PartFigures::*member) {
                          if (const auto c = class_of(of)) {
                            part.per_class[*c] = value;
                          } else {
                            part.*member = value.value_or(0);
                          }
                        },
                        [&](std::optional<double> PartFigures::*member) { part.*member = value; },
                        [&](double Sureness::*member) {
                          if (!value) return;
                          auto& sureness =
                              class_of(of) ? part.sureness_per_class[*class_of(of)] : part.sureness;
                          if (!sureness) sureness.emplace();
                          (*sureness).*member = *value;
                        },
                        [&](std::optional<double> MapFigures::*member) {
                          MapFigures& map = of == Of::centre_prior ? part.centre_prior : part.map;
                          map.*member = value;
                        }},
             figure.where);
}

constexpr std::string_view kCentrePrior = "centre_prior";

/// The value of a figure in a part of metrics.json, where it is there.
std::optional<double> read_value(const Figure& figure, const JsonReader& part, Of of,
                                 const std::vector<std::string>& classes) {
  std::optional<JsonReader> at = part;
  if (const auto c = class_of(of)) {
    at = at->find(figure.by_class);
    if (at) at = at->find(classes[*c]);
    if (at && figure.is_shared) at = at->find(figure.key);
  } else {
    if (of == Of::centre_prior) at = at->find(kCentrePrior);
    if (at) at = at->find(figure.key);
  }
  if (!at) return std::nullopt;
  return at->number();
}

}  // namespace

std::optional<double> value_of(const Figure& figure, const PartFigures& part, Of of) {
  const auto c = class_of(of);
  return std::visit(
      Overloaded{[&](double PartFigures::*member) -> std::optional<double> {
                   return c ? part.per_class[*c] : part.*member;
                 },
                 [&](std::optional<double> PartFigures::*member) { return part.*member; },
                 [&](double Sureness::*member) -> std::optional<double> {
                   const auto& sureness = c ? part.sureness_per_class[*c] : part.sureness;
                   if (!sureness) return std::nullopt;
                   return (*sureness).*member;
                 },
                 [&](std::optional<double> MapFigures::*member) {
                   return (of == Of::centre_prior ? part.centre_prior : part.map).*member;
                 }},
      figure.where);
}

Json figures_json(Part part, const std::vector<std::string>& classes,
                  const std::function<Json(const Figure&, Of)>& leaf) {
  Json json = Json::object(), prior = Json::object();
  const auto add_classes = [&](const Figure& figure) {
    Json& object = json[std::string(figure.by_class)];
    for (std::size_t c = 0; c < 2; ++c) {
      const Json value = leaf(figure, of_class(c));
      Json& own = object[classes[c]];
      if (!figure.is_shared) {
        own = value;
      } else if (!value.is_null()) {
        own[std::string(figure.key)] = value;
      }
    }
  };
  for (const Figure& figure : kFigures) {
    if (figure.is_of_background && part != Part::background) continue;
    json[std::string(figure.key)] = leaf(figure, Of::all);
    if (!figure.by_class.empty()) add_classes(figure);
    if (is_of_map(figure)) prior[std::string(figure.key)] = leaf(figure, Of::centre_prior);
  }
  json[std::string(kCentrePrior)] = std::move(prior);
  return json;
}

Json to_json(Part part, const PartFigures& figures, const std::vector<std::string>& classes) {
  Json json{{"n", figures.n}};
  json.update(figures_json(part, classes, [&](const Figure& figure, Of of) {
    return number_or_null(value_of(figure, figures, of));
  }));
  json["confusion"] = figures.confusion;
  json["perturbed"] = figures.perturbed;
  return json;
}

PartFigures part_from_json(const JsonReader& json, const std::vector<std::string>& classes) {
  PartFigures figures;
  figures.n = json["n"].count();
  figures.accuracy = json[figure("accuracy").key].number();
  for (std::size_t truth = 0; truth < 2; ++truth) {
    static_cast<void>(json[figure("accuracy").by_class][classes[truth]].number_or_null());
    for (std::size_t said = 0; said < 2; ++said)
      figures.confusion[truth][said] = json["confusion"][truth][said].count();
  }
  if (const auto perturbed = json.find("perturbed")) figures.perturbed = perturbed->count();
  for (const Figure& row : kFigures) {
    // What the part `background` still says is its share of surely right: written for readers, read as that.
    if (row.is_of_background) continue;
    set_value(row, figures, Of::all, read_value(row, json, Of::all, classes));
    if (is_of_map(row))
      set_value(row, figures, Of::centre_prior, read_value(row, json, Of::centre_prior, classes));
    if (row.by_class.empty()) continue;
    for (std::size_t c = 0; c < 2; ++c)
      set_value(row, figures, of_class(c), read_value(row, json, of_class(c), classes));
  }
  return figures;
}

Json parts_json(const PartsFigures& parts, const std::vector<std::string>& classes) {
  Json json = Json::object();
  for (const auto& [part, figures] : parts)
    json[std::string(to_string(part))] = to_json(part, figures, classes);
  return json;
}

PartsFigures parts_from_json(const JsonReader& json, const std::vector<std::string>& classes) {
  PartsFigures parts;
  for (const Part part : kAllParts) {
    if (const auto own = json.find(to_string(part))) parts[part] = part_from_json(*own, classes);
  }
  return parts;
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

std::optional<Statistics> statistics_of(std::span<const std::optional<double>> values) {
  Statistics statistics;
  statistics.seeds = static_cast<std::size_t>(
      std::ranges::count_if(values, [](const auto& value) { return value.has_value(); }));
  if (statistics.seeds == 0) return std::nullopt;
  const auto n = static_cast<double>(statistics.seeds);
  for (const auto& value : values) {
    if (value) statistics.mean += *value / n;
  }
  double square = 0;
  for (const auto& value : values) {
    if (value) square += (*value - statistics.mean) * (*value - statistics.mean);
  }
  if (statistics.seeds > 1) statistics.sd = std::sqrt(square / (n - 1));
  return statistics;
}

Json to_json(const std::optional<Statistics>& statistics) {
  if (!statistics) return nullptr;
  return {{"mean", statistics->mean},
          {"sd", number_or_null(statistics->sd)},
          {"seeds", statistics->seeds}};
}

std::string mean_text(const std::optional<Statistics>& statistics, int decimals) {
  if (!statistics) return "–";
  std::string text = fmt::format("{:.{}f}", statistics->mean, decimals);
  if (statistics->sd) text += fmt::format(" ± {:.{}f}", *statistics->sd, decimals);
  return text;
}

}  // namespace camloss::train
