// Benchmarks of the core's operators, each with every instruction set this machine runs.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "shared/base/half.h"
#include "shared/kernels/kernels.h"
#include "shared/network/packed.h"
#include "shared/picture/resample.h"
#include "tests/bench/groups.h"
#include "tests/bench/rates.h"
#include "tests/core/random_weights.h"

namespace camloss::bench {
namespace {

using Index = std::size_t;
using test::random_values;

/// A padded map of random values. @param overhang pixels that a tile's filter reads beyond it
struct Map {
  Map(int side, int overhang, int channels)
      : layout{side, ((side + kTile - 1) / kTile * kTile + overhang) * channels},
        values(random_values(static_cast<Index>(layout.row_stride / channels) *
                                 static_cast<Index>(layout.row_stride),
                             1)) {}
  MapLayout layout;
  std::vector<float> values;  // (side + pad, side + pad, channels)
};

void conv3x3(benchmark::State& state, const Kernels& table) {
  const int side = static_cast<int>(state.range(0));
  const PackedTrunk trunk = pack_trunk(test::random_weights(Head::fcn, side, 1));
  const Map in(side, 2, 4);
  Map out(side / 2, 1, 16);
  std::vector<float> scratch(kConvScratch);
  for ([[maybe_unused]] auto _ : state) {
    table.conv3x3_pool(trunk.block1(), in.values.data(), in.layout, out.values.data(), out.layout,
                       scratch.data());
    benchmark::ClobberMemory();
  }
  const double tiles = (side + 3) / 4;
  report_rate(state, tiles * tiles * 36 * 3 * 16, table.name);
}

/// @param block 2 or 3 of the trunk
void conv2x2(benchmark::State& state, const Kernels& table, int block) {
  const int side = static_cast<int>(state.range(0)) / (block == 2 ? 2 : 4);
  const PackedTrunk trunk = pack_trunk(test::random_weights(Head::fcn, 96, 1));
  const FoldedConv conv = block == 2 ? trunk.block2() : trunk.block3();
  const Map in(side, 1, conv.cin);
  Map out(side / 2, 1, conv.cout);
  std::vector<float> scratch(kConvScratch);
  for ([[maybe_unused]] auto _ : state) {
    table.conv2x2_pool(conv, in.values.data(), in.layout, out.values.data(), out.layout,
                       scratch.data());
    benchmark::ClobberMemory();
  }
  const double tiles = (side + 3) / 4;
  report_rate(state, tiles * tiles * 25 * conv.cin * conv.cout, table.name);
}

/// A layer of the fcn head on 48 cells, as many as the network works on together.
void matrix_product(benchmark::State& state, const Kernels& table) {
  constexpr int kRows = 48;
  const int k = static_cast<int>(state.range(0)), n = static_cast<int>(state.range(1));
  const auto x = random_values(static_cast<Index>(kRows * k), 1);
  const auto weights = random_values(static_cast<Index>(k * n), 2);
  const auto bias = random_values(static_cast<Index>(n), 3);
  std::vector<float> y(static_cast<Index>(kRows * n));
  for ([[maybe_unused]] auto _ : state) {
    table.matrix_product(x.data(), kRows, k, weights.data(), bias.data(), n, true, y.data());
    benchmark::ClobberMemory();
  }
  report_rate(state, static_cast<double>(kRows) * k * n, table.name);
}

/// fc0 of the dense head with half of the features active, as a ReLU leaves them.
void dense_partial(benchmark::State& state, const Kernels& table) {
  const int side = static_cast<int>(state.range(0)) / 8, cells = side * side;
  auto features = random_values(static_cast<Index>(cells) * 32, 1);
  for (float& value : features) value = std::max(value, 0.0F);
  const auto weights = random_values(static_cast<Index>(cells) * 32 * 128, 2);
  std::vector<float> partial(static_cast<Index>(cells) * 128), total(128);
  for ([[maybe_unused]] auto _ : state) {
    table.dense_partial(features.data(), cells, weights.data(), partial.data(), total.data());
    benchmark::ClobberMemory();
  }
  const auto active = std::ranges::count_if(features, [](float value) { return value > 0; });
  report_rate(state, static_cast<double>(active) * 128, table.name);
}

/// The same with weights that came as F16.
void dense_partial_half(benchmark::State& state, const Kernels& table) {
  const int side = static_cast<int>(state.range(0)) / 8, cells = side * side;
  auto features = random_values(static_cast<Index>(cells) * 32, 1);
  for (float& value : features) value = std::max(value, 0.0F);
  std::vector<ShiftedHalf> weights(static_cast<Index>(cells) * 32 * 128);
  auto exact = random_values(weights.size(), 2);
  for (float& value : exact) value = float_from_half(half_from_float(value));
  if (!to_shifted_halves(exact.data(), exact.size(), weights.data())) {
    state.SkipWithError("the weights are not halves");
    return;
  }
  std::vector<float> partial(static_cast<Index>(cells) * 128), total(128);
  for ([[maybe_unused]] auto _ : state) {
    table.dense_partial_half(features.data(), cells, weights.data(), partial.data(), total.data());
    benchmark::ClobberMemory();
  }
  const auto active = std::ranges::count_if(features, [](float value) { return value > 0; });
  report_rate(state, static_cast<double>(active) * 128, table.name);
}

/// The map of the dense head: each cell's share of fc0 times the slope of fc0's units.
void row_products(benchmark::State& state, const Kernels& table) {
  const int side = static_cast<int>(state.range(0)) / 8, cells = side * side;
  const auto rows = random_values(static_cast<Index>(cells) * 128, 1), x = random_values(128, 2);
  std::vector<float> y(static_cast<Index>(cells));
  for ([[maybe_unused]] auto _ : state) {
    table.row_products(rows.data(), cells, 128, x.data(), y.data());
    benchmark::ClobberMemory();
  }
  report_rate(state, static_cast<double>(cells) * 128, table.name);
}

/// RGBA of a given size to 192x192 planes.
void resample(benchmark::State& state) {
  const int width = static_cast<int>(state.range(0)), height = static_cast<int>(state.range(1));
  std::vector<std::uint8_t> pixels(static_cast<Index>(width) * static_cast<Index>(height) * 4, 200);
  for (Index i = 0; i < pixels.size(); i += 4) {
    pixels[i] = static_cast<std::uint8_t>(i / 4);
    pixels[i + 3] = 255;
  }
  std::vector<float> planes(3 * 192 * 192);
  ResampleScratch scratch;
  for ([[maybe_unused]] auto _ : state) {
    if (!resample_picture({pixels.data(), width, height, 4}, 192, planes, scratch)) {
      state.SkipWithError("the picture was refused");
      return;
    }
    benchmark::ClobberMemory();
  }
  state.counters["Mpixel/s"] =
      benchmark::Counter(1e-6 * width * height, benchmark::Counter::kIsIterationInvariantRate);
}

void normalise_planes(benchmark::State& state) {
  const auto fresh = random_values(3 * 192 * 192, 1, 0, 255);
  std::vector<float> planes = fresh;
  const float mean[3] = {0.5F, 0.5F, 0.5F}, std[3] = {0.25F, 0.25F, 0.25F};
  for ([[maybe_unused]] auto _ : state) {
    normalise(planes, mean, std);
    benchmark::ClobberMemory();
  }
}

void enlarge(benchmark::State& state) {
  const int cells = static_cast<int>(state.range(0)), side = static_cast<int>(state.range(1));
  const auto map = random_values(static_cast<Index>(cells * cells), 1);
  std::vector<float> heat(static_cast<Index>(side) * static_cast<Index>(side));
  for ([[maybe_unused]] auto _ : state) {
    upsample_bilinear(map, cells, cells, heat, side, side);
    benchmark::ClobberMemory();
  }
  state.counters["Mpixel/s"] =
      benchmark::Counter(1e-6 * side * side, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

void register_operators() {
  using benchmark::RegisterBenchmark;
  for (const Kernels* entry : available_kernels()) {
    const Kernels& table = *entry;
    const auto name = [&](const char* operation) {
      return std::string(operation) + "/" + table.name;
    };
    const auto add = [&](const char* operation, auto function) {
      return RegisterBenchmark(name(operation).c_str(), function)->Unit(benchmark::kMicrosecond);
    };
    const auto both_sides = [](benchmark::internal::Benchmark* one) { one->Arg(96)->Arg(192); };
    both_sides(add("conv01_pool", [&](benchmark::State& s) { conv3x3(s, table); }));
    both_sides(add("conv2_pool", [&](benchmark::State& s) { conv2x2(s, table, 2); }));
    both_sides(add("conv3_pool", [&](benchmark::State& s) { conv2x2(s, table, 3); }));
    both_sides(add("dense_fc0", [&](benchmark::State& s) { dense_partial(s, table); }));
    both_sides(add("dense_fc0_half", [&](benchmark::State& s) { dense_partial_half(s, table); }));
    both_sides(add("dense_map", [&](benchmark::State& s) { row_products(s, table); }));
    add("matrix_product", [&](benchmark::State& s) { matrix_product(s, table); })
        ->Args({32, 128})
        ->Args({128, 128})
        ->Args({128, 64})
        ->Args({64, 32});
  }
  RegisterBenchmark("resample", resample)
      ->Unit(benchmark::kMicrosecond)
      ->Args({192, 192})
      ->Args({1024, 768})
      ->Args({4000, 3000});
  RegisterBenchmark("normalise/192", normalise_planes)->Unit(benchmark::kMicrosecond);
  RegisterBenchmark("enlarge", enlarge)
      ->Unit(benchmark::kMicrosecond)
      ->Args({24, 192})
      ->Args({24, 1000});
}

}  // namespace camloss::bench
