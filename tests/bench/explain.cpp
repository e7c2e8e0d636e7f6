// Benchmarks of the whole: network with each instruction set, and a model from RGBA bytes to the
// heat map.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "shared/maps/map_methods.h"
#include "shared/model.h"
#include "shared/network/network.h"
#include "shared/picture/resample.h"
#include "tests/bench/groups.h"
#include "tests/bench/rates.h"
#include "tests/core/random_weights.h"

namespace camloss::bench {
namespace {

using Index = std::size_t;

constexpr double kHeadTail = 128 * 128 + 128 * 64 + 64 * 32;  // fc1 … fc3

/// Multiply-adds of the head of the network's last forward, and of its map.
double head_multiply_adds(Head head, int side, const Network& network, bool map) {
  const double cells = side / 8.0 * (side / 8.0);
  if (head == Head::fcn) return cells * (32 * 128 + kHeadTail + 32);
  const auto active =
      std::ranges::count_if(network.features(), [](float value) { return value > 0; });
  const double forward = 128.0 * static_cast<double>(active) + kHeadTail + 32;
  return forward + (map ? kHeadTail + cells * 128 : 0);
}

/// Normalised input to logit, and map where the head needs more for it than the logit.
void network_run(benchmark::State& state, const Kernels& table, Head head, bool map) {
  const int side = static_cast<int>(state.range(0));
  const Weights weights = test::random_weights(head, side, 1);
  Network network(weights, table);
  const auto input =
      test::random_values(3 * static_cast<Index>(side) * static_cast<Index>(side), 2, -2, 2);
  std::vector<float> evidence(static_cast<Index>(side / 8 * (side / 8)));
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(network.forward(input));
    if (map) benchmark::DoNotOptimize(network.hirescam(evidence));
    benchmark::ClobberMemory();
  }
  report_rate(state, trunk_multiply_adds(side) + head_multiply_adds(head, side, network, map),
              table.name);
}

/// RGBA bytes of the input's size to logit, map and heat map of that size, with the best
/// instruction set.
void model_run(benchmark::State& state, Head head, Method method, test::Context context = {}) {
  const int side = static_cast<int>(state.range(0));
  Model model(test::checked(test::random_weights(head, side, 1, context)));
  const Index area = static_cast<Index>(side) * static_cast<Index>(side);
  std::vector<std::uint8_t> pixels(4 * area, 255);
  test::Random random(3);
  for (Index i = 0; i < pixels.size(); ++i) {
    if (i % 4 != 3) pixels[i] = static_cast<std::uint8_t>(random.bits());
  }
  std::vector<float> heat(area);
  for ([[maybe_unused]] auto _ : state) {
    auto explanation = model.explain({pixels.data(), side, side, 4}, method);
    if (!explanation) {
      state.SkipWithError("the picture was refused");
      return;
    }
    if (method != Method::none) {
      upsample_bilinear(explanation->map, side / 8, side / 8, heat, side, side);
    }
    benchmark::ClobberMemory();
  }
}

}  // namespace

void register_explain() {
  const auto add = [](const std::string& name, auto function) {
    benchmark::RegisterBenchmark(name.c_str(), function)
        ->Unit(benchmark::kMicrosecond)
        ->Arg(96)
        ->Arg(192);
  };
  for (const Kernels* entry : available_kernels()) {
    const Kernels& table = *entry;
    const std::string set = std::string("/") + table.name;
    add("network_dense" + set,
        [&](benchmark::State& s) { network_run(s, table, Head::dense, false); });
    add("network_dense_hirescam" + set,
        [&](benchmark::State& s) { network_run(s, table, Head::dense, true); });
    add("network_fcn" + set, [&](benchmark::State& s) { network_run(s, table, Head::fcn, false); });
  }
  add("predict_dense", [](benchmark::State& s) { model_run(s, Head::dense, Method::none); });
  add("explain_dense", [](benchmark::State& s) { model_run(s, Head::dense, Method::hirescam); });
  add("predict_fcn", [](benchmark::State& s) { model_run(s, Head::fcn, Method::none); });
  add("explain_fcn", [](benchmark::State& s) { model_run(s, Head::fcn, Method::cam); });
  for (const test::Context context :
       {test::Context{3, 1}, {3, 2}, {3, 3}, {5, 1}, {5, 2}, {7, 1}}) {
    const std::string about =
        "/K" + std::to_string(context.size) + "_d" + std::to_string(context.dilation);
    add("explain_fcn" + about,
        [context](benchmark::State& s) { model_run(s, Head::fcn, Method::cam, context); });
    add("explain_fcn_hirescam" + about,
        [context](benchmark::State& s) { model_run(s, Head::fcn, Method::hirescam, context); });
  }
  add("explain_fcn_hirescam",
      [](benchmark::State& s) { model_run(s, Head::fcn, Method::hirescam); });
}

}  // namespace camloss::bench
