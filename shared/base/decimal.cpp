// Decimal to float: one double operation where that is exact enough, long division elsewhere.
#include "shared/base/decimal.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "shared/base/bits.h"

namespace camloss {
namespace {

/// A non-negative integer of up to 1280 bits, least significant word first: room for 128 digits
/// times the powers of ten and two that the range of float asks for.
class BigInteger {
 public:
  explicit BigInteger(std::uint32_t value) { words_[0] = value; }

  /// this = this · factor + summand
  void multiply_add(std::uint32_t factor, std::uint32_t summand) {
    std::uint64_t carry = summand;
    for (std::uint32_t& word : words_) {
      carry += std::uint64_t{word} * factor;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
  }
  void multiply_by_power_of_ten(int exponent) {
    for (; exponent >= 9; exponent -= 9) multiply_add(1'000'000'000, 0);
    for (; exponent > 0; --exponent) multiply_add(10, 0);
  }
  void shift_left(int bits) {
    for (; bits >= 31; bits -= 31) multiply_add(std::uint32_t{1} << 31, 0);
    multiply_add(std::uint32_t{1} << bits, 0);
  }
  /// Position of the highest bit that is set, plus one; 0 for zero.
  [[nodiscard]] int bit_length() const {
    for (std::size_t i = words_.size(); i-- > 0;) {
      int length = static_cast<int>(32 * i);
      if (words_[i] == 0) continue;
      for (std::uint32_t word = words_[i]; word != 0; word >>= 1) ++length;
      return length;
    }
    return 0;
  }
  [[nodiscard]] int compare(const BigInteger& other) const {
    for (std::size_t i = words_.size(); i-- > 0;) {
      if (words_[i] != other.words_[i]) return words_[i] < other.words_[i] ? -1 : 1;
    }
    return 0;
  }
  /// The other must not be larger.
  void subtract(const BigInteger& other) {
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const std::uint64_t difference = std::uint64_t{words_[i]} - other.words_[i] - borrow;
      words_[i] = static_cast<std::uint32_t>(difference);
      borrow = difference >> 63;
    }
  }

 private:
  std::array<std::uint32_t, 40> words_{};
};

/// The same by long division; slow and exact.
/// @param digits  without leading zeros, not empty
float divide(std::string_view digits, int exponent) {
  BigInteger numerator(0);
  BigInteger denominator(1);
  for (const char digit : digits) {
    numerator.multiply_add(10, static_cast<std::uint32_t>(digit - '0'));
  }
  numerator.multiply_by_power_of_ten(std::max(exponent, 0));
  denominator.multiply_by_power_of_ten(std::max(-exponent, 0));

  // The quotient is to have the 24 bits of a float or one more; fewer where it is subnormal.
  constexpr int kSmallestExponent = -149;  // of a float's last bit
  int scale = numerator.bit_length() - denominator.bit_length() - 24;
  scale = std::max(scale, kSmallestExponent);
  if (scale > 0) denominator.shift_left(scale);
  if (scale < 0) numerator.shift_left(-scale);

  constexpr int kQuotientBits = 25;
  denominator.shift_left(kQuotientBits - 1);
  std::uint32_t quotient = 0;
  for (int i = 0; i < kQuotientBits; ++i) {
    quotient <<= 1;
    if (numerator.compare(denominator) >= 0) {
      numerator.subtract(denominator);
      quotient |= 1;
    }
    numerator.shift_left(1);
  }
  // What remains, doubled once more above, against half of the last place; with 25 bits that half
  // is the lowest bit itself.
  const bool is_long = quotient >= std::uint32_t{1} << 24;
  bool above = false;
  bool tie = false;
  if (is_long) {
    const bool rest = numerator.bit_length() > 0;
    above = (quotient & 1) != 0 && rest;
    tie = (quotient & 1) != 0 && !rest;
    quotient >>= 1;
    ++scale;
  } else {
    const int order = numerator.compare(denominator);
    above = order > 0;
    tie = order == 0;
  }
  if (above || (tie && (quotient & 1) != 0)) ++quotient;
  if (quotient == std::uint32_t{1} << 24) {
    quotient >>= 1;
    ++scale;
  }
  if (scale > 104) return std::numeric_limits<float>::infinity();
  if (quotient < std::uint32_t{1} << 23) return float_of_bits(quotient);  // subnormal, or 0
  const auto biased = static_cast<std::uint32_t>(scale + 150);
  return float_of_bits((biased << 23) | (quotient & 0x7FFFFF));
}

}  // namespace

float float_from_decimal(std::string_view digits, int exponent) noexcept {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return 0;
  const auto length = static_cast<int>(digits.size());
  // The value lies in [10^(length − 1 + exponent), 10^(length + exponent)).
  if (exponent > 40 || length + exponent > 40) return std::numeric_limits<float>::infinity();
  if (exponent < -400 || length + exponent < -46) return 0;

  constexpr std::array kPowersOfTen{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (length <= 19 && exponent >= -22 && exponent <= 22) {
    std::uint64_t integer = 0;
    for (const char digit : digits)
      integer = 10 * integer + static_cast<std::uint64_t>(digit - '0');
    // The power is exact in double: taking the integer and this each round once at most …
    const auto power = kPowersOfTen[static_cast<std::size_t>(std::abs(exponent))];
    const double value =
        exponent < 0 ? static_cast<double>(integer) / power : static_cast<double>(integer) * power;
    // … so rounding on to float goes wrong only near the middle of two floats.
    constexpr std::uint64_t kMiddle = 0x10000000, kNear = 4;  // last places of the double
    std::uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    const bool is_near = (bits & 0x1FFFFFFF) - (kMiddle - kNear) <= 2 * kNear;
    const bool is_normal = value >= 0x1p-126 && value <= 0x1p127;
    if (is_normal && !is_near) return static_cast<float>(value);
  }
  return divide(digits, exponent);
}

}  // namespace camloss
