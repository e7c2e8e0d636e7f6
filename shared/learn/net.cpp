// Forward and backward, layer after layer; each loop over the batch reads a picture's maps while they are in the cache.
#include "shared/learn/net.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace camloss::learn {
namespace {

constexpr int kFirst = kTrunkChannels[1], kSecond = kTrunkChannels[3];  // after conv1 and conv2
static_assert(kFirst == kTrunkChannels[2]);

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

Net::Map::Map(int pictures, int side_, int before, int after, int channels_)
    : side(side_), width(side_ + before + after), channels(channels_) {
  first = size_of(before, width + 1, channels);
  values.resize(static_cast<std::size_t>(pictures) * picture_floats() +
                size_of(kSlackPixels, channels));
}

Net::Net(const NetShape& shape, const Operators& table)
    : shape_(shape), operators_(table), count_(shape.cells() * shape.cells()) {
  const int side = shape.input_size, batch = shape.batch, cells = shape.cells();
  const int reach = shape.reach();
  place_tensors();
  make_products();
  const char* names[] = {"bn1", "bn2", "bn3"};
  std::size_t statistics = 0;
  for (int i = 0; i < 3; ++i) {
    Norm& norm = norm_[static_cast<std::size_t>(i)];
    norm.channels = kTrunkChannels[static_cast<std::size_t>(i) + 2];
    norm.side = side >> i;
    norm.scale_at = place((std::string(names[i]) + ".weight").c_str());
    norm.shift_at = place((std::string(names[i]) + ".bias").c_str());
    norm.statistics_at = statistics;
    const auto channels = static_cast<std::size_t>(norm.channels);
    statistics += 2 * channels;
    for (auto* values :
         {&norm.mean, &norm.scale, &norm.shift, &norm.factor, &norm.even, &norm.tilt})
      values->resize(channels);
    for (auto* values : {&norm.sum, &norm.square, &norm.inverse}) values->resize(channels);
  }
  inputs_.resize(size_of(batch, side + 2, side + 2) * 4 + size_of(kSlackPixels, 4));
  y1_ = Map(batch, side, 0, 0, kFirst);
  p1_ = Map(batch, side / 2, 0, 1, kFirst);
  g1_ = Map(batch, side / 2, 0, 0, kFirst);
  y2_ = Map(batch, side / 2, 1, 0, kSecond);
  p2_ = Map(batch, side / 4, 0, 1, kSecond);
  g2_ = Map(batch, side / 4, 0, 0, kSecond);
  y3_ = Map(batch, side / 4, 1, 0, kFeatureChannels);
  features_ = Map(batch, cells, reach, reach, kFeatureChannels);
  g3_ = Map(batch, cells, 0, 0, kFeatureChannels);
  context_slope_ = Map(1, cells, reach, reach, kHeadWidths[0]);
  for (std::size_t i = 0; i < hidden_.size(); ++i) {
    hidden_[i].resize(size_of(batch * count_ + kSlackPixels, kHeadWidths[i]));
    hidden_slope_[i].resize(size_of(count_ + kSlackPixels, kHeadWidths[i]));
  }
  cells_.resize(size_of(batch, count_));
  const int widest = *std::max_element(kHeadWidths.begin(), kHeadWidths.end());
  bias_slope_.resize(size_of(widest));
  unused_.resize(size_of(widest));
}

void Net::place_tensors() {
  std::size_t values = 0, statistics = 0;
  for (TensorSpec& spec : tensor_specs(Head::fcn, shape_.input_size, shape_.context)) {
    std::size_t size = 1;
    for (const std::int64_t extent : spec.shape) size *= static_cast<std::size_t>(extent);
    const bool is_statistics = spec.name.find("running") != std::string::npos;
    std::size_t& at = is_statistics ? statistics : values;
    tensors_.push_back({std::move(spec), at, size, is_statistics});
    at += size;
  }
  values_.resize(values);
  gradient_.resize(values);
  statistics_.resize(statistics);
}

std::size_t Net::place(const char* tensor) const {
  return std::find_if(tensors_.begin(), tensors_.end(),
                      [&](const Placed& p) { return p.spec.name == tensor; })
      ->at;
}

void Net::make_products() {
  both_.resize(size_of(kFirst, 4, 9));
  both_slope_.resize(both_.size());
  first_ = first_convolution(kFirst);
  conv2_ = convolution(place("conv2.weight"), kFirst, kSecond);
  conv3_ = convolution(place("conv3.weight"), kSecond, kFeatureChannels);
  const int taps = shape_.context * shape_.context;
  fc_[0] = head_layer(place("fc0.weight"), kFeatureChannels, kHeadWidths[0], taps);
  fc_[1] = head_layer(place("fc1.weight"), kHeadWidths[0], kHeadWidths[1], 1);
  fc_[2] = head_layer(place("fc2.weight"), kHeadWidths[1], kHeadWidths[2], 1);
  fc_[3] = head_layer(place("fc3.weight"), kHeadWidths[2], kHeadWidths[3], 1);
}

void Net::load(const Weights& weights) {
  for (const Placed& tensor : tensors_) {
    const std::vector<float>& from = weights.tensors.find(tensor.spec.name)->second.values;
    float* const to = (tensor.is_statistics ? statistics_ : values_).data() + tensor.at;
    std::copy_n(from.begin(), tensor.size, to);
  }
}

Weights Net::weights() const {
  Weights weights;
  weights.info.head = Head::fcn;
  weights.info.input_size = shape_.input_size;
  weights.info.context_size = shape_.context;
  weights.info.context_dilation = shape_.context_dilation;
  for (const Placed& tensor : tensors_) {
    const float* const from = (tensor.is_statistics ? statistics_ : values_).data() + tensor.at;
    weights.tensors[tensor.spec.name] = {tensor.spec.shape, {from, from + tensor.size}};
  }
  return weights;
}

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
  first_.pack(both_.data());
  conv2_.pack(values_.data());
  conv3_.pack(values_.data());
  for (LearntProduct& layer : fc_) layer.pack(values_.data());
}

void Net::set_norm(Norm& norm, std::size_t channel, double mean, double var) {
  const double inverse = 1 / std::sqrt(var + kBatchNormEps);
  const double scale = inverse * static_cast<double>(values_[norm.scale_at + channel]);
  norm.inverse[channel] = inverse;
  norm.mean[channel] = static_cast<float>(mean);
  norm.scale[channel] = static_cast<float>(scale);
  norm.shift[channel] =
      static_cast<float>(static_cast<double>(values_[norm.shift_at + channel]) - mean * scale);
}

void Net::finish_statistics(Norm& norm, int pictures, double momentum) {
  const double n = static_cast<double>(pictures) * norm.side * norm.side;
  const auto channels = static_cast<std::size_t>(norm.channels);
  float* const running_mean = statistics_.data() + norm.statistics_at;
  float* const running_var = running_mean + channels;
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = norm.sum[c] / n;
    const double var = std::max(0.0, norm.square[c] / n - mean * mean);
    set_norm(norm, c, mean, var);
    const double unbiased = var * n / std::max(1.0, n - 1);
    running_mean[c] += static_cast<float>(momentum * (mean - static_cast<double>(running_mean[c])));
    running_var[c] +=
        static_cast<float>(momentum * (unbiased - static_cast<double>(running_var[c])));
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
  for (int b = 0; b < pictures; ++b) {
    for (int row = 0; row < side; ++row) {
      float* const y = y1_.at(b, row);
      operators_.product(rows_below(input(b).data() + row * rim_row, rim_row, 3, 12, 4), side,
                         first_.forward.data(), bias1, kFirst, false, nullptr, y);
      operators_.sums(y, side, kFirst, norm_[0].sum.data(), norm_[0].square.data());
    }
  }
  normalise(norm_[0]);
  for (int b = 0; b < pictures; ++b) {
    operators_.norm_pool(layer(norm_[0], y1_, p1_.stride()), y1_.at(b), false, p1_.at(b));
    for (int row = 0; row < side / 2; ++row) {
      float* const y = y2_.at(b, row);
      operators_.product(rows_below(p1_.at(b, row), p1_.stride(), 2, conv2_.k, kFirst), side / 2,
                         conv2_.forward.data(), bias2, kSecond, false, nullptr, y);
      operators_.sums(y, side / 2, kSecond, norm_[1].sum.data(), norm_[1].square.data());
    }
  }
  normalise(norm_[1]);
  for (int b = 0; b < pictures; ++b) {
    operators_.norm_pool(layer(norm_[1], y2_, p2_.stride()), y2_.at(b), false, p2_.at(b));
    for (int row = 0; row < side / 4; ++row) {
      float* const y = y3_.at(b, row);
      operators_.product(rows_below(p2_.at(b, row), p2_.stride(), 2, conv3_.k, kSecond), side / 4,
                         conv3_.forward.data(), bias3, kFeatureChannels, false, nullptr, y);
      operators_.sums(y, side / 4, kFeatureChannels, norm_[2].sum.data(), norm_[2].square.data());
    }
  }
  normalise(norm_[2]);
  for (int b = 0; b < pictures; ++b) {
    operators_.norm_pool(layer(norm_[2], y3_, features_.stride()), y3_.at(b), true,
                         features_.at(b));
    head_forward(b);
  }
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
  std::vector<double>&shift = norm.sum, &product = norm.square;
  const NormPool pool = layer(norm, x, slope.stride());
  for (int b = 0; b < pictures_; ++b) {
    operators_.norm_pool_sums(pool, x.at(b), slope.at(b), norm.mean.data(), shift.data(),
                              product.data());
  }
  for (std::size_t c = 0; c < channels; ++c) {
    const double inverse = norm.inverse[c];
    gradient_[norm.shift_at + c] += static_cast<float>(shift[c]);
    gradient_[norm.scale_at + c] += static_cast<float>(product[c] * inverse);
    norm.factor[c] = static_cast<float>(inverse * static_cast<double>(values_[norm.scale_at + c]));
    norm.even[c] = static_cast<float>(shift[c] / n);
    norm.tilt[c] = static_cast<float>(inverse * inverse * product[c] / n);
    shift[c] = product[c] = 0;
  }
}

void Net::backward(std::span<const float> cell_slope) {
  const int side = shape_.input_size;
  std::fill(gradient_.begin(), gradient_.end(), 0.0F);
  for (int b = 0; b < pictures_; ++b) head_backward(b, cell_slope.data() + size_of(b, count_));
  const auto through_norm = [&](const Norm& norm, Map& x, Map& slope, int b) {
    operators_.norm_pool_backward(layer(norm, x, slope.stride()), x.at(b), slope.at(b),
                                  norm.mean.data(), norm.factor.data(), norm.even.data(),
                                  norm.tilt.data());
  };
  // A convolution's weights, and the slopes in its input: there a pixel reads the slopes above and left of it.
  const auto through_convolution = [&](LearntProduct& conv, int in, Map& x, Map& slope, Map& to,
                                       int b) {
    for (int row = 0; row < x.side; ++row) {
      operators_.weight_gradient(rows_below(x.at(b, row), x.stride(), 2, conv.k, in), x.side,
                                 slope.at(b, row), conv.n, conv.slope.data());
      operators_.product(
          rows_below(slope.at(b, row) - conv.n, -slope.stride(), 2, 2 * conv.n, conv.n), x.side,
          conv.backward.data(), nullptr, in, false, nullptr, to.at(b, row));
    }
  };
  norm_backward(norm_[2], y3_, g3_);
  for (int b = 0; b < pictures_; ++b) {
    through_norm(norm_[2], y3_, g3_, b);
    through_convolution(conv3_, kSecond, p2_, y3_, g2_, b);
  }
  norm_backward(norm_[1], y2_, g2_);
  for (int b = 0; b < pictures_; ++b) {
    through_norm(norm_[1], y2_, g2_, b);
    through_convolution(conv2_, kFirst, p1_, y2_, g1_, b);
  }
  norm_backward(norm_[0], y1_, g1_);
  const std::ptrdiff_t rim_row = std::ptrdiff_t{side + 2} * 4;
  for (int b = 0; b < pictures_; ++b) {
    through_norm(norm_[0], y1_, g1_, b);
    for (int row = 0; row < side; ++row) {
      operators_.weight_gradient(rows_below(input(b).data() + row * rim_row, rim_row, 3, 12, 4),
                                 side, y1_.at(b, row), kFirst, first_.slope.data());
    }
  }
  std::fill(both_slope_.begin(), both_slope_.end(), 0.0F);
  first_.unpack_slope(both_slope_.data());
  compose_backward();
  conv2_.unpack_slope(gradient_.data());
  conv3_.unpack_slope(gradient_.data());
  for (LearntProduct& product : fc_) product.unpack_slope(gradient_.data());
}

}  // namespace camloss::learn
