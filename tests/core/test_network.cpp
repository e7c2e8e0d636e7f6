// The fast network against the plain one: every instruction set, both heads, odd sizes.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "shared/base/finite.h"
#include "shared/base/half.h"
#include "shared/kernels/kernels.h"
#include "shared/maps/metrics.h"
#include "shared/network/network.h"
#include "shared/network/packed.h"
#include "shared/network/reference.h"
#include "shared/picture/resample.h"
#include "tests/core/random_weights.h"

using namespace camloss;
using test::random_values;
using test::random_weights;

namespace {

/// Largest difference, as a share of the largest magnitude.
double relative_difference(std::span<const float> a, std::span<const float> b) {
  REQUIRE(a.size() == b.size());
  double worst = 0, scale = 1e-12;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
    scale = std::max(scale, std::abs(static_cast<double>(b[i])));
  }
  return worst / scale;
}

constexpr int kSizes[] = {8, 16, 24, 40, 56, 72, 96, 104};

}  // namespace

TEST_CASE("fast and plain network agree on every instruction set", "[network]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const int size = GENERATE(from_range(std::begin(kSizes), std::end(kSizes)));
  const Weights weights = random_weights(head, size, static_cast<std::uint64_t>(size));
  const auto side = static_cast<std::size_t>(size);
  const std::vector<float> input = random_values(3 * side * side, 7, -2, 2);
  reference::Network plain(weights);
  const float expected = plain.forward(input);
  const std::size_t count = side / 8 * (side / 8);
  std::vector<float> plain_gradient(32 * count), gradient(32 * count), map(count), plain_map(count);
  const float plain_beta = plain.gradient(plain_gradient);
  for (std::size_t c = 0; c < 32; ++c) {
    for (std::size_t i = 0; i < count; ++i)
      plain_map[i] += plain_gradient[c * count + i] * plain.features()[c * count + i];
  }
  for (const Kernels* const table : available_kernels()) {
    INFO("kernels " << table->name << ", head " << to_string(head) << ", side " << size);
    Network fast(weights, *table);
    const float logit = fast.forward(input);
    CHECK(std::abs(logit - expected) < 1e-4 * std::max(1.0F, std::abs(expected)));
    CHECK(relative_difference(fast.features(), plain.features()) < 1e-5);
    if (head == Head::fcn)
      CHECK(relative_difference(fast.cell_logits(), plain.cell_logits()) < 1e-5);
    const float beta = fast.gradient(gradient);
    CHECK(relative_difference(gradient, plain_gradient) < 1e-4);
    CHECK(std::abs(beta - plain_beta) < 1e-4);
    CHECK(std::abs(fast.hirescam(map) - plain_beta) < 1e-4);
    CHECK(relative_difference(map, plain_map) < 1e-4);
  }
}

TEST_CASE("HiResCAM and the biases' share add up to the logit", "[network]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const int size = GENERATE(24, 64, 136);
  const auto side = static_cast<std::size_t>(size);
  const Weights weights = random_weights(head, size, 11);
  for (const Kernels* const table : available_kernels()) {
    Network network(weights, *table);
    const float logit = network.forward(random_values(3 * side * side, 3, -2, 2));
    std::vector<float> map(side / 8 * (side / 8));
    double sum = network.hirescam(map);
    for (const float value : map) sum += value;
    CHECK(std::abs(sum - logit) < 1e-4 * std::max(1.0F, std::abs(logit)));
  }
}

TEST_CASE("occlusion by windows equals occlusion of the whole picture", "[network]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const int size = GENERATE(8, 16, 24, 48);
  const auto side = static_cast<std::size_t>(size);
  const std::size_t cells = side / 8;
  const Weights weights = random_weights(head, size, 5);
  const std::vector<float> input = random_values(3 * side * side, 13, -2, 2);
  reference::Network plain(weights);
  const float logit = plain.forward(input);
  Network fast(weights);
  fast.forward(input);
  std::vector<float> map(cells * cells), again(cells * cells), before(cells * cells);
  fast.hirescam(before);
  fast.occlusion(input, map);
  fast.hirescam(again);
  CHECK(again == before);  // the whole picture's results are still there
  for (std::size_t row = 0; row < cells; ++row) {
    for (std::size_t column = 0; column < cells; ++column) {
      std::vector<float> occluded = input;
      for (std::size_t c = 0; c < 3; ++c) {
        double mean = 0;
        for (std::size_t i = 0; i < side * side; ++i) mean += input[c * side * side + i];
        mean /= static_cast<double>(side * side);
        for (std::size_t y = 8 * row; y < 8 * row + 8; ++y) {
          for (std::size_t x = 8 * column; x < 8 * column + 8; ++x) {
            occluded[(c * side + y) * side + x] = static_cast<float>(mean);
          }
        }
      }
      const float expected = logit - plain.forward(occluded);
      INFO("cell " << row << ", " << column << " of side " << size);
      CHECK(std::abs(map[row * cells + column] - expected) <
            2e-4 * std::max(1.0F, std::abs(logit)));
    }
  }
}

namespace {

/// What a file of F16 holds of the weights.
Weights as_halves(Weights weights) {
  for (auto& [name, tensor] : weights.tensors) {
    for (float& value : tensor.values) value = float_from_half(half_from_float(value));
  }
  return weights;
}

}  // namespace

TEST_CASE("a shifted half holds every half below 128, and tells what it does not hold",
          "[network]") {
  int wrong = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = float_from_half(static_cast<std::uint16_t>(bits));
    ShiftedHalf packed = 0;
    const bool fits = to_shifted_halves(&value, 1, &packed);
    wrong += fits != (std::abs(value) < 128) ? 1 : 0;
    if (fits) wrong += from_shifted_half(packed) != value ? 1 : 0;
    // The same from a file's bytes, at the end of any number of others.
    std::array<std::uint8_t, 2 * 11> bytes{};
    std::array<ShiftedHalf, 11> all{};
    const std::size_t at = bits % all.size();
    bytes[2 * at] = static_cast<std::uint8_t>(bits & 0xFFU);
    bytes[2 * at + 1] = static_cast<std::uint8_t>(bits >> 8);
    wrong += to_shifted_halves(bytes.data(), at + 1, all.data()) != fits ? 1 : 0;
    if (fits) wrong += all[at] != packed ? 1 : 0;
  }
  CHECK(wrong == 0);
  for (const float value :
       {0.1F, 1.0F + 0x1p-11F, 0x1p-25F, 0x1p-24F + 0x1p-35F, 1e-30F, 1e-45F, 128.0F, 1e30F,
        std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    ShiftedHalf packed = 0;
    CAPTURE(value);
    CHECK_FALSE(to_shifted_halves(&value, 1, &packed));
    const std::array<float, 2> second{0.0F, -value};
    std::array<ShiftedHalf, 2> both{};
    CHECK_FALSE(to_shifted_halves(second.data(), second.size(), both.data()));
  }
}

TEST_CASE("the dense head's first layer is laid out by cells, whatever their number", "[network]") {
  const int side = GENERATE(1, 2, 5, 6, 7, 12);  // cells: none, some and all in blocks of 8 and 32
  const std::size_t cells = static_cast<std::size_t>(side * side);
  NamedTensor singles{{128, static_cast<std::int64_t>(32 * cells)}, {}, {}};
  singles.values = random_values(128 * 32 * cells, 11, -0.1F, 0.1F);
  const std::vector<float> exact = singles.values;
  const PackedDense as_singles = pack_dense(singles, cells);
  REQUIRE(as_singles.halves.empty());
  // A file's header may end at any address.
  std::vector<std::uint8_t> odd(1 + 4 * exact.size());
  std::memcpy(odd.data() + 1, exact.data(), 4 * exact.size());
  const PackedDense from_odd = pack_dense({singles.shape, {}, std::span(odd).subspan(1), 4}, cells);
  REQUIRE(from_odd.halves.empty());
  REQUIRE(from_odd.singles.size() == as_singles.singles.size());
  CHECK(std::equal(from_odd.singles.data(), from_odd.singles.data() + from_odd.singles.size(),
                   as_singles.singles.data()));
  for (float& weight : singles.values) weight = float_from_half(half_from_float(weight));
  singles.values[77] = 0x1p-24F;
  singles.values[78] = -0x1p-20F;
  singles.values[79] = -0.0F;
  std::vector<std::uint8_t> bytes;
  for (const float weight : singles.values) {
    const std::uint16_t half = half_from_float(weight);
    bytes.push_back(static_cast<std::uint8_t>(half & 0xFFU));
    bytes.push_back(static_cast<std::uint8_t>(half >> 8));
  }
  const PackedDense from_singles = pack_dense(singles, cells);
  const PackedDense from_bytes = pack_dense({singles.shape, {}, bytes, 2}, cells);
  REQUIRE(from_singles.halves.size() == singles.values.size());
  REQUIRE(from_bytes.halves.size() == singles.values.size());
  int wrong = 0;
  for (std::size_t cell = 0; cell < cells; ++cell) {
    for (std::size_t unit = 0; unit < 128; ++unit) {
      for (std::size_t channel = 0; channel < 32; ++channel) {
        const std::size_t at = ((cell * 4 + unit / 32) * 32 + channel) * 32 + unit % 32;
        const float expected = singles.values[(unit * 32 + channel) * cells + cell];
        wrong += from_shifted_half(from_singles.halves.data()[at]) != expected ? 1 : 0;
        wrong += from_shifted_half(from_bytes.halves.data()[at]) != expected ? 1 : 0;
        wrong +=
            as_singles.singles.data()[at] != exact[(unit * 32 + channel) * cells + cell] ? 1 : 0;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("values that are no finite numbers are found, each at its place", "[network]") {
  std::vector<float> values(20000, 1.5F);
  std::vector<std::uint8_t> halves(2 * values.size(), 0x3C);
  CHECK(first_not_finite(values.data(), values.size()) == values.size());
  CHECK(first_not_finite(halves.data(), values.size(), 2) == values.size());
  CHECK(first_not_finite(values.data(), 0) == 0);
  for (const std::size_t at : {19999U, 16384U, 12345U, 8191U, 8190U, 1U, 0U}) {
    values[at] = at % 2 == 0 ? std::numeric_limits<float>::infinity() : std::nanf("");
    halves[2 * at + 1] = at % 2 == 0 ? 0xFC : 0x7D;
    CHECK(first_not_finite(values.data(), values.size()) == at);
    CHECK(first_not_finite(halves.data(), values.size(), 2) == at);
  }
}

TEST_CASE("the dense head's first layer gives the same bits from halves as from floats",
          "[network]") {
  constexpr int kCells = 37;
  std::vector<float> weights = random_values(kCells * 32 * 128, 5, -0.1F, 0.1F);
  for (float& weight : weights) weight = float_from_half(half_from_float(weight));
  weights[3] = 0x1p-24F;  // the smallest half
  std::vector<ShiftedHalf> halves(weights.size());
  REQUIRE(to_shifted_halves(weights.data(), weights.size(), halves.data()));
  std::vector<float> features = random_values(kCells * 32, 6, -1, 1);
  for (float& feature : features) feature = std::max(feature, 0.0F);
  features[0] = 3e4F;
  features[3] = 1e-6F;
  for (const Kernels* const table : available_kernels()) {
    INFO("kernels " << table->name);
    std::vector<float> partial(kCells * 128), total(128), partial_half(kCells * 128),
        total_half(128);
    table->dense_partial(features.data(), kCells, weights.data(), partial.data(), total.data());
    table->dense_partial_half(features.data(), kCells, halves.data(), partial_half.data(),
                              total_half.data());
    CHECK(partial_half == partial);
    CHECK(total_half == total);
  }
}

TEST_CASE("weights stored as F16: fast and plain agree, and F32's probability is near",
          "[network]") {
  const Head head = GENERATE(Head::fcn, Head::dense);
  const int size = GENERATE(8, 24, 72, 192);
  const auto side = static_cast<std::size_t>(size);
  const Weights exact = random_weights(head, size, 31);
  const Weights halves = as_halves(exact);
  CHECK(pack_head(halves).is_half() == (head == Head::dense));
  CHECK_FALSE(pack_head(exact).is_half());
  const std::vector<float> input = random_values(3 * side * side, 17, -2, 2);
  reference::Network plain(halves), full(exact);
  const float expected = plain.forward(input);
  CHECK(std::abs(probability(expected, 1) - probability(full.forward(input), 1)) < 2e-3);
  std::vector<float> plain_gradient(32 * side * side / 64), gradient(plain_gradient.size());
  plain.gradient(plain_gradient);
  for (const Kernels* const table : available_kernels()) {
    INFO("kernels " << table->name << ", head " << to_string(head) << ", side " << size);
    Network fast(halves, *table);
    CHECK(std::abs(fast.forward(input) - expected) < 1e-4 * std::max(1.0F, std::abs(expected)));
    fast.gradient(gradient);
    CHECK(relative_difference(gradient, plain_gradient) < 1e-4);
  }
}

TEST_CASE("pictures from 1x1 to 5000x3000 on every instruction set", "[network]") {
  const auto [width, height] = GENERATE(table<int, int>(
      {{1, 1}, {1, 9}, {7, 1}, {3, 5}, {39, 41}, {40, 40}, {641, 479}, {5000, 1}, {5000, 3000}}));
  constexpr int kSide = 40;
  const Head head = GENERATE(Head::fcn, Head::dense);
  const Weights weights = random_weights(head, kSide, 3);
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(width) *
                                   static_cast<std::size_t>(height) * 3);
  test::Random random(static_cast<std::uint64_t>(width + height));
  for (std::uint8_t& byte : pixels) byte = static_cast<std::uint8_t>(random.bits());
  std::vector<float> input(3 * kSide * kSide);
  ResampleScratch scratch;
  REQUIRE(resample_picture({pixels.data(), width, height, 3}, kSide, input, scratch));
  normalise(input, weights.info.mean, weights.info.std);
  reference::Network plain(weights);
  const float expected = plain.forward(input);
  for (const Kernels* const kernels : available_kernels()) {
    INFO("kernels " << kernels->name << ", " << width << "x" << height);
    Network fast(weights, *kernels);
    CHECK(std::abs(fast.forward(input) - expected) < 1e-4 * std::max(1.0F, std::abs(expected)));
    CHECK(relative_difference(fast.features(), plain.features()) < 1e-5);
  }
}

TEST_CASE("the kernels that run are the widest this machine has", "[network]") {
  REQUIRE(!available_kernels().empty());
  CHECK(&kernels() == available_kernels().front());
  for (std::size_t i = 1; i < available_kernels().size(); ++i) {
    CHECK(available_kernels()[i - 1]->lanes > available_kernels()[i]->lanes);
  }
  CHECK(available_kernels().back()->lanes == 4);
#if defined(__x86_64__)
  CHECK(std::string(available_kernels().back()->name) == "sse4.1");
  if (__builtin_cpu_supports("avx512vl")) {
    CHECK(std::string(kernels().name) == "avx512");
  } else if (__builtin_cpu_supports("avx2")) {
    CHECK(std::string(kernels().name) == "avx2");
  }
#elif defined(__wasm_simd128__)
  CHECK(std::string(kernels().name) == "simd128");
#endif
}
