// Reads and writes an epoch by the table of its figures.
#include "native/record/epoch.h"

namespace camloss::train {

std::optional<double> value_of(const EpochFigure& figure, const EpochRecord& record) {
  return std::visit(
      [&](auto member) -> std::optional<double> {
        if constexpr (std::is_same_v<decltype(member), std::int64_t EpochRecord::*>) {
          return static_cast<double>(record.*member);
        } else {
          return record.*member;
        }
      },
      figure.where);
}

Json to_json(const EpochRecord& record) {
  Json json;
  json["epoch"] = record.epoch;
  for (const EpochFigure& figure : kEpochFigures) {
    const auto* whole = std::get_if<std::int64_t EpochRecord::*>(&figure.where);
    json[std::string(figure.key)] =
        whole != nullptr ? Json(record.**whole) : number_or_null(value_of(figure, record));
  }
  return json;
}

EpochRecord epoch_from_json(const JsonReader& json) {
  EpochRecord record;
  record.epoch = static_cast<int>(json["epoch"].integer());
  for (const EpochFigure& figure : kEpochFigures) {
    const JsonReader field = json[figure.key];
    if (const auto* needed = std::get_if<double EpochRecord::*>(&figure.where)) {
      record.** needed = field.number();
    } else if (const auto* optional =
                   std::get_if<std::optional<double> EpochRecord::*>(&figure.where)) {
      record.** optional = field.number_or_null();
    } else {
      record.*std::get<std::int64_t EpochRecord::*>(figure.where) = field.integer();
    }
  }
  return record;
}

}  // namespace camloss::train
