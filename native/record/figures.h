// The figures of a model on a part of the data: the table that files, tables, reports and MLflow take them from, and
// their means over seeds.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "native/base/json.h"
#include "native/base/json_reader.h"
#include "native/evaluate/evaluate.h"

namespace camloss::train {

using PartsFigures = std::map<Part, PartFigures>;

enum class Better { higher, lower };

/// "higher", "lower".
[[nodiscard]] constexpr std::string_view to_string(Better better) {
  return better == Better::higher ? "higher" : "lower";
}

/// Which pictures or which map a figure is of.
enum class Of { all, class0, class1, centre_prior };
/// The scope of a class: 0 or 1.
[[nodiscard]] constexpr Of of_class(std::size_t index) {
  return index == 0 ? Of::class0 : Of::class1;
}

/// A figure. Its row in kFigures is all that the program knows of it: a new one is one row.
struct Figure {
  std::string_view key;    // in files
  std::string_view title;  // in tables; empty: in files only
  Better better;
  /// Where a result has it. Figures of a map are those of the centre prior, too.
  std::variant<double PartFigures::*, std::optional<double> PartFigures::*, double Sureness::*,
               std::optional<double> MapFigures::*>
      where;
  /// The object of a file that has it by class; empty: it is not told by class. One that several figures share has an
  /// object a class.
  std::string_view by_class = "";
  bool is_shared = false;
  bool is_of_background = false;  // of that part alone, in tables the only one of it
  enum class Classes { nowhere, in_reports, everywhere } class_rows = Classes::nowhere;
  bool is_of_training = false;  // evaluate does not measure it
};

/// In the order of files and tables.
inline constexpr Figure kFigures[] = {
    {"accuracy", "accuracy", Better::higher, &PartFigures::accuracy, "per_class", false, false,
     Figure::Classes::everywhere},
    {"sure_right", "surely right", Better::higher, &Sureness::sure_right, "sure_per_class", true,
     false, Figure::Classes::in_reports},
    {"unsure", "undecided", Better::lower, &Sureness::unsure, "sure_per_class", true},
    {"sure_wrong", "surely wrong", Better::lower, &Sureness::sure_wrong, "sure_per_class", true},
    {"off_centre_mass", "off-centre mass", Better::lower, &MapFigures::off_centre_mass},
    {"energy_in_mask", "energy in mask", Better::higher, &MapFigures::energy_in_mask},
    {"pointing_game", "pointing game", Better::higher, &MapFigures::pointing_game},
    {.key = "deletion",
     .title = "deletion",
     .better = Better::lower,
     .where = &MapFigures::deletion,
     .is_of_training = true},
    {.key = "insertion",
     .title = "insertion",
     .better = Better::higher,
     .where = &MapFigures::insertion,
     .is_of_training = true},
    {.key = "residual",
     .title = "",
     .better = Better::lower,
     .where = &PartFigures::residual,
     .is_of_training = true},
    // The subject is gone: a model that still surely names the class goes by the background.
    {"still_says", "still says", Better::lower, &Sureness::sure_right, "still_says_per_class",
     false, true, Figure::Classes::everywhere},
};

/// The row of a key. A key that no row has does not compile.
consteval const Figure& figure(std::string_view key) {
  for (const Figure& row : kFigures) {
    if (row.key == key) return row;
  }
  throw "no figure has this key";
}

/// Whether tables show the figure of that part.
[[nodiscard]] constexpr bool is_shown(const Figure& figure, Part part) {
  return !figure.title.empty() && figure.is_of_background == (part == Part::background);
}

/// Whether it is a figure of a map, which the centre prior has as well.
[[nodiscard]] constexpr bool is_of_map(const Figure& figure) {
  return std::holds_alternative<std::optional<double> MapFigures::*>(figure.where);
}

/// The value of a figure; nothing where the part does not have it.
[[nodiscard]] std::optional<double> value_of(const Figure& figure, const PartFigures& part,
                                             Of of = Of::all);

/// A part as metrics.json has it: each figure at its place, from any source of values.
/// @param leaf  the value of a figure, or null
[[nodiscard]] Json figures_json(Part part, const std::vector<std::string>& classes,
                                const std::function<Json(const Figure&, Of)>& leaf);

/// One part's figures and counts. What does not exist is null.
[[nodiscard]] Json to_json(Part part, const PartFigures& figures,
                           const std::vector<std::string>& classes);
/// Reads it back. Accuracy, counts and confusion must be there; other figures may be missing, as older files lack them.
/// Throws UserError.
[[nodiscard]] PartFigures part_from_json(const JsonReader& json,
                                         const std::vector<std::string>& classes);

/// {"train": {…}, "val": {…}, "shift": {…}, …} of the parts there are.
[[nodiscard]] Json parts_json(const PartsFigures& parts, const std::vector<std::string>& classes);
/// Parts of unknown names are left out. Throws UserError.
[[nodiscard]] PartsFigures parts_from_json(const JsonReader& json,
                                           const std::vector<std::string>& classes);

/// The worst accuracy over (class x part) of the data's own parts; null without pictures.
[[nodiscard]] std::optional<double> worst_group_accuracy(const PartsFigures& parts);

/// A figure over the seeds.
struct Statistics {
  double mean = 0;
  std::optional<double> sd;  // n − 1; null for a single seed
  std::size_t seeds = 0;     // that have it
};

/// Of the values there are; nothing where there are none.
[[nodiscard]] std::optional<Statistics> statistics_of(
    std::span<const std::optional<double>> values);

/// {"mean", "sd", "seeds"} or null.
[[nodiscard]] Json to_json(const std::optional<Statistics>& statistics);

/// "0.953 ± 0.012", "0.953" of a single seed, "–" where there is none.
[[nodiscard]] std::string mean_text(const std::optional<Statistics>& statistics, int decimals = 3);

}  // namespace camloss::train
