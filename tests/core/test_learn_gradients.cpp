// Every layer of a training, plain: its gradient against finite differences in double precision, at odd sizes.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "shared/learn/losses.h"
#include "shared/learn/reference.h"
#include "shared/maps/kernel.h"
#include "tests/core/random_weights.h"

using namespace camloss;
using namespace camloss::learn;
using learn::reference::Values;

namespace {

Values random_doubles(std::size_t count, std::uint64_t seed) {
  const std::vector<float> floats = test::random_values(count, seed);
  return {floats.begin(), floats.end()};
}

double dot(const Values& a, const Values& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Compares a gradient with central differences of `loss` in up to 60 of the values.
void check_gradient(Values& values, const Values& gradient, const std::function<double()>& loss) {
  REQUIRE(values.size() == gradient.size());
  constexpr double kStep = 1e-5;
  const std::size_t stride = values.size() / 60 + 1;
  double scale = 1e-3;
  for (const double g : gradient) scale = std::max(scale, std::abs(g));
  for (std::size_t i = 0; i < values.size(); i += stride) {
    const double before = values[i];
    values[i] = before + kStep;
    const double above = loss();
    values[i] = before - kStep;
    const double below = loss();
    values[i] = before;
    INFO("value " << i);
    CHECK(gradient[i] == Approx((above - below) / (2 * kStep)).margin(1e-7 * scale).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("the convolutions' gradients are those of finite differences", "[learn]") {
  // The trunk's 2x2, a matrix, and contexts that reach beyond the map.
  const auto conv = GENERATE(learn::reference::Convolution{3, 5, 7, 9, 2},
                             learn::reference::Convolution{4, 3, 5, 3, 1},
                             learn::reference::Convolution{3, 4, 7, 5, 3, 4, 4},
                             learn::reference::Convolution{2, 3, 5, 5, 5, 2, 4});
  const auto count = static_cast<std::size_t>(conv.height * conv.width);
  Values x = random_doubles(static_cast<std::size_t>(conv.in) * count, 1);
  Values weight =
      random_doubles(static_cast<std::size_t>(conv.out * conv.in * conv.size * conv.size), 2);
  Values bias = random_doubles(static_cast<std::size_t>(conv.out), 3);
  const Values slope = random_doubles(static_cast<std::size_t>(conv.out) * count, 4);
  const auto loss = [&] { return dot(learn::reference::convolve(conv, x, weight, bias), slope); };
  Values weight_slope(weight.size()), bias_slope(bias.size());
  const Values x_slope =
      learn::reference::convolve_backward(conv, x, weight, slope, weight_slope, bias_slope);
  check_gradient(x, x_slope, loss);
  check_gradient(weight, weight_slope, loss);
  check_gradient(bias, bias_slope, loss);
}

TEST_CASE("batch norm's gradient in training is that of finite differences", "[learn]") {
  constexpr int kBatch = 3, kChannels = 5, kCount = 7;
  Values x = random_doubles(kBatch * kChannels * kCount, 5);
  Values scale = random_doubles(kChannels, 6), shift = random_doubles(kChannels, 7);
  const Values slope = random_doubles(x.size(), 8);
  const auto loss = [&] {
    return dot(learn::reference::batch_norm(x, kBatch, kChannels, kCount, scale, shift).y, slope);
  };
  const auto norm = learn::reference::batch_norm(x, kBatch, kChannels, kCount, scale, shift);
  Values scale_slope(kChannels), shift_slope(kChannels);
  const Values x_slope = learn::reference::batch_norm_backward(
      x, norm, kBatch, kChannels, kCount, scale, slope, scale_slope, shift_slope);
  check_gradient(x, x_slope, loss);
  check_gradient(scale, scale_slope, loss);
  check_gradient(shift, shift_slope, loss);
}

TEST_CASE("max-pool and ReLU send the gradient where the value came from", "[learn]") {
  Values x = random_doubles(3 * 6 * 10, 9);
  const Values slope = random_doubles(3 * 3 * 5, 10);
  check_gradient(x, learn::reference::max_pool_backward(x, 3, 6, 10, slope),
                 [&] { return dot(learn::reference::max_pool(x, 3, 6, 10), slope); });
  // Of equal values the first gets all of it.
  const Values even(4, 0.5);
  CHECK(learn::reference::max_pool_backward(even, 1, 2, 2, {2}) == Values{2, 0, 0, 0});
  Values y = random_doubles(45, 11);
  check_gradient(y, learn::reference::relu_backward(learn::reference::relu(y), slope),
                 [&] { return dot(learn::reference::relu(y), slope); });
}

TEST_CASE("both losses: value by hand, gradient by finite differences", "[learn]") {
  constexpr std::size_t kBatch = 3, kCells = 25;
  const std::vector<float> kernel = inverted_gaussian(5, 0.25F);
  const std::vector<float> targets{0, 1, 0.5F};
  Values cells = random_doubles(kBatch * kCells, 12), slope(cells.size());
  LossSettings settings;
  settings.loss = GENERATE(learn::Loss::bce, learn::Loss::split);
  settings.lambda = 0.7;
  const LossParts parts =
      batch_loss<double>(settings, settings.lambda, cells, targets, kernel, slope);
  double classify = 0, map = 0;
  for (std::size_t b = 0; b < kBatch; ++b) {
    double answer = 0, weights = 0;
    for (std::size_t i = 0; i < kCells; ++i) {
      const double k = kernel[i];
      const double share = settings.loss == learn::Loss::split ? 1 - k : 1;
      answer += share * cells[b * kCells + i];
      weights += share;
      map += k * std::abs(cells[b * kCells + i]) / (kCells * kBatch);
    }
    const double p = 1 / (1 + std::exp(-answer / weights)), y = targets[b];
    classify -= (y * std::log(p) + (1 - y) * std::log(1 - p)) / kBatch;
  }
  CHECK(parts.classify == Approx(classify).epsilon(1e-12));
  const bool split = settings.loss == learn::Loss::split;
  if (split) CHECK(parts.map == Approx(map).epsilon(1e-12));
  CHECK(parts.total == Approx(classify + (split ? 0.7 * map : 0)).epsilon(1e-12));
  Values unused(slope.size());
  check_gradient(cells, slope, [&] {
    return batch_loss<double>(settings, settings.lambda, cells, targets, kernel, unused).total;
  });
  // Where the penalty yields, the factor is not differentiated: a picture without an answer pays nothing.
  settings.lambda_yields = true;
  Values wrong(kCells, -3);
  const std::vector<float> one{1};
  Values with(kCells), without(kCells);
  const LossParts yielded = batch_loss<double>(settings, 1, wrong, one, kernel, with);
  CHECK(yielded.map == 0);
  CHECK(yielded.total == Approx(cross_entropy(-3, 1)));
  Values right(kCells, 3);
  const LossParts paid = batch_loss<double>(settings, 1, right, one, kernel, without);
  if (split) CHECK(paid.map > 0);
  CHECK(with != without);
}

TEST_CASE("the whole network's gradient is that of finite differences", "[learn]") {
  const auto context = GENERATE(test::Context{3, 4}, test::Context{1, 1}, test::Context{3, 1});
  Weights weights = test::random_weights(Head::fcn, 40, 21, context);
  Values pictures = random_doubles(2 * 3 * 40 * 40, 22);
  const std::vector<float> targets{1, 0};
  LossSettings settings;
  settings.loss = learn::Loss::split;
  const auto loss = [&] {
    return learn::reference::step(weights, pictures, targets, settings, 0.6).loss.total;
  };
  const auto step = learn::reference::step(weights, pictures, targets, settings, 0.6);
  // The weights are floats: a step that they hold exactly.
  for (const auto& [name, gradient] : step.gradient) {
    std::vector<float>& values = weights.tensors.at(name).values;
    const std::size_t i = values.size() / 3;
    const float before = values[i];
    constexpr float kStep = 0x1p-16F;
    values[i] = before + kStep;
    const double high = values[i], above = loss();
    values[i] = before - kStep;
    const double low = values[i], below = loss();
    values[i] = before;
    INFO(name);
    CHECK(gradient[i] == Approx((above - below) / (high - low)).epsilon(1e-3).margin(1e-6));
  }
}
