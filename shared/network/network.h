// The network in its fast form: packed weights, workspace, forward pass, and what the map methods
// need of its head.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "shared/kernels/kernels.h"
#include "shared/network/context.h"
#include "shared/network/packed.h"
#include "shared/network/trunk.h"
#include "shared/weights/weights.h"

namespace camloss {

/// Same contract as reference::Network, against which it is tested. Every buffer is allocated by
/// the constructor.
class Network {
 public:
  /// @param weights must have passed `validate`; nothing of it is kept.
  explicit Network(const Weights& weights, const Kernels& table = kernels());
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  /// @param input  (3, S, S), normalised
  /// @return logit z
  float forward(std::span<const float> input) noexcept;
  /// (32, cells, cells), after the ReLU, of the last forward.
  [[nodiscard]] std::span<const float> features() const noexcept { return features_; }
  /// fcn: (cells, cells), each cell's own logit; their mean is z. Empty for dense.
  [[nodiscard]] std::span<const float> cell_logits() const noexcept { return cell_logits_; }

  /// ∂z/∂A of the last forward.
  /// @param gradient  (32, cells, cells)
  /// @return β, the biases' share of z.
  float gradient(std::span<float> gradient) noexcept;
  /// Σ_c A ⊙ ∂z/∂A of the last forward, without the gradient's detour where the head allows it.
  /// @param map  (cells, cells)
  /// @return β
  float hirescam(std::span<float> map) noexcept;
  /// Drop of z when a cell's 8x8 patch of the input is replaced by the mean colour, for every cell. Only the features
  /// that a patch can change are computed again. Keeps the last forward's results.
  /// @param map  (cells, cells)
  void occlusion(std::span<const float> input, std::span<float> map) noexcept;

 private:
  [[nodiscard]] bool has_context() const noexcept { return taps_.size > 1; }
  /// fcn: cells → hidden layers and the cells' logits.
  /// @param features  (cells, cells, 32)
  /// @param some  at most kHeadRows cells; without a context they are consecutive
  /// @param out  (some)
  void cells_forward(const float* features, std::span<const int> some, float* out) noexcept;
  /// fcn: fc0's outputs → the other hidden layers and the rows' logits.
  /// @param units  (rows, 128), with room for kTileBlock rows more
  void tail_forward(const float* units, int rows, float* out) noexcept;
  /// fcn: ∂z_cell/∂(fc0 before its ReLU) for the rows of the last cells_forward → delta_[0];
  /// returns Σ β of the rows.
  double tail_gradient(int rows) noexcept;
  /// fcn: Σ_cell ∂z_cell/∂A at every cell, kHeadRows of them at a time in slope_.
  /// @param use  called with (first cell, rows) for each block
  /// @return β
  template <class Use>
  float cells_gradient(Use use) noexcept;
  /// fcn, occlusion: the change of the sum of cell logits, with the features of the patch's cells
  /// replaced by those of an occluded window.
  double context_change(const float* window, int window_side, int first_row, int first_column,
                        int row, int column) noexcept;
  /// The block of cells [first, first + kHeadRows) or what there is of it.
  [[nodiscard]] std::span<const int> block_of_cells(int first) const noexcept;
  /// dense: fc0 of `cells` cells from `first_cell` on.
  /// @param features  (cells, 32)
  /// @param partial  (cells, 128)
  /// @param total  (128)
  void dense_first_layer(const float* features, int first_cell, int cells, float* partial,
                         float* total) noexcept;
  /// dense: fc0's weights of a cell and strip of units, (32, 32); valid until the next call.
  /// @param index 4 · cell + strip
  const float* dense_strip(std::size_t index) noexcept;
  /// dense: first layer's sums (bias not included) → z, keeping the hidden layers.
  float dense_forward(const float* first_sums) noexcept;
  /// dense: ∂z/∂(fc0 before its ReLU) → delta_[0]; returns β.
  float dense_gradient() noexcept;
  /// (cells, 32) → (32, cells).
  void to_planes(const float* columns, float* planes) const noexcept;
  /// The logit with the features around a cell replaced by those of an occluded window.
  float occluded_logit(const float* window, int window_side, int first_row, int first_column,
                       int row, int column) noexcept;

  Head head_;
  int side_, cells_, count_;  // S, S/8, cells²
  ContextTaps taps_;
  PackedTrunk packed_trunk_;
  PackedHead packed_head_;
  const Kernels* kernels_;
  Trunk trunk_;
  std::unique_ptr<Trunk> window_;  // for occlusion

  const float* columns_ = nullptr;  // (cells, cells, 32), the trunk's result
  float logit_ = 0;
  std::vector<float> features_;        // (32, cells, cells)
  std::vector<float> cell_logits_;     // fcn: (cells, cells)
  std::vector<float> hidden_[4];       // fcn: (kHeadRows, width); dense: (width)
  std::vector<float> delta_[4];        // ∂z/∂(before the ReLU), same shapes
  std::vector<float> slope_;           // fcn: (kHeadRows, 32); dense: (cells, 32)
  std::vector<float> partial_;         // dense: (cells, 128), each cell's share of fc0
  std::vector<float> first_sums_;      // dense: (128)
  std::vector<float> strip_;           // dense, as halves: one strip of fc0 widened, (32, 32)
  std::vector<float> window_input_;    // (3, side, side) of the window
  std::vector<float> window_partial_;  // dense: (4, 128)

  std::vector<int> order_;       // fcn: 0, 1, … cells² − 1
  ContextTile tile_;             // with a context, as all that follows
  std::vector<float> gathered_;  // (K², kTileBlock, 128), scratch of the operators of a context
  std::vector<float> units_;     // (cells + pad, 128), of all cells: fc0's outputs, or delta_[0]
  std::vector<float> occluded_;  // (cells, cells, 32), features with a patch's cells replaced
  std::vector<int> reached_;     // cells whose logits a patch changes
};

}  // namespace camloss
