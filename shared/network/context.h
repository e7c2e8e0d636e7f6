// What the context of the fcn head reads: a map of cells and the K x K taps over it.
#pragma once

#include <span>

#include "shared/kernels/kernels.h"

namespace camloss {

/// The taps of fc0's K x K convolution with dilation d and zero padding over a map of cells.
struct ContextTaps {
  int size;      // K
  int dilation;  // d, cells
  int cells;     // side of the map

  [[nodiscard]] int count() const noexcept { return size * size; }
  /// Cells from the middle tap to the outermost one.
  [[nodiscard]] int reach() const noexcept { return dilation * (size / 2); }

  /// What the logits of these cells read of the features.
  /// @param some at most kTileBlock cells, at least one, row · cells + column. The rest of the tile
  /// repeats the last one.
  void forward(std::span<const int> some, ContextTile& tile) const noexcept;
  /// What the gradient in the features of these cells reads of fc0's slopes: a tap the other way.
  void backward(std::span<const int> some, ContextTile& tile) const noexcept;

 private:
  void fill(std::span<const int> some, int direction, ContextTile& tile) const noexcept;
};

}  // namespace camloss
