// Colour maps and the drawing of heat maps over pictures, for page, overlays and reports alike.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "shared/base/result.h"
#include "shared/picture/image.h"

namespace camloss {

using Rgb = std::array<std::uint8_t, 3>;

/// viridis: perceptually uniform default; jet: as in the talk; diverging: for signed maps, 0.5 is
/// neutral; grey.
enum class Colormap { viridis, inferno, jet, diverging, grey };
[[nodiscard]] std::string_view to_string(Colormap map) noexcept;
Result<Colormap> colormap_from_name(std::string_view name);

/// Colour at t; t is clamped to [0, 1], NaN draws as 0.
[[nodiscard]] Rgb colour(Colormap map, float t) noexcept;

/// Which evidence is drawn. predicted: for the class the logit's sign names.
enum class Drawn { predicted, class0, class1, positive_and_negative };

/// The drawn evidence of a signed map: max(map, 0), max(−map, 0) or the map itself; cut before any
/// up-sampling.
void drawn_evidence(std::span<const float> map, Drawn drawn, float logit,
                    std::span<float> out) noexcept;

/// Largest |value|; what "scale own" divides by (0 for an empty map).
[[nodiscard]] float largest_magnitude(std::span<const float> values) noexcept;

struct OverlayStyle {
  Colormap colours = Colormap::viridis;
  bool is_signed = false;  // values in [−scale, scale] rather than [0, scale]
  float scale = 1;         // value that reaches the colour map's end; ≤ 0: every value draws as 0
  float opacity = 0.55F;   // of the heat over the picture, 0…1
};

/// Heat of a map over a picture.
/// @param evidence  (side, side), already cut to what is drawn. Alpha of the base is composited on white.
/// @return RGB picture of the base's size; empty where base or map are empty or malformed.
[[nodiscard]] Image overlay(ImageView base, std::span<const float> evidence, int side,
                            const OverlayStyle& style);

}  // namespace camloss
