// The network in its fast form: forward pass and the head's gradient as small matrix products.
#include "shared/network/network.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "shared/base/index.h"

namespace camloss {
namespace {

/// Cells that go through the fcn head together; their layers stay in the cache.
constexpr int kHeadRows = 48;
/// Pixels: the smallest window in which two cells are exact away from its far border.
constexpr int kWindowSide = 24;

float dot(const float* a, const float* b, int n) noexcept {
  float sum = 0;
  for (int i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

Network::Network(const Weights& weights, const Kernels& table)
    : head_(weights.info.head),
      side_(weights.info.input_size),
      cells_(weights.info.cells()),
      count_(cells_ * cells_),
      taps_{weights.info.context_size, weights.info.context_dilation, cells_},
      packed_trunk_(pack_trunk(weights)),
      packed_head_(pack_head(weights)),
      kernels_(&table),
      trunk_(packed_trunk_, table, side_),
      features_(Index{count_} * kFeatureChannels) {
  const int window = std::min(side_, kWindowSide);
  window_ = std::make_unique<Trunk>(packed_trunk_, table, window);
  window_input_.resize(3 * window * window);
  const Index rows = head_ == Head::fcn ? kHeadRows : 1;
  for (Index l = 0; l < 4; ++l) {
    hidden_[l].resize(rows * kHeadWidths[l]);
    delta_[l].resize(rows * kHeadWidths[l]);
  }
  if (head_ == Head::fcn) {
    cell_logits_.resize(count_);
    slope_.resize(kHeadRows * kFeatureChannels);
    order_.resize(count_);
    std::iota(order_.begin(), order_.end(), 0);
    if (has_context()) {
      gathered_.resize(
          std::max<Index>(Index{taps_.count()} * kTileBlock * 128, context_scratch(taps_.size)));
      units_.resize(Index{count_ + kTileBlock} * 128);
      occluded_.resize(features_.size());
      reached_.reserve(count_);
    }
  } else {
    slope_.resize(Index{count_} * kFeatureChannels);
    partial_.resize(Index{count_} * 128);
    first_sums_.resize(128);
    if (packed_head_.is_half()) strip_.resize(kFeatureChannels * kDenseStrip);
    window_partial_.resize(9 * 128);
  }
}

float Network::forward(std::span<const float> input) noexcept {
  columns_ = trunk_.run(input, side_);
  to_planes(columns_, features_.data());
  if (head_ == Head::dense) {
    dense_first_layer(columns_, 0, count_, partial_.data(), first_sums_.data());
    return logit_ = dense_forward(first_sums_.data());
  }
  // All cells at once have a faster way through a 3x3 or 5x5 context than some of them.
  const bool is_winograd = !packed_head_.context.empty();
  if (is_winograd) {
    const auto context = taps_.size == 3 ? kernels_->context3x3 : kernels_->context5x5;
    context(columns_, cells_, taps_.dilation, packed_head_.context.data(),
            packed_head_.bias[0].data(), units_.data(), gathered_.data());
  }
  double sum = 0;
  for (int first = 0; first < count_; first += kHeadRows) {
    const auto block = block_of_cells(first);
    float* const logits = cell_logits_.data() + first;
    if (is_winograd) {
      tail_forward(units_.data() + first * 128, static_cast<int>(block.size()), logits);
    } else {
      cells_forward(columns_, block, logits);
    }
    for (const int cell : block) sum += cell_logits_[cell];
  }
  return logit_ = static_cast<float>(sum / count_);
}

std::span<const int> Network::block_of_cells(int first) const noexcept {
  return std::span(order_).subspan(Index{first}, Index{std::min(kHeadRows, count_ - first)});
}

void Network::cells_forward(const float* features, std::span<const int> some, float* out) noexcept {
  const int rows = static_cast<int>(some.size());
  const float* const weights = packed_head_.forward[0].data();
  const float* const bias = packed_head_.bias[0].data();
  if (!has_context()) {
    kernels_->matrix_product(features + some[0] * kFeatureChannels, rows, kFeatureChannels, weights,
                             bias, kHeadWidths[0], true, hidden_[0].data());
  } else {
    for (Index first = 0; first < std::ssize(some); first += kTileBlock) {
      taps_.forward(some.subspan(first, std::min<Index>(kTileBlock, some.size() - first)), tile_);
      kernels_->context_product(tile_, features, kFeatureChannels, weights, taps_.count(), bias,
                                kHeadWidths[0], true, hidden_[0].data() + first * 128,
                                gathered_.data());
    }
  }
  tail_forward(hidden_[0].data(), rows, out);
}

void Network::tail_forward(const float* units, int rows, float* out) noexcept {
  for (Index l = 1; l < 4; ++l) {
    kernels_->matrix_product(l == 1 ? units : hidden_[l - 1].data(), rows, kHeadWidths[l - 1],
                             packed_head_.forward[l].data(), packed_head_.bias[l].data(),
                             kHeadWidths[l], true, hidden_[l].data());
  }
  kernels_->row_products(hidden_[3].data(), rows, kHeadWidths[3], packed_head_.last.data(), out);
  for (int r = 0; r < rows; ++r) out[r] += packed_head_.last_bias;
}

double Network::tail_gradient(int rows) noexcept {
  double beta = static_cast<double>(rows) * packed_head_.last_bias;
  for (Index l = 4; l-- > 0;) {
    const Index width = kHeadWidths[l];
    float* const delta = delta_[l].data();
    if (l == 3) {
      for (Index r = 0; r < rows; ++r) {
        std::copy(packed_head_.last.begin(), packed_head_.last.end(), delta + r * width);
      }
    } else {
      kernels_->matrix_product(delta_[l + 1].data(), rows, kHeadWidths[l + 1],
                               packed_head_.backward[l + 1].data(), nullptr, kHeadWidths[l], false,
                               delta);
    }
    for (Index r = 0; r < rows; ++r) {
      for (Index i = 0; i < width; ++i) {
        if (!(hidden_[l][r * width + i] > 0)) delta[r * width + i] = 0;
      }
      beta += dot(delta + r * width, packed_head_.bias[l].data(), kHeadWidths[l]);
    }
  }
  return beta;
}

template <class Use>
float Network::cells_gradient(Use use) noexcept {
  double beta = 0;
  for (int first = 0; first < count_; first += kHeadRows) {
    const auto block = block_of_cells(first);
    const int rows = static_cast<int>(block.size());
    cells_forward(columns_, block, cell_logits_.data() + first);
    beta += tail_gradient(rows);
    if (has_context()) {
      std::copy_n(delta_[0].begin(), rows * 128, units_.begin() + first * 128);
      continue;
    }
    kernels_->matrix_product(delta_[0].data(), rows, kHeadWidths[0],
                             packed_head_.backward[0].data(), nullptr, kFeatureChannels, false,
                             slope_.data());
    use(first, rows);
  }
  if (has_context()) {
    // A cell's features reach the logits of all cells around it, so their slopes come first.
    for (int first = 0; first < count_; first += kTileBlock) {
      const auto block = block_of_cells(first);
      const auto some = block.first(std::min<Index>(kTileBlock, block.size()));
      taps_.backward(some, tile_);
      kernels_->context_product(tile_, units_.data(), kHeadWidths[0],
                                packed_head_.backward[0].data(), taps_.count(), nullptr,
                                kFeatureChannels, false, slope_.data(), gathered_.data());
      use(first, static_cast<int>(some.size()));
    }
  }
  return static_cast<float>(beta / count_);
}

void Network::dense_first_layer(const float* features, int first_cell, int cells, float* partial,
                                float* total) noexcept {
  const Index at = Index{first_cell} * kFeatureChannels * 128;
  if (packed_head_.is_half()) {
    kernels_->dense_partial_half(features, cells, packed_head_.dense0.halves.data() + at, partial,
                                 total);
  } else {
    kernels_->dense_partial(features, cells, packed_head_.dense0.singles.data() + at, partial,
                            total);
  }
}

const float* Network::dense_strip(std::size_t index) noexcept {
  constexpr Index kSize = kFeatureChannels * kDenseStrip;
  if (!packed_head_.is_half()) return packed_head_.dense0.singles.data() + index * kSize;
  const ShiftedHalf* const halves = packed_head_.dense0.halves.data() + index * kSize;
  std::transform(halves, halves + kSize, strip_.begin(), from_shifted_half);
  return strip_.data();
}

float Network::dense_forward(const float* first_sums) noexcept {
  for (Index i = 0; i < 128; ++i)
    hidden_[0][i] = std::max(first_sums[i] + packed_head_.bias[0][i], 0.0F);
  for (Index l = 1; l < 4; ++l) {
    kernels_->row_products(packed_head_.forward[l].data(), kHeadWidths[l], kHeadWidths[l - 1],
                           hidden_[l - 1].data(), hidden_[l].data());
    for (Index i = 0; i < std::ssize(hidden_[l]); ++i) {
      hidden_[l][i] = std::max(hidden_[l][i] + packed_head_.bias[l][i], 0.0F);
    }
  }
  return dot(hidden_[3].data(), packed_head_.last.data(), 32) + packed_head_.last_bias;
}

float Network::dense_gradient() noexcept {
  double beta = packed_head_.last_bias;
  for (Index l = 4; l-- > 0;) {
    if (l == 3) {
      std::copy(packed_head_.last.begin(), packed_head_.last.end(), delta_[3].begin());
    } else {
      kernels_->row_products(packed_head_.backward[l + 1].data(), kHeadWidths[l],
                             kHeadWidths[l + 1], delta_[l + 1].data(), delta_[l].data());
    }
    for (Index i = 0; i < std::ssize(delta_[l]); ++i) {
      if (!(hidden_[l][i] > 0)) delta_[l][i] = 0;
      beta += static_cast<double>(delta_[l][i]) * packed_head_.bias[l][i];
    }
  }
  return static_cast<float>(beta);
}

float Network::gradient(std::span<float> gradient) noexcept {
  if (head_ == Head::dense) {
    const float beta = dense_gradient();
    for (Index cell = 0; cell < count_; ++cell) {
      float* const slope = slope_.data() + cell * kFeatureChannels;
      std::fill_n(slope, kFeatureChannels, 0.0F);
      for (Index strip = 0; strip < 4; ++strip) {
        float share[kFeatureChannels];
        kernels_->row_products(dense_strip(cell * 4 + strip), kFeatureChannels, kDenseStrip,
                               delta_[0].data() + strip * kDenseStrip, share);
        for (Index c = 0; c < kFeatureChannels; ++c) slope[c] += share[c];
      }
    }
    to_planes(slope_.data(), gradient.data());
    return beta;
  }
  const float share = 1.0F / static_cast<float>(count_);  // z is the mean of the cells
  return cells_gradient([&](int first, int rows) {
    for (Index r = 0; r < rows; ++r) {
      for (Index c = 0; c < kFeatureChannels; ++c) {
        gradient[c * count_ + first + r] = slope_[r * kFeatureChannels + c] * share;
      }
    }
  });
}

float Network::hirescam(std::span<float> map) noexcept {
  if (head_ == Head::dense) {
    // Σ_c A ∂z/∂A at a cell is Σ_u δ_u (the cell's share of unit u), and the forward pass has kept
    // the shares.
    const float beta = dense_gradient();
    kernels_->row_products(partial_.data(), count_, 128, delta_[0].data(), map.data());
    return beta;
  }
  const float share = 1.0F / static_cast<float>(count_);
  return cells_gradient([&](int first, int rows) {
    for (int r = 0; r < rows; ++r) {
      map[first + r] = dot(slope_.data() + r * kFeatureChannels,
                           columns_ + (first + r) * kFeatureChannels, kFeatureChannels) *
                       share;
    }
  });
}

void Network::occlusion(std::span<const float> input, std::span<float> map) noexcept {
  const int window = window_->side();
  const Index plane = Index{side_} * side_;
  const Index window_plane = Index{window} * window;
  float mean_colour[3];
  for (Index c = 0; c < 3; ++c) {
    double sum = 0;
    for (Index i = 0; i < plane; ++i) sum += input[c * plane + i];
    mean_colour[c] = static_cast<float>(sum / static_cast<double>(plane));
  }
  if (has_context()) std::copy_n(columns_, occluded_.size(), occluded_.begin());
  const int last_start = cells_ - window / 8;  // in cells
  for (int row = 0; row < cells_; ++row) {
    for (int column = 0; column < cells_; ++column) {
      // A patch reaches the features of its own cell and of those above and left of it. The window
      // begins there.
      const int first_row = std::clamp(row - 1, 0, last_start);
      const int first_column = std::clamp(column - 1, 0, last_start);
      for (int c = 0; c < 3; ++c) {
        for (int y = 0; y < window; ++y) {
          const Index from = Index{c} * plane + (8 * first_row + y) * side_ + 8 * first_column;
          float* const to = window_input_.data() + c * window_plane + y * window;
          std::copy_n(input.data() + from, window, to);
          const bool covered = y / 8 == row - first_row;
          if (covered) std::fill_n(to + 8 * (column - first_column), 8, mean_colour[c]);
        }
      }
      const float* const features = window_->run(window_input_, window);
      map[row * cells_ + column] =
          logit_ - occluded_logit(features, window / 8, first_row, first_column, row, column);
    }
  }
  if (head_ == Head::dense)
    dense_forward(first_sums_.data());  // the hidden layers of the whole picture again
}

float Network::occluded_logit(const float* window, int window_side, int first_row, int first_column,
                              int row, int column) noexcept {
  if (has_context()) {
    const double change = context_change(window, window_side, first_row, first_column, row, column);
    return logit_ + static_cast<float>(change / count_);
  }
  double change = 0;     // fcn: of the sum of cell logits
  float sums[128] = {};  // dense: of the first layer
  if (head_ == Head::dense) std::copy(first_sums_.begin(), first_sums_.end(), sums);
  for (int r = std::max(row - 1, 0); r <= row; ++r) {
    for (int c = std::max(column - 1, 0); c <= column; ++c) {
      const float* const changed =
          window + ((r - first_row) * window_side + c - first_column) * kFeatureChannels;
      const int cell = r * cells_ + c;
      if (head_ == Head::fcn) {
        float logits[1];
        cells_forward(changed, block_of_cells(0).first(1), logits);
        change += static_cast<double>(logits[0]) - cell_logits_[cell];
      } else {
        float total[128];
        dense_first_layer(changed, cell, 1, window_partial_.data(), total);
        for (Index u = 0; u < 128; ++u) sums[u] += total[u] - partial_[Index{cell} * 128 + u];
      }
    }
  }
  if (head_ == Head::fcn) return logit_ + static_cast<float>(change / count_);
  return dense_forward(sums);
}

double Network::context_change(const float* window, int window_side, int first_row,
                               int first_column, int row, int column) noexcept {
  const int top = std::max(row - 1, 0), left = std::max(column - 1, 0);
  const auto put = [&](int r, int c, const float* features) {
    std::copy_n(features, kFeatureChannels,
                occluded_.begin() + (r * cells_ + c) * kFeatureChannels);
  };
  for (int r = top; r <= row; ++r) {
    for (int c = left; c <= column; ++c)
      put(r, c, window + ((r - first_row) * window_side + c - first_column) * kFeatureChannels);
  }
  // A logit changes where one of its taps meets a changed cell.
  const auto meets = [&](int at, int begin, int end) {
    for (int tap = -taps_.reach(); tap <= taps_.reach(); tap += taps_.dilation) {
      if (at + tap >= begin && at + tap <= end) return true;
    }
    return false;
  };
  reached_.clear();
  const int reach = taps_.reach();
  for (int r = std::max(top - reach, 0); r <= std::min(row + reach, cells_ - 1); ++r) {
    if (!meets(r, top, row)) continue;
    for (int c = std::max(left - reach, 0); c <= std::min(column + reach, cells_ - 1); ++c) {
      if (meets(c, left, column)) reached_.push_back(r * cells_ + c);
    }
  }
  double change = 0;
  float logits[kHeadRows];
  for (Index first = 0; first < std::ssize(reached_); first += kHeadRows) {
    const auto some = std::span<const int>(reached_).subspan(
        first, std::min<Index>(kHeadRows, reached_.size() - first));
    cells_forward(occluded_.data(), some, logits);
    for (Index i = 0; i < std::ssize(some); ++i) {
      change += static_cast<double>(logits[i]) - cell_logits_[some[i]];
    }
  }
  for (int r = top; r <= row; ++r) {
    for (int c = left; c <= column; ++c) put(r, c, columns_ + (r * cells_ + c) * kFeatureChannels);
  }
  return change;
}

void Network::to_planes(const float* columns, float* planes) const noexcept {
  for (Index cell = 0; cell < count_; ++cell) {
    for (Index c = 0; c < kFeatureChannels; ++c) {
      planes[c * count_ + cell] = columns[cell * kFeatureChannels + c];
    }
  }
}

}  // namespace camloss
