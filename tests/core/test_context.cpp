// The fcn head's context: fast against plain on every instruction set, plain against sums in double
// precision, what a cell sees, occlusion against brute force.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "shared/base/half.h"
#include "shared/kernels/kernels.h"
#include "shared/maps/metrics.h"
#include "shared/model.h"
#include "shared/network/network.h"
#include "shared/network/reference.h"
#include "tests/core/random_weights.h"

using namespace camloss;
using test::Context;
using test::random_values;
using test::random_weights;

namespace {

using Index = std::size_t;

std::string told(Context context, int size) {
  return "K " + std::to_string(context.size) + ", d " + std::to_string(context.dilation) +
         ", input " + std::to_string(size);
}

Index area(int side) { return static_cast<Index>(side) * static_cast<Index>(side); }

double relative_difference(std::span<const float> a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double worst = 0, scale = 1e-12;
  for (Index i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
    scale = std::max(scale, std::abs(static_cast<double>(b[i])));
  }
  return worst / scale;
}

/// z from features in double precision, by the definition alone. @param features (32, cells, cells)
double head_in_double(const Weights& weights, const std::vector<double>& features) {
  const int n = weights.info.cells(), k = weights.info.context_size,
            d = weights.info.context_dilation;
  const int widths[] = {128, 128, 64, 32, 1};
  double sum = 0;
  for (int row = 0; row < n; ++row) {
    for (int column = 0; column < n; ++column) {
      std::vector<double> x(static_cast<Index>(32 * k * k));
      for (int c = 0; c < 32; ++c) {
        for (int tap = 0; tap < k * k; ++tap) {
          const int y = row + d * (tap / k) - d * (k - 1) / 2;
          const int at = column + d * (tap % k) - d * (k - 1) / 2;
          if (y < 0 || y >= n || at < 0 || at >= n) continue;
          x[static_cast<Index>(c * k * k + tap)] =
              features[static_cast<Index>((c * n + y) * n + at)];
        }
      }
      for (int l = 0; l < 5; ++l) {
        const auto& w = weights.tensors.at("fc" + std::to_string(l) + ".weight").values;
        const auto& b = weights.tensors.at("fc" + std::to_string(l) + ".bias").values;
        std::vector<double> y(static_cast<Index>(widths[l]));
        for (Index o = 0; o < y.size(); ++o) {
          y[o] = b[o];
          for (Index i = 0; i < x.size(); ++i)
            y[o] += static_cast<double>(w[o * x.size() + i]) * x[i];
          if (l < 4) y[o] = std::max(y[o], 0.0);
        }
        x = y;
      }
      sum += x[0];
    }
  }
  return sum / (n * n);
}

}  // namespace

TEST_CASE("context: fast and plain network agree on every instruction set", "[context]") {
  const int k = GENERATE(1, 3, 5, 7);
  const int d = GENERATE(1, 2, 3, 5);
  const int size =
      GENERATE(8, 24, 40, 96, 104);  // 1, 3, 5, 12, 13 cells: fields wider than the map too
  if (k == 1 && d > 1) return;
  const Context context{k, d};
  const Weights weights =
      random_weights(Head::fcn, size, static_cast<std::uint64_t>(size * 100 + 10 * k + d), context);
  const std::vector<float> input = random_values(3 * area(size), 7, -2, 2);
  reference::Network plain(weights);
  const float expected = plain.forward(input);
  const Index count = area(size / 8);
  std::vector<float> plain_gradient(32 * count), gradient(32 * count), map(count), plain_map(count);
  const float plain_beta = plain.gradient(plain_gradient);
  double plain_sum = plain_beta;
  for (Index c = 0; c < 32; ++c) {
    for (Index i = 0; i < count; ++i)
      plain_map[i] += plain_gradient[c * count + i] * plain.features()[c * count + i];
  }
  for (const float value : plain_map) plain_sum += value;
  CHECK(decomposition_residual(plain_sum, 0, expected) < 1e-4F);
  for (const Kernels* const table : available_kernels()) {
    INFO("kernels " << table->name << ", " << told(context, size));
    Network fast(weights, *table);
    const float logit = fast.forward(input);
    CHECK(std::abs(logit - expected) < 1e-4 * std::max(1.0F, std::abs(expected)));
    CHECK(relative_difference(fast.cell_logits(), plain.cell_logits()) < 1e-4);
    const float beta = fast.gradient(gradient);
    CHECK(relative_difference(gradient, plain_gradient) < 1e-4);
    CHECK(std::abs(beta - plain_beta) < 1e-4);
    CHECK(std::abs(fast.hirescam(map) - plain_beta) < 1e-4);
    CHECK(relative_difference(map, plain_map) < 1e-4);
    double sum = beta;
    for (const float value : map) sum += value;
    CHECK(decomposition_residual(sum, 0, logit) < 1e-4F);
    CHECK(fast.forward(input) == logit);  // nothing is left over from the maps
  }
}

TEST_CASE("context: logit and gradient are those of the definition in double precision",
          "[context]") {
  const auto [k, d] = GENERATE(
      table<int, int>({{1, 1}, {3, 1}, {3, 2}, {3, 3}, {5, 1}, {5, 2}, {7, 1}, {7, 3}, {3, 63}}));
  constexpr int kSize = 40;
  const Weights weights = random_weights(Head::fcn, kSize, 12, {k, d});
  REQUIRE(validate(weights));
  reference::Network plain(weights);
  const float logit = plain.forward(random_values(3 * area(kSize), 5, -2, 2));
  std::vector<float> gradient(plain.features().size());
  plain.gradient(gradient);
  std::vector<double> features(plain.features().begin(), plain.features().end());
  INFO(told({k, d}, kSize));
  CHECK(head_in_double(weights, features) == Approx(logit).margin(1e-5));
  const float scale =
      std::abs(*std::max_element(gradient.begin(), gradient.end(),
                                 [](float a, float b) { return std::abs(a) < std::abs(b); }));
  REQUIRE(scale > 0);
  constexpr double kStep = 1e-5;
  int wrong = 0, asked = 0;
  test::Random random(77);
  for (; asked < 25; ++asked) {
    const Index at = random.bits() % features.size();
    const double value = features[at];
    features[at] = value + kStep;
    const double up = head_in_double(weights, features);
    features[at] = value - kStep;
    const double slope = (up - head_in_double(weights, features)) / (2 * kStep);
    features[at] = value;
    wrong += std::abs(slope - gradient[at]) > 2e-3 * scale ? 1 : 0;
  }
  CHECK(wrong <= 1);  // one may stand on a ReLU's kink
}

TEST_CASE("context: taps that never meet the map leave a head of single cells", "[context]") {
  constexpr int kSize = 48;
  Weights wide = random_weights(Head::fcn, kSize, 4, {3, 6});  // 6 cells apart on a map of 6
  Weights single = random_weights(Head::fcn, kSize, 4);
  for (auto& [name, tensor] : single.tensors) {
    if (name != "fc0.weight") tensor = wide.tensors.at(name);
  }
  for (Index i = 0; i < 128 * 32; ++i) {
    single.tensors.at("fc0.weight").values[i] = wide.tensors.at("fc0.weight").values[9 * i + 4];
  }
  const std::vector<float> input = random_values(3 * area(kSize), 9, -2, 2);
  for (const Kernels* const table : available_kernels()) {
    INFO(table->name);
    Network with(wide, *table), without(single, *table);
    const float expected = without.forward(input);
    CHECK(with.forward(input) == Approx(expected).margin(1e-6));
    CHECK(relative_difference(with.cell_logits(), without.cell_logits()) < 1e-6);
  }
}

TEST_CASE("context: a cell's logit depends on its receptive field and on nothing else",
          "[context]") {
  const auto [k, d] =
      GENERATE(table<int, int>({{1, 1}, {3, 1}, {3, 2}, {3, 3}, {5, 1}, {5, 2}, {7, 1}}));
  constexpr int kSize = 136;
  const Weights weights = random_weights(Head::fcn, kSize, 21, {k, d});
  CHECK(receptive_field(weights.info) == 16 + 8 * d * (k - 1));
  const int cells = weights.info.cells();
  const std::vector<float> input = random_values(3 * area(kSize), 3, -2, 2);
  Network network(weights);
  network.forward(input);
  const std::vector<float> before(network.cell_logits().begin(), network.cell_logits().end());
  for (const auto& [row, column] : {std::pair{8, 8}, std::pair{0, 16}, std::pair{16, 3}}) {
    INFO(told({k, d}, kSize) << ", cell " << row << ", " << column);
    const PixelSquare seen = seen_by_cell(weights.info, row, column);
    const auto cell = static_cast<Index>(row * cells + column);
    // The largest change of the logit where some pixels are bright or dark instead.
    const auto change_with = [&](auto is_changed) {
      float largest = 0;
      for (const float value : {60.0F, -60.0F}) {
        std::vector<float> changed = input;
        for (Index i = 0; i < changed.size(); ++i) {
          const int y = static_cast<int>(i % area(kSize)) / kSize, x = static_cast<int>(i) % kSize;
          if (is_changed(y, x)) changed[i] = value;
        }
        network.forward(changed);
        largest = std::max(largest, std::abs(network.cell_logits()[cell] - before[cell]));
      }
      return largest;
    };
    CHECK(change_with([&](int y, int x) {
            return y < seen.top || y >= seen.bottom || x < seen.left || x >= seen.right;
          }) < 1e-5F);
    if (row != 8 || column != 8) continue;  // a cut square may begin between two taps
    CHECK(change_with([&](int y, int) { return y == seen.top; }) > 1e-4F);
    CHECK(change_with([&](int y, int) { return y == seen.bottom - 1; }) > 1e-4F);
    CHECK(change_with([&](int, int x) { return x == seen.left; }) > 1e-4F);
    CHECK(change_with([&](int, int x) { return x == seen.right - 1; }) > 1e-4F);
  }
}

TEST_CASE("context: occlusion by windows equals occlusion of the whole picture", "[context]") {
  const auto [k, d, size] = GENERATE(table<int, int, int>({{3, 1, 8},
                                                           {3, 1, 16},
                                                           {3, 2, 24},
                                                           {3, 1, 56},
                                                           {3, 2, 56},
                                                           {3, 3, 72},
                                                           {3, 5, 56},
                                                           {5, 1, 48},
                                                           {5, 2, 72},
                                                           {7, 1, 40},
                                                           {7, 2, 72}}));
  const auto side = static_cast<Index>(size), cells = side / 8;
  const Weights weights = random_weights(Head::fcn, size, 5, {k, d});
  const std::vector<float> input = random_values(3 * area(size), 13, -2, 2);
  Network fast(weights), brute(weights);
  const float logit = fast.forward(input);
  std::vector<float> map(area(size / 8)), again(map.size()), before(map.size());
  fast.hirescam(before);
  fast.occlusion(input, map);
  fast.hirescam(again);
  CHECK(again == before);  // the whole picture's results are still there
  for (Index row = 0; row < cells; ++row) {
    for (Index column = 0; column < cells; ++column) {
      std::vector<float> occluded = input;
      for (Index c = 0; c < 3; ++c) {
        double mean = 0;
        for (Index i = 0; i < side * side; ++i) mean += input[c * side * side + i];
        mean /= static_cast<double>(side * side);
        for (Index y = 8 * row; y < 8 * row + 8; ++y) {
          for (Index x = 8 * column; x < 8 * column + 8; ++x)
            occluded[(c * side + y) * side + x] = static_cast<float>(mean);
        }
      }
      INFO("cell " << row << ", " << column << ", " << told({k, d}, size));
      CHECK(std::abs(map[row * cells + column] - (logit - brute.forward(occluded))) < 1e-5);
    }
  }
}

TEST_CASE("context: every method explains every picture", "[context]") {
  const auto [k, d] = GENERATE(table<int, int>({{3, 2}, {5, 1}, {7, 1}}));
  Model model(test::checked(random_weights(Head::fcn, 96, 6, {k, d})));
  Image noise{131, 77, 3, {}}, flat{40, 30, 3, {}}, dot{1, 1, 3, {9, 80, 200}};
  test::Random random(3);
  for (int i = 0; i < 3 * 131 * 77; ++i)
    noise.pixels.push_back(static_cast<std::uint8_t>(random.bits()));
  flat.pixels.assign(3 * 40 * 30, 77);
  for (const Image* const image : {&noise, &flat, &dot}) {
    for (const Method method : methods_of(Head::fcn)) {
      INFO(to_string(method) << ", " << told({k, d}, 96) << ", picture " << image->width);
      const Result<Explanation> result = model.explain(image->view(), method);
      REQUIRE(result);
      REQUIRE(std::isfinite(result->logit));
      for (const float value : result->map) REQUIRE(std::isfinite(value));
      REQUIRE(result->residual.has_value() == is_decomposition(method));
      if (result->residual) CHECK(*result->residual < 1e-4F);
    }
  }
}

TEST_CASE("context: weights stored as F16 say nearly the same", "[context]") {
  const Context context = GENERATE(Context{3, 2}, Context{7, 1});
  const Weights exact = random_weights(Head::fcn, 96, 31, context);
  const auto bytes = write_safetensors(test::checked(exact), DType::f16);
  REQUIRE(bytes);
  const auto halves = read_weights(*bytes, "halves");
  REQUIRE(halves);
  CHECK(halves->info().context_size == context.size);
  CHECK(halves->info().context_dilation == context.dilation);
  const std::vector<float> input = random_values(3 * area(96), 17, -2, 2);
  Network full(exact), half(halves->get());
  reference::Network plain(halves->get());
  const float expected = plain.forward(input);
  CHECK(half.forward(input) == Approx(expected).margin(1e-5));
  CHECK(std::abs(probability(expected, 1) - probability(full.forward(input), 1)) < 2e-3);
}
