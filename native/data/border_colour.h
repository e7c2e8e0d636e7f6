// The colour of a picture's border, and how far it contradicts the picture's class.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

namespace camloss::train {

inline constexpr int kHueBins = 24;  // of 15 degrees

/// Share of the outer ring's pixels in each hue; what is left to 1 is colourless (grey, nearly
/// black or white).
using BorderHues = std::array<float, kHueBins>;

/// Hues of the outer ring, one eighth of the side wide.
/// @param rgb (3, side, side), 0…255
[[nodiscard]] BorderHues border_hues(std::span<const float> rgb, int side);

/// How far the mean borders of the two classes have the same colours: Σ over the hues, colourless
/// included, of the smaller of the two mean shares; 0 … 1. 0: no colour in common, so no border can
/// contradict its class. Nothing where a class has no picture.
[[nodiscard]] std::optional<double> border_overlap(std::span<const BorderHues> hues,
                                                   std::span<const int> labels);

/// For each picture the share of its ring that has the other class's dominant hue: the 60 degrees
/// in which that class's rings exceed those of the picture's own class most.
/// @param labels (n) 0 or 1
/// @return (n) in [0, 1]
[[nodiscard]] std::vector<float> contradictions(std::span<const BorderHues> hues,
                                                std::span<const int> labels);

}  // namespace camloss::train
