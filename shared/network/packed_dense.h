// The dense head's first layer, nearly all of such a model, laid out for reading it cell by cell.
#pragma once

#include <cstddef>

#include "shared/base/uncleared.h"
#include "shared/kernels/kernels.h"
#include "shared/weights/weights.h"

namespace camloss {

/// (cells, 4, 32, 32) by cell, strip of units, channel, unit: as halves where they hold all of it
/// exactly (weights that were stored as F16), else as floats. The other is empty.
struct PackedDense {
  Uncleared<float> singles;
  Uncleared<ShiftedHalf> halves;
};

/// @param fc0  (128, 32 · cells), values or stored
/// @param cells  of the feature map, all of them
[[nodiscard]] PackedDense pack_dense(const NamedTensor& fc0, std::size_t cells);

/// Packs `count` values.
/// @return false, with `out` unusable, if one of them is not exactly a half below 128 in magnitude
bool to_shifted_halves(const float* values, std::size_t count, ShiftedHalf* out) noexcept;
/// The same of halves as they stand in a file, little-endian.
/// @param halves  2 · count bytes
bool to_shifted_halves(const std::uint8_t* halves, std::size_t count, ShiftedHalf* out) noexcept;
[[nodiscard]] float from_shifted_half(ShiftedHalf half) noexcept;

}  // namespace camloss
