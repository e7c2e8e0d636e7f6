// The hash that tells whether a file's bytes are still the same.
#pragma once

#include <cstdint>
#include <span>
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

}  // namespace camloss::train
