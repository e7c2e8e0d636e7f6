// The hash that tells whether a file's bytes are still the same.
#pragma once

#include <cstdint>
#include <span>

namespace camloss::train {

/// FNV-1a, 64 bits (Fowler, Noll, Vo): against mix-ups, not against malice.
[[nodiscard]] inline std::uint64_t fnv1a(std::span<const std::uint8_t> bytes) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001B3ULL;
  return hash;
}

}  // namespace camloss::train
