// Forward and backward, layer after layer; each loop over the batch reads a picture's maps while they are in the cache.
#include "shared/learn/net.h"

#include <algorithm>
#include <utility>

#include "shared/learn/batch_norm.h"

namespace camloss::learn {
namespace {

/// A run whose segments are rows of a map, one below the other.
Reads rows_below(const float* x, std::ptrdiff_t row, int segments, int k, int stride) {
  Reads reads{};
  reads.x = x;
  reads.segments = segments;
  reads.k = k;
  reads.stride = stride;
  for (int s = 0; s < segments; ++s) reads.at[s] = s * row;
  return reads;
}

}  // namespace

std::span<float> Net::input(int picture) noexcept {
  const std::size_t floats = size_of(shape_.input_size + 2, shape_.input_size + 2, 4);
  return std::span(inputs_).subspan(static_cast<std::size_t>(picture) * floats, floats);
}

// conv0 and conv1 have nothing between them: they are one 3x3 convolution, half the work. conv0's bias must be absent
// from the zeros that pad conv1, so it enters as the weight of a fourth input channel that is 1 inside the picture and 0
// outside; with two rows and columns of zeros the composition is exact at the border, too.
void Net::compose() {
  const float* const conv0 = values_.data() + place("conv0.weight");
  const float* const bias0 = values_.data() + place("conv0.bias");
  const float* const conv1 = values_.data() + place("conv1.weight");
  std::fill(both_.begin(), both_.end(), 0.0F);
  for (int o = 0; o < kFirst; ++o) {
    for (int m = 0; m < kFirst; ++m) {
      for (int v = 0; v < 4; ++v) {
        const float outer = conv1[(o * kFirst + m) * 4 + v];
        for (int u = 0; u < 4; ++u) {
          float* const to = both_.data() + o * 36 + 3 * (v / 2 + u / 2) + v % 2 + u % 2;
          for (int c = 0; c < 3; ++c) to[9 * c] += outer * conv0[(m * 3 + c) * 4 + u];
        }
        both_[size_of(o, 36) + 27 + static_cast<std::size_t>(3 * (v / 2) + v % 2)] +=
            outer * bias0[m];
      }
    }
  }
}

void Net::compose_backward() {
  const std::size_t at0 = place("conv0.weight"), at1 = place("conv1.weight");
  const std::size_t bias_at = place("conv0.bias");
  const float* const conv0 = values_.data() + at0;
  const float* const conv1 = values_.data() + at1;
  float* const slope0 = gradient_.data() + at0;
  float* const slope1 = gradient_.data() + at1;
  for (int o = 0; o < kFirst; ++o) {
    for (int m = 0; m < kFirst; ++m) {
      for (int v = 0; v < 4; ++v) {
        const int outer = (o * kFirst + m) * 4 + v;
        float sum = 0;
        for (int u = 0; u < 4; ++u) {
          const float* const from =
              both_slope_.data() + o * 36 + 3 * (v / 2 + u / 2) + v % 2 + u % 2;
          for (int c = 0; c < 3; ++c) {
            const int inner = (m * 3 + c) * 4 + u;
            sum += from[9 * c] * conv0[inner];
            slope0[inner] += from[9 * c] * conv1[outer];
          }
        }
        const float one =
            both_slope_[size_of(o, 36) + 27 + static_cast<std::size_t>(3 * (v / 2) + v % 2)];
        slope1[outer] += sum + one * values_[bias_at + static_cast<std::size_t>(m)];
        gradient_[bias_at + static_cast<std::size_t>(m)] += one * conv1[outer];
      }
    }
  }
}

void Net::pack() {
  compose();
  for (std::size_t i = 0; i < kProducts; ++i) {
    products_[i].pack(i == kBoth ? both_.data() : values_.data());
  }
}

void Net::set_norm(Norm& norm, std::size_t channel, double mean, double var) {
  const NormLine line =
      norm_line(mean, var, values_[norm.scale_at + channel], values_[norm.shift_at + channel]);
  norm.inverse[channel] = line.inverse;
  norm.mean[channel] = static_cast<float>(mean);
  norm.scale[channel] = line.scale;
  norm.shift[channel] = line.shift;
}

void Net::gather(Norm& norm) {
  const std::size_t channels = norm.sum.size();
  for (Lane& lane : lanes_) {
    double* const from = lane.sums.data() + norm.statistics_at;
    for (std::size_t c = 0; c < channels; ++c) {
      norm.sum[c] += std::exchange(from[c], 0.0);
      norm.square[c] += std::exchange(from[channels + c], 0.0);
    }
  }
}

void Net::finish_statistics(Norm& norm, int pictures, double momentum) {
  const double n = static_cast<double>(pictures) * norm.side * norm.side;
  const auto channels = static_cast<std::size_t>(norm.channels);
  float* const running_mean = statistics_.data() + norm.statistics_at;
  float* const running_var = running_mean + channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const Moments batch = moments_of(norm.sum[c], norm.square[c], n);
    set_norm(norm, c, batch.mean, batch.var);
    move_statistics(batch, momentum, running_mean[c], running_var[c]);
    norm.sum[c] = norm.square[c] = 0;
  }
}

void Net::use_statistics(Norm& norm) {
  const auto channels = static_cast<std::size_t>(norm.channels);
  const float* const mean = statistics_.data() + norm.statistics_at;
  for (std::size_t c = 0; c < channels; ++c) {
    set_norm(norm, c, static_cast<double>(mean[c]), static_cast<double>(mean[channels + c]));
    norm.sum[c] = norm.square[c] = 0;
  }
}

NormPool Net::layer(const Norm& norm, const Map& x, std::ptrdiff_t pooled_stride) const {
  return {norm.side,     norm.channels,     x.stride(),
          pooled_stride, norm.scale.data(), norm.shift.data()};
}

template <class Normalise>
std::span<const float> Net::run(int pictures, Normalise normalise) {
  pictures_ = pictures;
  pack();
  const int side = shape_.input_size;
  const auto biases = [&](const char* name) { return values_.data() + place(name); };
  const float *const bias1 = biases("conv1.bias"), *const bias2 = biases("conv2.bias");
  const float* const bias3 = biases("conv3.bias");
  const std::ptrdiff_t rim_row = std::ptrdiff_t{side + 2} * 4;
  const auto& first = products_[kBoth];
  crew_.each(pictures, [&](int l, int b) {
    double* const sums = sums_of(l, norm_[0]);
    for (int row = 0; row < side; ++row) {
      float* const y = y1_.at(b, row);
      operators_.product(rows_below(input(b).data() + row * rim_row, rim_row, 3, 12, 4), side,
                         first.forward.data(), bias1, kFirst, false, nullptr, y);
      operators_.sums(y, side, kFirst, sums, sums + kFirst);
    }
  });
  // From one norm through the next convolution to the sums of the norm after it.
  const auto next = [&](std::size_t i, Map& x, Map& pooled, const float* bias, Map& to) {
    const LearntProduct& conv = products_[kConv2 + i];
    crew_.each(pictures, [&, i, bias](int l, int b) {
      double* const sums = sums_of(l, norm_[i + 1]);
      operators_.norm_pool(layer(norm_[i], x, pooled.stride()), x.at(b), false, pooled.at(b));
      for (int row = 0; row < to.side; ++row) {
        float* const y = to.at(b, row);
        operators_.product(
            rows_below(pooled.at(b, row), pooled.stride(), 2, conv.k, pooled.channels), to.side,
            conv.forward.data(), bias, to.channels, false, nullptr, y);
        operators_.sums(y, to.side, to.channels, sums, sums + to.channels);
      }
    });
  };
  gather(norm_[0]);
  normalise(norm_[0]);
  next(0, y1_, p1_, bias2, y2_);
  gather(norm_[1]);
  normalise(norm_[1]);
  next(1, y2_, p2_, bias3, y3_);
  gather(norm_[2]);
  normalise(norm_[2]);
  crew_.each(pictures, [&](int, int b) {
    operators_.norm_pool(layer(norm_[2], y3_, features_.stride()), y3_.at(b), true,
                         features_.at(b));
    head_forward(b);
  });
  return std::span(cells_).first(size_of(pictures, count_));
}

std::span<const float> Net::forward(int pictures, double momentum) {
  return run(pictures, [&](Norm& norm) { finish_statistics(norm, pictures, momentum); });
}

std::span<const float> Net::answer(int pictures) {
  return run(pictures, [&](Norm& norm) { use_statistics(norm); });
}

void Net::norm_backward(Norm& norm, Map& x, Map& slope) {
  const auto channels = static_cast<std::size_t>(norm.channels);
  const double n = static_cast<double>(pictures_) * norm.side * norm.side;
  const NormPool pool = layer(norm, x, slope.stride());
  crew_.each(pictures_, [&](int l, int b) {
    double* const sums = sums_of(l, norm);
    operators_.norm_pool_sums(pool, x.at(b), slope.at(b), norm.mean.data(), sums, sums + channels);
  });
  gather(norm);
  std::vector<double>&shift = norm.sum, &product = norm.square;
  for (std::size_t c = 0; c < channels; ++c) {
    const NormSlopes slopes = norm_slopes(shift[c], product[c], norm.inverse[c], n);
    gradient_[norm.shift_at + c] += slopes.bias;
    gradient_[norm.scale_at + c] += slopes.weight;
    norm.even[c] = slopes.even;
    norm.tilt[c] = slopes.tilt;
    shift[c] = product[c] = 0;
  }
}

void Net::gather_slopes() {
  std::vector<float>& sum = lanes_[0].slopes;
  for (std::size_t l = 1; l < lanes_.size(); ++l) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += std::exchange(lanes_[l].slopes[i], 0.0F);
  }
  std::fill(both_slope_.begin(), both_slope_.end(), 0.0F);
  for (std::size_t i = 0; i < kProducts; ++i) {
    products_[i].unpack_slope(slopes_of(0, i), i == kBoth ? both_slope_.data() : gradient_.data());
  }
  const char* rest[] = {"fc4.weight", "fc0.bias", "fc1.bias", "fc2.bias", "fc3.bias", "fc4.bias"};
  for (std::size_t part = kFc4; part < kSlopeParts; ++part) {
    std::copy(sum.data() + slope_at_[part], sum.data() + slope_at_[part + 1],
              gradient_.data() + place(rest[part - kFc4]));
  }
  std::fill(sum.begin(), sum.end(), 0.0F);
}

void Net::backward(std::span<const float> cell_slope) {
  std::fill(gradient_.begin(), gradient_.end(), 0.0F);
  crew_.each(pictures_,
             [&](int l, int b) { head_backward(l, b, cell_slope.data() + size_of(b, count_)); });
  const auto through_norm = [&](const Norm& norm, Map& x, Map& slope, int b) {
    operators_.norm_pool_backward(layer(norm, x, slope.stride()), x.at(b), slope.at(b),
                                  norm.mean.data(), norm.scale.data(), norm.even.data(),
                                  norm.tilt.data());
  };
  // Through norm i + 1 and the convolution before it: the slopes in its weights, and in its input. There a pixel reads the
  // slopes above and left of it.
  const auto through_layer = [&](std::size_t i, Map& x, Map& y, Map& slope, Map& to) {
    norm_backward(norm_[i + 1], y, slope);
    const LearntProduct& conv = products_[kConv2 + i];
    crew_.each(pictures_, [&, i](int l, int b) {
      float* const weight_slope = slopes_of(l, kConv2 + i);
      through_norm(norm_[i + 1], y, slope, b);
      for (int row = 0; row < y.side; ++row) {
        operators_.weight_gradient(rows_below(x.at(b, row), x.stride(), 2, conv.k, x.channels),
                                   y.side, y.at(b, row), conv.n, weight_slope);
        operators_.product(rows_below(y.at(b, row) - conv.n, -y.stride(), 2, 2 * conv.n, conv.n),
                           y.side, conv.backward.data(), nullptr, x.channels, false, nullptr,
                           to.at(b, row));
      }
    });
  };
  through_layer(1, p2_, y3_, g3_, g2_);
  through_layer(0, p1_, y2_, g2_, g1_);
  norm_backward(norm_[0], y1_, g1_);
  const int side = shape_.input_size;
  const std::ptrdiff_t rim_row = std::ptrdiff_t{side + 2} * 4;
  crew_.each(pictures_, [&](int l, int b) {
    float* const weight_slope = slopes_of(l, kBoth);
    through_norm(norm_[0], y1_, g1_, b);
    for (int row = 0; row < side; ++row) {
      operators_.weight_gradient(rows_below(input(b).data() + row * rim_row, rim_row, 3, 12, 4),
                                 side, y1_.at(b, row), kFirst, weight_slope);
    }
  });
  gather_slopes();
  compose_backward();
}

}  // namespace camloss::learn
