// How the layers' weights are packed for the operators.
#include "shared/learn/products.h"

#include <utility>

#include "shared/weights/architecture.h"

namespace camloss::learn {
namespace {

constexpr int kBlock = 16;  // outputs that are packed together

/// Packed (n/16, segments · k, 16); source(output, segment, input) is each weight's place.
template <class Source>
std::vector<int> packed_order(int n, int segments, int k, Source source) {
  std::vector<int> from;
  from.reserve(size_of(n, segments, k));
  for (int chunk = 0; chunk < n; chunk += kBlock) {
    for (int s = 0; s < segments; ++s) {
      for (int i = 0; i < k; ++i) {
        for (int lane = 0; lane < kBlock; ++lane) from.push_back(source(chunk + lane, s, i));
      }
    }
  }
  return from;
}

LearntProduct finished(LearntProduct product) {
  product.forward.resize(product.forward_from.size());
  product.backward.resize(product.backward_from.size());
  return product;
}

}  // namespace

LearntProduct first_convolution(int out) {
  LearntProduct p{3, 12, out, {}, {}, {}, {}};
  p.forward_from = packed_order(
      out, 3, 12, [](int o, int row, int i) { return (o * 4 + i % 4) * 9 + 3 * row + i / 4; });
  return finished(std::move(p));
}

LearntProduct convolution(std::size_t at, int in, int out) {
  const int first = static_cast<int>(at);
  LearntProduct p{kConvSide, kConvSide * in, out, {}, {}, {}, {}};
  p.forward_from = packed_order(out, 2, 2 * in, [&](int o, int row, int i) {
    return first + (o * in + i % in) * 4 + 2 * row + i / in;
  });
  // Backward an input pixel reads the outputs above and left of it, the left one first.
  p.backward_from = packed_order(in, 2, 2 * out, [&](int c, int row, int i) {
    return first + (i % out * in + c) * 4 + 2 * row + (1 - i / out);
  });
  return finished(std::move(p));
}

LearntProduct head_layer(std::size_t at, int in, int out, int taps) {
  const int first = static_cast<int>(at);
  LearntProduct p{taps, in, out, {}, {}, {}, {}};
  p.forward_from = packed_order(
      out, taps, in, [&](int o, int tap, int i) { return first + (o * in + i) * taps + tap; });
  p.backward_from = packed_order(
      in, taps, out, [&](int c, int tap, int o) { return first + (o * in + c) * taps + tap; });
  return finished(std::move(p));
}

void LearntProduct::pack(const float* source) {
  for (std::size_t i = 0; i < forward.size(); ++i) forward[i] = source[forward_from[i]];
  for (std::size_t i = 0; i < backward.size(); ++i) backward[i] = source[backward_from[i]];
}

void LearntProduct::unpack_slope(const float* slope, float* source_slope) const {
  for (std::size_t i = 0; i < forward.size(); ++i) source_slope[forward_from[i]] += slope[i];
}

}  // namespace camloss::learn
