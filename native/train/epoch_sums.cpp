// The sums as JSON, and the record made from them.
#include "native/train/epoch_sums.h"

#include <optional>

namespace camloss::train {

Json to_json(const EpochSums& sums) {
  return {{"loss", sums.loss},
          {"classify", sums.classify},
          {"map", sums.map},
          {"classify_pictures", sums.classify_pictures},
          {"map_pictures", sums.map_pictures},
          {"pictures", sums.pictures},
          {"right", sums.right},
          {"seconds", sums.seconds},
          {"rate", sums.rate}};
}

EpochSums sums_from_json(const Json& json) {
  EpochSums sums;
  sums.loss = json.at("loss").get<double>();
  sums.classify = json.at("classify").get<double>();
  sums.map = json.at("map").get<double>();
  sums.classify_pictures = json.at("classify_pictures").get<std::int64_t>();
  sums.map_pictures = json.at("map_pictures").get<std::int64_t>();
  sums.pictures = json.at("pictures").get<std::int64_t>();
  sums.right = json.at("right").get<std::int64_t>();
  sums.seconds = json.at("seconds").get<double>();
  sums.rate = json.at("rate").get<double>();
  return sums;
}

EpochRecord record_of(const EpochSums& sums, int epoch) {
  const auto mean = [](double sum, std::int64_t count) -> std::optional<double> {
    if (count == 0) return std::nullopt;
    return sum / static_cast<double>(count);
  };
  EpochRecord record;
  record.epoch = epoch;
  record.loss = mean(sums.loss, sums.pictures).value_or(0);
  record.classify_loss = mean(sums.classify, sums.classify_pictures);
  record.map_loss = mean(sums.map, sums.map_pictures);
  record.learning_rate = sums.rate;
  record.train_accuracy = mean(static_cast<double>(sums.right), sums.pictures).value_or(0);
  record.seconds = sums.seconds;
  record.pictures = sums.pictures;
  return record;
}

}  // namespace camloss::train
