// The places that a context's taps read, tile by tile.
#include "shared/network/context.h"

#include <algorithm>
#include <cstddef>

#include "shared/weights/architecture.h"

namespace camloss {

static_assert(kMaxTaps == kMaxContext * kMaxContext);

void ContextTaps::forward(std::span<const int> some, ContextTile& tile) const noexcept {
  fill(some, 1, tile);
}

void ContextTaps::backward(std::span<const int> some, ContextTile& tile) const noexcept {
  fill(some, -1, tile);
}

void ContextTaps::fill(std::span<const int> some, int direction, ContextTile& tile) const noexcept {
  int rows[kTileBlock], columns[kTileBlock];
  for (std::size_t i = 0; i < kTileBlock; ++i) {
    const int cell = some[std::min(i, some.size() - 1)];
    rows[i] = cell / cells;
    columns[i] = cell % cells;
  }
  tile.count = 0;
  for (int tap = 0; tap < count(); ++tap) {
    const int down = direction * dilation * (tap / size - size / 2);
    const int right = direction * dilation * (tap % size - size / 2);
    int* const out = tile.row[tile.count];
    bool is_read = false;
    for (int i = 0; i < kTileBlock; ++i) {
      const int y = rows[i] + down, x = columns[i] + right;
      const bool inside = y >= 0 && y < cells && x >= 0 && x < cells;
      out[i] = inside ? y * cells + x : -1;
      is_read = is_read || inside;
    }
    if (is_read) tile.tap[tile.count++] = tap;
  }
}

}  // namespace camloss
