// The fast network against the plain one: every instruction set, both heads, odd sizes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "shared/kernels.h"
#include "shared/network.h"
#include "shared/reference.h"
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
