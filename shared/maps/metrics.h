// Figures about evidence maps and predictions, each defined once for trainer, page and tests.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace camloss {

/// Σ K|M| / Σ |M| in [0, 1]; about 0.64 for a uniform map at σ = 0.25. Lower is better. Null for an
/// all-zero map.
/// @param map (side, side), signed
[[nodiscard]] std::optional<float> off_centre_mass(std::span<const float> map, int side) noexcept;

/// The same with K at hand.
/// @param kernel  (side, side), as from inverted_gaussian
[[nodiscard]] std::optional<float> off_centre_mass(std::span<const float> map,
                                                   std::span<const float> kernel) noexcept;

/// Mean of a mask over each cell: (height, width) bytes, non-zero = animal → (side, side) covered
/// shares in [0, 1].
[[nodiscard]] std::vector<float> mask_to_cells(std::span<const std::uint8_t> mask, int width,
                                               int height, int side);

/// Σ_mask |M| / Σ |M| with the covered share of each cell as the mask (energy-based pointing game,
/// Wang et al. 2020). Higher is better. Null for an all-zero map.
[[nodiscard]] std::optional<float> energy_in_mask(std::span<const float> map,
                                                  std::span<const float> covered) noexcept;

/// Whether the cell of the largest |M| is covered to at least one half (pointing game, Zhang et al.
/// 2016). Null for an all-zero map.
[[nodiscard]] std::optional<bool> pointing_game(std::span<const float> map,
                                                std::span<const float> covered) noexcept;

/// |Σ map + β − z| / max(1, |z|): how far a decomposition is from exact. Must be below 1e-4.
[[nodiscard]] float decomposition_residual(double map_sum, double beta, double logit) noexcept;

/// sigmoid(z / T), without overflow.
[[nodiscard]] double probability(double logit, double temperature) noexcept;

/// The verdict of a calibrated probability of class 1: a class, or undecided in [0.35, 0.65].
enum class Verdict { class0, class1, undecided };
[[nodiscard]] Verdict verdict(double probability_of_class1) noexcept;
inline constexpr double kUndecidedBelow = 0.65;
inline constexpr double kUndecidedAbove = 0.35;

/// The centred and the off-centre part of a map: Σ (1 − K)·M and Σ K·M; they add up to Σ M.
struct EvidenceSplit {
  float centred = 0;
  float off_centre = 0;
};
[[nodiscard]] EvidenceSplit split_evidence(std::span<const float> map, int side) noexcept;

}  // namespace camloss
