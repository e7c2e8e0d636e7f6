// Evidence maps from features and their gradient: one formula a function.
#pragma once

#include <span>

#include "shared/weights/architecture.h"

namespace camloss {

/// Features A and gradient G = ∂z/∂A, both (32, count) with count = cells², channel first.
struct FeatureGradient {
  std::span<const float> features;
  std::span<const float> gradient;
};

/// HiResCAM, Draelos and Carin 2020: Σ_c G_c ⊙ A_c.
/// @param map  (count)
void hirescam(FeatureGradient in, std::span<float> map) noexcept;

/// Grad-CAM, Selvaraju et al. 2017, without its ReLU so that the sign is kept: Σ_c mean(G_c) A_c.
void gradcam(FeatureGradient in, std::span<float> map) noexcept;

/// Grad-CAM++, Chattopadhay et al. 2018, for the score exp(z). With S_c = Σ A_c, a place of
/// gradient g > 0 weighs g / (2 + g S_c); the same for −z where g < 0, and the difference of the
/// two keeps the sign: w_c = Σ g / (2 + |g| S_c), map = Σ_c w_c A_c.
void gradcam_pp(FeatureGradient in, std::span<float> map) noexcept;

/// LayerCAM, Jiang et al. 2021: Σ_c relu(G) ⊙ A for +z less the same for −z. On features that are
/// never negative, as these are, the difference is HiResCAM to the last rounding; it is kept under
/// its own name for who looks for it.
void layercam(FeatureGradient in, std::span<float> map) noexcept;

/// The talk's "CAM": Σ_c w_c A_c with the last layer's 32 weights. It runs because both counts happen to be 32;
/// channel c and unit c have nothing to do with each other.
/// @param last_layer  (32)
void talk_map(std::span<const float> features, std::span<const float> last_layer,
              std::span<float> map) noexcept;

}  // namespace camloss
