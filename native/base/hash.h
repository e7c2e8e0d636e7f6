// The hash that tells whether a file's bytes are still the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace camloss::train {

inline constexpr std::uint64_t kFnvStart = 0xCBF29CE484222325ULL;

/// FNV-1a, 64 bits (Fowler, Noll, Vo): against mix-ups, not against malice.
/// @param hash  of what came before
[[nodiscard]] inline std::uint64_t fnv1a(std::span<const std::uint8_t> bytes,
                                         std::uint64_t hash = kFnvStart) {
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return hash;
}
[[nodiscard]] inline std::uint64_t fnv1a(std::string_view text, std::uint64_t hash = kFnvStart) {
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  return hash;
}

/// Sixteen hexadecimal digits.
[[nodiscard]] inline std::string hex(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 0; i < 16; ++i) text[15 - i] = kDigits[value >> (4 * i) & 0xFU];
  return text;
}

}  // namespace camloss::train
