// Vectors of floats by GCC's and Clang's vector extensions; the only place that knows how wide they
// are. Everything has internal linkage, because kernel sources are compiled once per instruction
// set and the linker must never merge a wide copy of a function into a narrow build.
#pragma once

namespace camloss {
namespace {

// What this build's vectors are made of; the name is what tests and the page's module report.
#if defined(__AVX512F__)
constexpr int kLanes = 16;
constexpr const char* kInstructionSet = "avx512";
#elif defined(__AVX2__)
constexpr int kLanes = 8;
constexpr const char* kInstructionSet = "avx2";
#elif defined(__SSE4_1__)
constexpr int kLanes = 4;
constexpr const char* kInstructionSet = "sse4.1";
#elif defined(__wasm_simd128__)
constexpr int kLanes = 4;
constexpr const char* kInstructionSet = "simd128";
#else
constexpr int kLanes = 4;
constexpr const char* kInstructionSet = "plain";
#endif

using Vec __attribute__((vector_size(4 * kLanes))) = float;
using Vec4 __attribute__((vector_size(16))) = float;
using IntVec __attribute__((vector_size(4 * kLanes))) = int;
using ShortVec __attribute__((vector_size(2 * kLanes))) = short;

// Of the same width everywhere: for what is laid out once, at loading.
using Half8 __attribute__((vector_size(16))) = unsigned short;
using Long2 __attribute__((vector_size(16))) = long long;
using Int8 __attribute__((vector_size(32))) = int;
using Float8 __attribute__((vector_size(32))) = float;

template <class V, class T>
[[gnu::always_inline]] inline V load(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}

template <class V>
[[gnu::always_inline]] inline void store(float* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

template <class V>
[[gnu::always_inline]] inline V larger(V a, V b) {
  return a > b ? a : b;
}

}  // namespace
}  // namespace camloss
