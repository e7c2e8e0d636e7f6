// A transposition of two and a half million weights: it is most of the time that loading takes, so
// it goes by vectors and by blocks that stay in the cache.
#include "shared/network/packed_dense.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "shared/base/bits.h"
#include "shared/base/half.h"
#include "shared/base/index.h"
#include "shared/kernels/simd.h"

namespace camloss {
namespace {

constexpr Index kUnits = 128;
constexpr Index kChannels = 32;
constexpr Index kStripValues = kChannels * kDenseStrip;
constexpr Index kBlock = 32;  // cells that are turned together: a cache line of halves
constexpr Index kTurned = 8;  // side of the corner that is turned at once: lanes of a Half8

/// A float as it stands in a file, at any address.
struct [[gnu::packed, gnu::may_alias]] StoredFloat {
  float value;
};
static_assert(std::endian::native == std::endian::little, "values are read as the file has them");

template <class T>
const StoredFloat* as_stored(const T* values) {
  return reinterpret_cast<const StoredFloat*>(values);
}

[[gnu::always_inline]] inline bool any(Half8 mask) {
  const auto both = reinterpret_cast<Long2>(mask);
  return (both[0] | both[1]) != 0;
}

/// Eight halves → shifted halves.
/// @param lost  gets bits in the lanes that do not fit
[[gnu::always_inline]] inline Half8 shifted(Half8 half, Half8& lost) {
  const Half8 magnitude = half & 0x7FFF;
  const auto normal = reinterpret_cast<Half8>(magnitude > 0x03FF);
  lost |= reinterpret_cast<Half8>(magnitude > 0x57FF);  // 128 and more, infinite, or no number
  Half8 result = half + (normal & (10 << 10));          // ten more in the exponent
  const Half8 subnormal = reinterpret_cast<Half8>(magnitude != 0) & ~normal;
  if (any(subnormal)) {
    // An integer times 2^-24: as a float it has its exponent and fraction, but for a bias.
    const Float8 integer =
        __builtin_convertvector(__builtin_convertvector(magnitude, Int8), Float8);
    const Int8 rebiased = (reinterpret_cast<Int8>(integer) >> 13) - (126 << 10);
    const Half8 value = __builtin_convertvector(rebiased, Half8) | (half & 0x8000);
    result = (result & ~subnormal) | (value & subnormal);
  }
  return result;
}

/// Values → shifted halves.
/// @return whether nothing was lost
bool take(const StoredFloat* values, Index count, ShiftedHalf* out) noexcept {
  // Times 2^(10 − 112), a half's exponent stands in the lower five bits of a float's. What is set
  // beyond them, or in the fraction beyond ten bits, would be lost; so would what underflowed.
  std::uint32_t lost = 0;
  for (Index i = 0; i < count; ++i) {
    const std::uint32_t bits = bits_of(values[i].value * 0x1p-102F);
    const bool underflowed = (bits & 0x7F800000U) == 0 && values[i].value != 0.0F;
    lost |= (bits & 0x70001FFFU) | (underflowed ? 0xFFFFFFFFU : 0U);
    out[i] = static_cast<ShiftedHalf>((bits >> 16 & 0x8000U) | (bits >> 13 & 0x7FFFU));
  }
  return lost == 0;
}

bool take(const std::uint8_t* halves, Index count, ShiftedHalf* out) noexcept {
  Half8 lost = {};
  const Index whole = count / kTurned * kTurned;
  for (Index i = 0; i < whole; i += kTurned) {
    const Half8 result = shifted(load<Half8>(halves + 2 * i), lost);
    std::memcpy(out + i, &result, sizeof result);
  }
  if (whole < count) {
    Half8 rest = {};
    std::memcpy(&rest, halves + 2 * whole, 2 * (count - whole));
    rest = shifted(rest, lost);
    std::memcpy(out + whole, &rest, 2 * (count - whole));
  }
  return !any(lost);
}

/// The items of two rows in turns. Row, then column, as one number of six bits: this moves the
/// first bit to the end. Done three times over, rows are columns.
[[gnu::always_inline]] inline void zip(const Half8 (&in)[kTurned], Half8 (&out)[kTurned]) {
  constexpr Index kHalf = kTurned / 2;
  for (Index i = 0; i < kHalf; ++i) {
    out[2 * i] = __builtin_shufflevector(in[i], in[i + kHalf], 0, 8, 1, 9, 2, 10, 3, 11);
    out[2 * i + 1] = __builtin_shufflevector(in[i], in[i + kHalf], 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

/// An 8x8 corner of `from`, (·, kBlock), turned.
/// @param to  row r at to + r · step
[[gnu::always_inline]] inline void turn(const ShiftedHalf* from, ShiftedHalf* to, Index step) {
  Half8 rows[kTurned], once[kTurned], twice[kTurned], columns[kTurned];
  for (Index r = 0; r < kTurned; ++r) rows[r] = load<Half8>(from + r * kBlock);
  zip(rows, once);
  zip(once, twice);
  zip(twice, columns);
  for (Index r = 0; r < kTurned; ++r) std::memcpy(to + r * step, &columns[r], sizeof columns[r]);
}

/// One channel's weights of up to kBlock cells.
/// @param from  those of unit 0
/// @param unit_step  items from a unit to the next
/// @param to  the channel's row in the first cell's first strip
/// @return whether halves hold them
// Called often, so that an engine that compiles a function better after some calls gets the chance.
template <class Item>
[[gnu::noinline]] bool block_by_cell(const Item* from, Index unit_step, Index cells,
                                     ShiftedHalf* to) {
  ShiftedHalf block[kUnits][kBlock];
  for (Index u = 0; u < kUnits; ++u) {
    if (!take(from + u * unit_step, cells, block[u])) return false;
  }
  const Index whole = cells / kTurned * kTurned;
  for (Index u = 0; u < kUnits; u += kTurned) {
    ShiftedHalf* const strip = to + u / kDenseStrip * kStripValues + u % kDenseStrip;
    for (Index cell = 0; cell < whole; cell += kTurned) {
      turn(&block[u][cell], strip + cell * 4 * kStripValues, 4 * kStripValues);
    }
    for (Index cell = whole; cell < cells; ++cell) {
      for (Index i = 0; i < kTurned; ++i) {
        strip[cell * 4 * kStripValues + i] = block[u + i][cell];
      }
    }
  }
  return true;
}

/// (128, 32, cells) → (cells, 4, 32, 32).
/// @param item_step  items that a value has
/// @return empty where halves do not hold all of it
template <class Item>
Uncleared<ShiftedHalf> halves_by_cell(const Item* fc0, Index item_step, Index cells) {
  Uncleared<ShiftedHalf> packed(kUnits * kChannels * cells);
  for (Index first = 0; first < cells; first += kBlock) {
    for (Index c = 0; c < kChannels; ++c) {
      const bool fits =
          block_by_cell(fc0 + (c * cells + first) * item_step, kChannels * cells * item_step,
                        std::min(kBlock, cells - first),
                        packed.data() + first * 4 * kStripValues + c * kDenseStrip);
      if (!fits) return {};
    }
  }
  return packed;
}

/// Four units' weights of up to kLine cells: a 4x4 corner at a time is turned and written.
/// @param from  those of the first unit
/// @param unit_step  values from a unit to the next
/// @param to  the first cell's
// Called often, as block_by_cell is.
[[gnu::noinline]] void singles_of_units(const StoredFloat* from, Index unit_step, Index cells,
                                        float* to) {
  constexpr Index kStep = 4 * kStripValues;  // from a cell to the next
  Index cell = 0;
  for (; cell + 4 <= cells; cell += 4) {
    const Vec4 a = load<Vec4>(from + cell), b = load<Vec4>(from + unit_step + cell),
               c = load<Vec4>(from + 2 * unit_step + cell),
               d = load<Vec4>(from + 3 * unit_step + cell);
    const Vec4 ac_low = __builtin_shufflevector(a, c, 0, 4, 1, 5),
               ac_high = __builtin_shufflevector(a, c, 2, 6, 3, 7),
               bd_low = __builtin_shufflevector(b, d, 0, 4, 1, 5),
               bd_high = __builtin_shufflevector(b, d, 2, 6, 3, 7);
    float* const at = to + cell * kStep;
    store(at, __builtin_shufflevector(ac_low, bd_low, 0, 4, 1, 5));
    store(at + kStep, __builtin_shufflevector(ac_low, bd_low, 2, 6, 3, 7));
    store(at + 2 * kStep, __builtin_shufflevector(ac_high, bd_high, 0, 4, 1, 5));
    store(at + 3 * kStep, __builtin_shufflevector(ac_high, bd_high, 2, 6, 3, 7));
  }
  for (; cell < cells; ++cell) {
    for (Index i = 0; i < 4; ++i) to[cell * kStep + i] = from[i * unit_step + cell].value;
  }
}

/// (128, 32, cells) → (cells, 4, 32, 32).
Uncleared<float> singles_by_cell(const StoredFloat* fc0, Index cells) {
  Uncleared<float> packed(kUnits * kChannels * cells);
  constexpr Index kLine = 16;  // cells whose weights of a unit are a cache line
  for (Index first = 0; first < cells; first += kLine) {
    for (Index c = 0; c < kChannels; ++c) {
      for (Index u = 0; u < kUnits; u += 4) {
        singles_of_units(fc0 + (u * kChannels + c) * cells + first, kChannels * cells,
                         std::min(kLine, cells - first),
                         packed.data() + first * 4 * kStripValues + u / kDenseStrip * kStripValues +
                             c * kDenseStrip + u % kDenseStrip);
      }
    }
  }
  return packed;
}

}  // namespace

PackedDense pack_dense(const NamedTensor& fc0, std::size_t cells) {
  PackedDense packed;
  if (fc0.stored_bytes == 2) {
    packed.halves = halves_by_cell(fc0.stored.data(), 2, cells);
    if (!packed.halves.empty()) return packed;
    // A half of 128 or more, which no training leaves.
    std::vector<float> widened(fc0.stored.size() / 2);
    for (Index i = 0; i < std::ssize(widened); ++i) widened[i] = stored_value(fc0, i);
    packed.singles = singles_by_cell(as_stored(widened.data()), cells);
    return packed;
  }
  const StoredFloat* const values =
      fc0.stored.empty() ? as_stored(fc0.values.data()) : as_stored(fc0.stored.data());
  packed.halves = halves_by_cell(values, 1, cells);
  if (packed.halves.empty()) packed.singles = singles_by_cell(values, cells);
  return packed;
}

bool to_shifted_halves(const float* values, std::size_t count, ShiftedHalf* out) noexcept {
  return take(as_stored(values), count, out);
}

bool to_shifted_halves(const std::uint8_t* halves, std::size_t count, ShiftedHalf* out) noexcept {
  return take(halves, count, out);
}

float from_shifted_half(ShiftedHalf half) noexcept {
  const std::uint32_t bits = static_cast<std::uint16_t>(half);
  return float_of_bits((bits & 0x8000U) << 16 | (bits & 0x7FFFU) << 13) * kHalfFactorBefore *
         kHalfFactorAfter;
}

}  // namespace camloss
