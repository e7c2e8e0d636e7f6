// Epoch records as JSON, in log.jsonl, metrics.json and checkpoints.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "native/trainer.h"

namespace camloss::train {

/// Fields in a fixed order. Numbers that are not finite cannot be written and become null.
using OrderedJson = nlohmann::ordered_json;

/// A number, or null where there is none or it is not finite.
[[nodiscard]] OrderedJson number_or_null(std::optional<double> value);

[[nodiscard]] OrderedJson to_json(const EpochRecord& record);
/// Throws nlohmann::json::exception where a field is missing or of another type.
[[nodiscard]] EpochRecord epoch_from_json(const OrderedJson& json);

}  // namespace camloss::train
