// Sums over the batches of an epoch that is under way: what its record is made from, and what a checkpoint between two
// batches needs of it.
#pragma once

#include <cstdint>

#include "native/record/epoch.h"

namespace camloss::train {

struct EpochSums {
  double loss = 0, classify = 0, map = 0;  // each weighted by the batch's pictures
  std::int64_t classify_pictures = 0, map_pictures = 0;
  std::int64_t pictures = 0, right = 0;
  double seconds = 0, rate = 0;
};

[[nodiscard]] Json to_json(const EpochSums& sums);
/// Throws nlohmann::json::exception where a field is missing or of another type.
[[nodiscard]] EpochSums sums_from_json(const Json& json);
/// The record of epoch `epoch`, from 1; its figures of val are left out.
[[nodiscard]] EpochRecord record_of(const EpochSums& sums, int epoch);

}  // namespace camloss::train
