// What a training says of its data before it begins, each in one line.
#pragma once

#include <string>

#include "native/data/dataset.h"
#include "native/record/run_record.h"

namespace camloss::train {

/// "photos: leopard and orca (train 96 + 64, …), 1 group that look alike". Names are as they are in the data.
[[nodiscard]] std::string data_line(const Dataset& data);
/// For how many pictures of the part train there is a cut-out (DataOptions::cut_outs).
[[nodiscard]] std::string subjects_line(const Dataset& data);
/// How well a part shift that the program chose by border colour contradicts.
[[nodiscard]] std::string shift_line(const ShiftRecord& shift);
/// The warning where no picture of it does.
[[nodiscard]] std::string no_contradiction_text(const Dataset& data);

}  // namespace camloss::train
