// Sums of each picture, added in the pictures' order; then the passes over the maps, picture after picture.
#include "native/train/norm_pool.h"

#include <ATen/Parallel.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "shared/learn/batch_norm.h"
#include "shared/learn/operators.h"

namespace camloss::train {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr auto kLast = at::MemoryFormat::ChannelsLast;

/// Sizes of a batch, and where its pictures lie in x and in the pooled map.
struct Shape {
  std::int64_t pictures, channels, side, pooled_width;

  Shape(const Tensor& x, std::int64_t rim)
      : pictures(x.size(0)), channels(x.size(1)), side(x.size(2)), pooled_width(side / 2 + rim) {}
  [[nodiscard]] double pixels() const { return static_cast<double>(pictures * side * side); }
  [[nodiscard]] std::size_t values() const { return static_cast<std::size_t>(channels); }
  [[nodiscard]] std::int64_t floats() const { return side * side * channels; }
  [[nodiscard]] std::int64_t pooled_floats() const {
    return pooled_width * pooled_width * channels;
  }
};

/// Calls body(picture) for each, by LibTorch's threads.
template <class Body>
void for_each_picture(const Shape& shape, const Body& body) {
  at::parallel_for(0, shape.pictures, 1, [&](std::int64_t first, std::int64_t end) {
    for (std::int64_t picture = first; picture < end; ++picture) body(picture);
  });
}

/// Two sums of each channel over a batch.
struct ChannelSums {
  std::vector<double> one, two;
};

/// @param body  body(picture, one, two) adds the picture's sums
template <class Body>
ChannelSums sums_of(const Shape& shape, const Body& body) {
  const std::size_t channels = shape.values();
  std::vector<double> each(2 * channels * static_cast<std::size_t>(shape.pictures));
  for_each_picture(shape, [&](std::int64_t picture) {
    double* const own = each.data() + 2 * channels * static_cast<std::size_t>(picture);
    body(picture, own, own + channels);
  });
  ChannelSums sums{std::vector<double>(channels), std::vector<double>(channels)};
  for (std::size_t at = 0; at < each.size(); at += 2 * channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      sums.one[c] += each[at + c];
      sums.two[c] += each[at + channels + c];
    }
  }
  return sums;
}

/// y = scale·x + shift of each channel, from the batch's mean and variance; the running statistics move. Rows of the
/// result, (4, C): scale, shift, mean, 1/√(var + ε).
Tensor statistics_of(const Tensor& x, const NormTensors& norm, double momentum,
                     const Shape& shape) {
  const auto row = static_cast<int>(shape.side), channels = static_cast<int>(shape.channels);
  const float* const from = x.data_ptr<float>();
  const ChannelSums sums = sums_of(shape, [&](std::int64_t picture, double* sum, double* square) {
    for (std::int64_t y = 0; y < shape.side; ++y) {
      learn::operators().sums(from + picture * shape.floats() + y * row * channels, row, channels,
                              sum, square);
    }
  });
  Tensor result = torch::empty({4, shape.channels});
  float* const to = result.data_ptr<float>();
  const float* const weight = norm.weight.data_ptr<float>();
  const float* const bias = norm.bias.data_ptr<float>();
  float* const running_mean = norm.running_mean.data_ptr<float>();
  float* const running_var = norm.running_var.data_ptr<float>();
  for (std::size_t c = 0; c < shape.values(); ++c) {
    const learn::Moments batch = learn::moments_of(sums.one[c], sums.two[c], shape.pixels());
    const learn::NormLine line = learn::norm_line(batch.mean, batch.var, weight[c], bias[c]);
    to[c] = line.scale;
    to[shape.values() + c] = line.shift;
    to[2 * shape.values() + c] = static_cast<float>(batch.mean);
    to[3 * shape.values() + c] = static_cast<float>(line.inverse);
    learn::move_statistics(batch, momentum, running_mean[c], running_var[c]);
  }
  return result;
}

/// @param statistics  (4, C), see statistics_of
learn::NormPool layer_of(const Shape& shape, const Tensor& statistics) {
  const float* const values = statistics.data_ptr<float>();
  return {static_cast<int>(shape.side),
          static_cast<int>(shape.channels),
          shape.side * shape.channels,
          shape.pooled_width * shape.channels,
          values,
          values + shape.channels};
}

class NormPoolFunction : public torch::autograd::Function<NormPoolFunction> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const Tensor& bias, const Tensor& running_mean, const Tensor& running_var,
                        double momentum, std::int64_t rim) {
    const Shape shape(x, rim);
    const Tensor map = x.contiguous(kLast);
    const Tensor statistics =
        statistics_of(map, {weight, bias, running_mean, running_var}, momentum, shape);
    Tensor pooled =
        torch::empty({shape.pictures, shape.channels, shape.pooled_width, shape.pooled_width},
                     x.options().memory_format(kLast));
    const learn::NormPool layer = layer_of(shape, statistics);
    const float* const from = map.data_ptr<float>();
    float* const to = pooled.data_ptr<float>();
    for_each_picture(shape, [&](std::int64_t picture) {
      learn::operators().norm_pool(layer, from + picture * shape.floats(), /*relu=*/false,
                                   to + picture * shape.pooled_floats());
    });
    pooled.narrow(2, shape.side / 2, rim).zero_();
    pooled.narrow(3, shape.side / 2, rim).zero_();
    context->save_for_backward({map, weight, statistics});
    context->saved_data["rim"] = rim;
    return pooled;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& slopes) {
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &statistics = saved[2];
    const Shape shape(x, context->saved_data["rim"].toInt());
    const Tensor slope = slopes[0].contiguous(kLast);
    const learn::NormPool layer = layer_of(shape, statistics);
    const float *const mean = layer.shift + shape.channels, *const inverse = mean + shape.channels;
    const float* const from = slope.data_ptr<float>();
    float* const map = x.data_ptr<float>();
    const ChannelSums sums =
        sums_of(shape, [&](std::int64_t picture, double* shift, double* product) {
          learn::operators().norm_pool_sums(layer, map + picture * shape.floats(),
                                            from + picture * shape.pooled_floats(), mean, shift,
                                            product);
        });
    Tensor weight_slope = torch::empty_like(weight), bias_slope = torch::empty_like(weight);
    std::vector<float> even(shape.values()), tilt(shape.values());
    for (std::size_t c = 0; c < shape.values(); ++c) {
      const learn::NormSlopes own = learn::norm_slopes(
          sums.one[c], sums.two[c], static_cast<double>(inverse[c]), shape.pixels());
      weight_slope.data_ptr<float>()[c] = own.weight;
      bias_slope.data_ptr<float>()[c] = own.bias;
      even[c] = own.even;
      tilt[c] = own.tilt;
    }
    for_each_picture(shape, [&](std::int64_t picture) {
      learn::operators().norm_pool_backward(layer, map + picture * shape.floats(),
                                            from + picture * shape.pooled_floats(), mean,
                                            layer.scale, even.data(), tilt.data());
    });
    const Tensor none;
    return {x, weight_slope, bias_slope, none, none, none, none};
  }
};

}  // namespace

Tensor norm_pool(const Tensor& x, const NormTensors& norm, double momentum, int rim) {
  return NormPoolFunction::apply(x, norm.weight, norm.bias, norm.running_mean, norm.running_var,
                                 momentum, std::int64_t{rim});
}

}  // namespace camloss::train
