// Fields of an epoch's record.
#include "native/record/epoch.h"

namespace camloss::train {
namespace {

std::optional<double> optional_number(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<double>();
}

}  // namespace

Json to_json(const EpochRecord& record) {
  Json json;
  json["epoch"] = record.epoch;
  json["loss"] = number_or_null(record.loss);
  json["classify_loss"] = number_or_null(record.classify_loss);
  json["map_loss"] = number_or_null(record.map_loss);
  json["learning_rate"] = record.learning_rate;
  json["train_accuracy"] = record.train_accuracy;
  json["val_accuracy"] = number_or_null(record.val_accuracy);
  json["val_loss"] = number_or_null(record.val_loss);
  json["val_off_centre_mass"] = number_or_null(record.val_off_centre_mass);
  json["seconds"] = record.seconds;
  json["pictures"] = record.pictures;
  return json;
}

EpochRecord epoch_from_json(const Json& json) {
  EpochRecord record;
  record.epoch = json.at("epoch").get<int>();
  record.loss = json.at("loss").get<double>();
  record.classify_loss = optional_number(json.at("classify_loss"));
  record.map_loss = optional_number(json.at("map_loss"));
  record.learning_rate = json.at("learning_rate").get<double>();
  record.train_accuracy = json.at("train_accuracy").get<double>();
  record.val_accuracy = optional_number(json.at("val_accuracy"));
  record.val_loss = optional_number(json.at("val_loss"));
  record.val_off_centre_mass = optional_number(json.at("val_off_centre_mass"));
  record.seconds = json.at("seconds").get<double>();
  record.pictures = json.at("pictures").get<std::int64_t>();
  return record;
}

}  // namespace camloss::train
