// The head forward and backward: a matrix a layer, over the cells of one picture.
#include <algorithm>

#include "shared/learn/net.h"

namespace camloss::learn {
namespace {

/// A run of one segment: rows of a matrix.
Reads rows_of(const float* x, int k) {
  Reads reads{};
  reads.x = x;
  reads.segments = 1;
  reads.k = reads.stride = k;
  return reads;
}

}  // namespace

void Net::head_forward(int picture) {
  const int cells = shape_.cells(), size = shape_.context, reach = shape_.reach();
  std::array<float*, 4> h;
  for (std::size_t i = 0; i < h.size(); ++i) {
    h[i] = hidden_[i].data() + size_of(picture, count_, kHeadWidths[i]);
  }
  Reads taps{};
  taps.segments = size * size;
  taps.k = taps.stride = kFeatureChannels;
  for (int t = 0; t < taps.segments; ++t) {
    taps.at[t] = (shape_.context_dilation * (t / size) - reach) * features_.stride() +
                 std::ptrdiff_t{shape_.context_dilation * (t % size) - reach} * kFeatureChannels;
  }
  for (int row = 0; row < cells; ++row) {
    taps.x = features_.at(picture, row);
    operators_.product(taps, cells, products_[kFc0].forward.data(),
                       values_.data() + place("fc0.bias"), kHeadWidths[0], true, nullptr,
                       h[0] + size_of(row, cells, kHeadWidths[0]));
  }
  const char* biases[] = {"fc0.bias", "fc1.bias", "fc2.bias", "fc3.bias"};
  for (std::size_t i = 1; i < 4; ++i) {
    operators_.product(rows_of(h[i - 1], kHeadWidths[i - 1]), count_,
                       products_[kFc0 + i].forward.data(), values_.data() + place(biases[i]),
                       kHeadWidths[i], true, nullptr, h[i]);
  }
  const float* const last = values_.data() + place("fc4.weight");
  const float bias = values_[place("fc4.bias")];
  for (int cell = 0; cell < count_; ++cell) {
    const float* const x = h[3] + size_of(cell, kHeadWidths[3]);
    float sum = 0;
    for (int i = 0; i < kHeadWidths[3]; ++i) sum += x[i] * last[i];
    cells_[size_of(picture, count_) + static_cast<std::size_t>(cell)] = sum + bias;
  }
}

void Net::head_backward(int l, int picture, const float* cell_slope) {
  Lane& lane = lanes_[static_cast<std::size_t>(l)];
  const int cells = shape_.cells(), size = shape_.context, reach = shape_.reach();
  std::array<const float*, 4> h;
  for (std::size_t i = 0; i < h.size(); ++i) {
    h[i] = hidden_[i].data() + size_of(picture, count_, kHeadWidths[i]);
  }
  const float* const last = values_.data() + place("fc4.weight");
  float* const last_slope = slopes_of(l, kFc4);
  float& last_bias_slope = *slopes_of(l, kBias0 + 4);
  for (int cell = 0; cell < count_; ++cell) {
    const float g = cell_slope[cell];
    const float* const x = h[3] + size_of(cell, kHeadWidths[3]);
    float* const to = lane.hidden_slope[3].data() + size_of(cell, kHeadWidths[3]);
    for (int i = 0; i < kHeadWidths[3]; ++i) {
      last_slope[i] += g * x[i];
      to[i] = x[i] > 0 ? g * last[i] : 0;
    }
    last_bias_slope += g;
  }
  const auto add_bias = [&](const float* slope, int pixels, int n, float* to) {
    std::fill(lane.channel_sum.begin(), lane.channel_sum.end(), 0.0);
    operators_.sums(slope, pixels, n, lane.channel_sum.data(), lane.unused.data());
    for (int i = 0; i < n; ++i) {
      to[i] += static_cast<float>(lane.channel_sum[static_cast<std::size_t>(i)]);
    }
  };
  for (std::size_t i = 3; i > 0; --i) {
    const float* const slope = lane.hidden_slope[i].data();
    operators_.weight_gradient(rows_of(h[i - 1], kHeadWidths[i - 1]), count_, slope, kHeadWidths[i],
                               slopes_of(l, kFc0 + i));
    add_bias(slope, count_, kHeadWidths[i], slopes_of(l, kBias0 + i));
    if (i == 1) break;
    operators_.product(rows_of(slope, kHeadWidths[i]), count_, products_[kFc0 + i].backward.data(),
                       nullptr, kHeadWidths[i - 1], false, h[i - 1],
                       lane.hidden_slope[i - 1].data());
  }
  // fc1's slopes in its input go into a map with a rim, which the taps of the context then read.
  const int units = kHeadWidths[0];
  for (int row = 0; row < cells; ++row) {
    float* const to = lane.context_slope.at(0, row);
    operators_.product(
        rows_of(lane.hidden_slope[1].data() + size_of(row, cells, kHeadWidths[1]), kHeadWidths[1]),
        cells, products_[kFc0 + 1].backward.data(), nullptr, units, false,
        h[0] + size_of(row, cells, units), to);
    add_bias(to, cells, units, slopes_of(l, kBias0));
  }
  Reads features{}, slopes{};
  features.segments = slopes.segments = size * size;
  features.k = features.stride = kFeatureChannels;
  slopes.k = slopes.stride = units;
  for (int t = 0; t < size * size; ++t) {
    const int down = shape_.context_dilation * (t / size) - reach;
    const int right = shape_.context_dilation * (t % size) - reach;
    features.at[t] = down * features_.stride() + std::ptrdiff_t{right} * kFeatureChannels;
    slopes.at[t] = -(down * lane.context_slope.stride() + std::ptrdiff_t{right} * units);
  }
  for (int row = 0; row < cells; ++row) {
    features.x = features_.at(picture, row);
    slopes.x = lane.context_slope.at(0, row);
    operators_.weight_gradient(features, cells, slopes.x, units, slopes_of(l, kFc0));
    operators_.product(slopes, cells, products_[kFc0].backward.data(), nullptr, kFeatureChannels,
                       false, features.x, g3_.at(picture, row));
  }
}

}  // namespace camloss::learn
