// The plain layers, and the network made of them.
#include "shared/learn/reference.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "shared/maps/kernel.h"

namespace camloss::learn::reference {
namespace {

std::size_t index(int value) { return static_cast<std::size_t>(value); }

/// Calls use(place in x, place in weight, place in out) for every product of the convolution.
template <class Use>
void for_each_product(const Convolution& c, Use use) {
  for (int o = 0; o < c.out; ++o) {
    for (int i = 0; i < c.in; ++i) {
      for (int tap = 0; tap < c.size * c.size; ++tap) {
        const int down = c.dilation * (tap / c.size) - c.before;
        const int right = c.dilation * (tap % c.size) - c.before;
        for (int y = std::max(0, -down); y < std::min(c.height, c.height - down); ++y) {
          for (int x = std::max(0, -right); x < std::min(c.width, c.width - right); ++x) {
            use(index((i * c.height + y + down) * c.width + x + right),
                index((o * c.in + i) * c.size * c.size + tap),
                index((o * c.height + y) * c.width + x));
          }
        }
      }
    }
  }
}

Values part(const Values& all, int which, std::size_t size) {
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(index(which) * size);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

void append(Values& to, const Values& values) { to.insert(to.end(), values.begin(), values.end()); }

/// Place of the first of the largest of four.
std::size_t largest_of(const Values& x, std::size_t at, std::size_t width) {
  std::size_t best = at;
  for (const std::size_t other : {at + 1, at + width, at + width + 1}) {
    if (x[other] > x[best]) best = other;
  }
  return best;
}

}  // namespace

Values convolve(const Convolution& conv, const Values& x, const Values& weight,
                const Values& bias) {
  const std::size_t count = index(conv.height * conv.width);
  Values y(index(conv.out) * count);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = bias[i / count];
  for_each_product(
      conv, [&](std::size_t from, std::size_t w, std::size_t to) { y[to] += x[from] * weight[w]; });
  return y;
}

Values convolve_backward(const Convolution& conv, const Values& x, const Values& weight,
                         const Values& slope, Values& weight_slope, Values& bias_slope) {
  Values x_slope(x.size());
  for_each_product(conv, [&](std::size_t from, std::size_t w, std::size_t to) {
    x_slope[from] += slope[to] * weight[w];
    weight_slope[w] += slope[to] * x[from];
  });
  const std::size_t count = index(conv.height * conv.width);
  for (std::size_t i = 0; i < slope.size(); ++i) bias_slope[i / count] += slope[i];
  return x_slope;
}

BatchNorm batch_norm(const Values& x, int batch, int channels, int count, const Values& scale,
                     const Values& shift) {
  BatchNorm norm{Values(index(channels)), Values(index(channels)), Values(x.size())};
  const double n = static_cast<double>(batch) * count;
  const auto channel = [&](std::size_t i) { return i / index(count) % index(channels); };
  for (std::size_t i = 0; i < x.size(); ++i) norm.mean[channel(i)] += x[i] / n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double off = x[i] - norm.mean[channel(i)];
    norm.var[channel(i)] += off * off / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = channel(i);
    norm.y[i] =
        (x[i] - norm.mean[c]) / std::sqrt(norm.var[c] + kBatchNormEps) * scale[c] + shift[c];
  }
  return norm;
}

Values batch_norm_backward(const Values& x, const BatchNorm& norm, int batch, int channels,
                           int count, const Values& scale, const Values& slope, Values& scale_slope,
                           Values& shift_slope) {
  const double n = static_cast<double>(batch) * count;
  const auto channel = [&](std::size_t i) { return i / index(count) % index(channels); };
  const auto normal = [&](std::size_t i) {
    const std::size_t c = channel(i);
    return (x[i] - norm.mean[c]) / std::sqrt(norm.var[c] + kBatchNormEps);
  };
  Values sum(index(channels)), product(index(channels));
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum[channel(i)] += slope[i];
    product[channel(i)] += slope[i] * normal(i);
  }
  for (std::size_t c = 0; c < sum.size(); ++c) {
    shift_slope[c] += sum[c];
    scale_slope[c] += product[c];
  }
  Values x_slope(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = channel(i);
    x_slope[i] = scale[c] / std::sqrt(norm.var[c] + kBatchNormEps) *
                 (slope[i] - sum[c] / n - normal(i) * product[c] / n);
  }
  return x_slope;
}

Values max_pool(const Values& x, int channels, int height, int width) {
  Values y;
  for (int c = 0; c < channels; ++c) {
    for (int row = 0; row < height; row += 2) {
      for (int column = 0; column < width; column += 2) {
        y.push_back(x[largest_of(x, index((c * height + row) * width + column), index(width))]);
      }
    }
  }
  return y;
}

Values max_pool_backward(const Values& x, int channels, int height, int width,
                         const Values& slope) {
  Values x_slope(x.size());
  std::size_t from = 0;
  for (int c = 0; c < channels; ++c) {
    for (int row = 0; row < height; row += 2) {
      for (int column = 0; column < width; column += 2) {
        x_slope[largest_of(x, index((c * height + row) * width + column), index(width))] +=
            slope[from++];
      }
    }
  }
  return x_slope;
}

Values relu(Values x) {
  for (double& value : x) value = std::max(value, 0.0);
  return x;
}

Values relu_backward(const Values& y, Values slope) {
  for (std::size_t i = 0; i < y.size(); ++i) slope[i] = y[i] > 0 ? slope[i] : 0;
  return slope;
}

namespace {

/// A batch going through the network and back, layer after layer.
class Pass {
 public:
  Pass(const Weights& weights, int batch) : info_(weights.info), batch_(batch) {
    for (const auto& [name, tensor] : weights.tensors) {
      tensors_[name] = Values(tensor.values.begin(), tensor.values.end());
      if (name.find("running") == std::string::npos) {
        result_.gradient[name] = Values(tensor.values.size());
      }
    }
  }

  Step run(const Values& pictures, std::span<const float> targets, const LossSettings& settings,
           double lambda) {
    const int side = info_.input_size, cells = info_.cells();
    x0_ = pictures;
    x1_ = conv("conv0", x0_, side, 3, 16);
    y1_ = conv("conv1", x1_, side, 16, 16);
    x2_ = normalise("bn1", y1_, n1_, side, 16);
    y2_ = conv("conv2", x2_, side / 2, 16, 64);
    x3_ = normalise("bn2", y2_, n2_, side / 2, 64);
    y3_ = conv("conv3", x3_, side / 4, 64, 32);
    h_[0] = relu(normalise("bn3", y3_, n3_, side / 4, 32));
    for (int i = 0; i < 4; ++i) h_[i + 1] = relu(head(i, h_[i]));
    result_.cells = head(4, h_[4]);

    const std::vector<float> kernel = inverted_gaussian(cells, static_cast<float>(settings.sigma));
    Values slope(result_.cells.size());
    result_.loss = batch_loss<double>(settings, lambda, result_.cells, targets, kernel, slope);

    slope = head_backward(4, h_[4], slope);
    for (int i = 3; i >= 0; --i) slope = head_backward(i, h_[i], relu_backward(h_[i + 1], slope));
    slope = normalise_backward("bn3", y3_, n3_, side / 4, 32, relu_backward(h_[0], slope));
    slope = conv_backward("conv3", x3_, side / 4, 64, 32, slope);
    slope = normalise_backward("bn2", y2_, n2_, side / 2, 64, slope);
    slope = conv_backward("conv2", x2_, side / 2, 16, 64, slope);
    slope = normalise_backward("bn1", y1_, n1_, side, 16, slope);
    slope = conv_backward("conv1", x1_, side, 16, 16, slope);
    conv_backward("conv0", x0_, side, 3, 16, slope);
    return std::move(result_);
  }

 private:
  /// Picture after picture through a convolution.
  Values each(const Convolution& c, const std::string& name, const Values& x) {
    Values y;
    const std::size_t size = index(c.in * c.height * c.width);
    for (int b = 0; b < batch_; ++b) {
      append(y,
             convolve(c, part(x, b, size), tensors_[name + ".weight"], tensors_[name + ".bias"]));
    }
    return y;
  }
  Values each_backward(const Convolution& c, const std::string& name, const Values& x,
                       const Values& slope) {
    Values x_slope;
    const std::size_t in = index(c.in * c.height * c.width);
    const std::size_t out = index(c.out * c.height * c.width);
    for (int b = 0; b < batch_; ++b) {
      append(x_slope, convolve_backward(c, part(x, b, in), tensors_[name + ".weight"],
                                        part(slope, b, out), result_.gradient[name + ".weight"],
                                        result_.gradient[name + ".bias"]));
    }
    return x_slope;
  }
  Values conv(const std::string& name, const Values& x, int side, int in, int out) {
    return each({in, out, side, side, 2}, name, x);
  }
  Values conv_backward(const std::string& name, const Values& x, int side, int in, int out,
                       const Values& slope) {
    return each_backward({in, out, side, side, 2}, name, x, slope);
  }
  [[nodiscard]] Convolution head_layer(int i) const {
    const int in = i == 0 ? kFeatureChannels : kHeadWidths[index(i - 1)];
    const int size = i == 0 ? info_.context_size : 1;
    const int dilation = i == 0 ? info_.context_dilation : 1;
    return {in,       kHeadWidths[index(i)],    info_.cells(), info_.cells(), size,
            dilation, dilation * (size - 1) / 2};
  }
  Values head(int i, const Values& x) { return each(head_layer(i), "fc" + std::to_string(i), x); }
  Values head_backward(int i, const Values& x, const Values& slope) {
    return each_backward(head_layer(i), "fc" + std::to_string(i), x, slope);
  }
  /// Batch norm and max-pool.
  Values normalise(const std::string& name, const Values& x, BatchNorm& norm, int side,
                   int channels) {
    norm = batch_norm(x, batch_, channels, side * side, tensors_[name + ".weight"],
                      tensors_[name + ".bias"]);
    result_.mean[name] = norm.mean;
    result_.var[name] = norm.var;
    return max_pool(norm.y, batch_ * channels, side, side);
  }
  Values normalise_backward(const std::string& name, const Values& x, const BatchNorm& norm,
                            int side, int channels, const Values& slope) {
    return batch_norm_backward(x, norm, batch_, channels, side * side, tensors_[name + ".weight"],
                               max_pool_backward(norm.y, batch_ * channels, side, side, slope),
                               result_.gradient[name + ".weight"],
                               result_.gradient[name + ".bias"]);
  }

  ModelInfo info_;
  int batch_;
  std::map<std::string, Values> tensors_;
  Step result_;
  Values x0_, x1_, x2_, x3_;  // inputs of conv0 … conv3
  Values y1_, y2_, y3_;       // outputs of conv1 … conv3
  BatchNorm n1_, n2_, n3_;
  Values h_[5];  // features, outputs of fc0 … fc3 after the ReLU
};

}  // namespace

Step step(const Weights& weights, const Values& pictures, std::span<const float> targets,
          const LossSettings& settings, double lambda) {
  return Pass(weights, static_cast<int>(targets.size())).run(pictures, targets, settings, lambda);
}

}  // namespace camloss::learn::reference
