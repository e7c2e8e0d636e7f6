// Pictures in half the room of floats: grey levels as whole numbers of a 256th.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

namespace camloss {

/// Steps of one grey level, so that 0…255 becomes 0…65280.
inline constexpr float kPackedSteps = 256;

/// @param level  of grey; below 0 and what is not a number become 0, above 255 becomes 255
[[nodiscard]] inline std::uint16_t packed(float level) noexcept {
  const float held = level >= 0 ? std::min(level, 255.0F) : 0.0F;
  return static_cast<std::uint16_t>(held * kPackedSteps + 0.5F);
}

/// To within half a step of what was packed.
/// @param from  as packed() gives them
/// @param to    as many grey levels
void unpack(std::span<const std::uint16_t> from, std::span<float> to) noexcept;

}  // namespace camloss
