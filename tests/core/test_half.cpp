// binary16 against its definition: every half, and floats around every rounding boundary.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "shared/base/half.h"
#include "tests/core/random_weights.h"

using namespace camloss;

namespace {

/// A half from its fields, by the definition in the standard.
double defined_value(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int mantissa = bits & 1023;
  const double magnitude =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

bool is_finite_half(std::uint16_t bits) { return ((bits >> 10) & 31) != 31; }

}  // namespace

TEST_CASE("every finite half widens to its defined value and back", "[half]") {
  int wrong = 0;
  for (std::uint32_t i = 0; i < 65536; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    if (!is_finite_half(bits)) continue;
    const float wide = float_from_half(bits);
    wrong += static_cast<double>(wide) != defined_value(bits);
    wrong += std::signbit(wide) != ((bits & 0x8000) != 0);
    wrong += half_from_float(wide) != bits;
  }
  CHECK(wrong == 0);
}

TEST_CASE("infinities and NaN pass through", "[half]") {
  CHECK(float_from_half(0x7C00) == std::numeric_limits<float>::infinity());
  CHECK(float_from_half(0xFC00) == -std::numeric_limits<float>::infinity());
  CHECK(half_from_float(std::numeric_limits<float>::infinity()) == 0x7C00);
  CHECK(half_from_float(-std::numeric_limits<float>::infinity()) == 0xFC00);
  for (std::uint32_t i = 0x7C01; i < 0x8000; ++i) {
    const float wide = float_from_half(static_cast<std::uint16_t>(i));
    REQUIRE(std::isnan(wide));
    REQUIRE((half_from_float(wide) & 0x7FFF) > 0x7C00);
  }
  CHECK((half_from_float(std::numeric_limits<float>::quiet_NaN()) & 0x7FFF) > 0x7C00);
}

TEST_CASE("midpoints between halves round to even, their neighbours to the nearest", "[half]") {
  int wrong = 0;
  for (std::uint16_t low = 0; low < 0x7BFF; ++low) {
    const auto high = static_cast<std::uint16_t>(low + 1);
    // Halves have 11 significant bits: the midpoint of two is exact in float.
    const auto middle = static_cast<float>((defined_value(low) + defined_value(high)) / 2);
    wrong += half_from_float(middle) != ((low & 1) == 0 ? low : high);
    wrong += half_from_float(std::nextafter(middle, 0.0F)) != low;
    wrong += half_from_float(std::nextafter(middle, 1e9F)) != high;
    wrong += half_from_float(-middle) != (((low & 1) == 0 ? low : high) | 0x8000);
  }
  CHECK(wrong == 0);
}

TEST_CASE("the ends of the range", "[half]") {
  CHECK(half_from_float(65504.0F) == 0x7BFF);
  CHECK(half_from_float(std::nextafter(65520.0F, 0.0F)) == 0x7BFF);
  CHECK(half_from_float(65520.0F) == 0x7C00);
  CHECK(half_from_float(std::numeric_limits<float>::max()) == 0x7C00);
  CHECK(half_from_float(0x1p-24F) == 1);
  CHECK(half_from_float(0x1p-25F) == 0);
  CHECK(half_from_float(std::nextafter(0x1p-25F, 1.0F)) == 1);
  CHECK(half_from_float(std::numeric_limits<float>::denorm_min()) == 0);
  CHECK(half_from_float(-0.0F) == 0x8000);
}

TEST_CASE("random floats round to the nearest half", "[half]") {
  test::Random random(3);
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const float value = std::ldexp(random.uniform(-1, 1), static_cast<int>(random.bits() % 15));
    const double error = std::abs(static_cast<double>(value) -
                                  static_cast<double>(float_from_half(half_from_float(value))));
    worst = std::max(worst, error / std::max(std::abs(static_cast<double>(value)), 0x1p-14));
  }
  CHECK(worst <= 0x1p-11);
}
