// The table that `trainer reproduce` ends with.
#pragma once

#include <span>
#include <string>

#include "native/record/run_record.h"

namespace camloss::train {

/// The talk's claims beside what the recipes came to, as a table for people.
[[nodiscard]] std::string talk_table(std::span<const RunRecord> runs);

}  // namespace camloss::train
