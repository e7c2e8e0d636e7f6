// The training losses: cross-entropy alone, split evidence, its variants, and the two historical
// ones.
#pragma once

#include <torch/torch.h>

#include "native/recipes/recipe.h"
#include "native/train/net.h"

namespace camloss::train {

/// Factors of a step: what the recipe's phase and ramp make of its lambda.
struct LossFactors {
  double classify = 1;  // of the classification part, 0 leaves it out
  double map = 0;       // of the map part, lambda included, 0 leaves it out
};

/// A batch's loss and its parts (scalars); the parts are before their factors.
struct LossTerms {
  torch::Tensor total;
  torch::Tensor classify;  // undefined where its factor is 0
  torch::Tensor map;       // undefined where its factor is 0
  torch::Tensor logit;     // (B) z, as at use, detached
};

/// A loss with its constants (the kernels) on the device. K_ij = 1 − exp(−(x²+y²)/(2σ²)) comes from
/// the core.
///
///   bce        BCE(z, y)
///   split      BCE(Σ W M + β, y) + λ·mean(K|M|), W = (1 − K)/Σ(1 − K): split evidence. With
///              `strongest` s < 1 the centre answers by the cells of the largest W|M| alone, the
///              s-th part of all: Σ' W M/Σ' W. With `lambda_yields` each picture's mean(K|M|) is
///              taken times max(0, 1 − BCE_i/ln 2), not differentiated.
///   quotient   BCE(z, y) + λ·mean over the batch of Σ K|M| / (Σ |M| + ε)
///   absolute   BCE(z, y) + λ·mean(K|M|)
///   talk       BCE(z, y) + λ·mean(K ⊙ T), T the talk's map (signed)
///   talk_code  BCE(z, y) + λ·(mean of the matrix products T↑ G)², T↑ the talk's map up-sampled to
///   S², G the Gaussian of
///              σ = S/4 (48 at 192) that is not inverted and sums to 1
class LossFunction {
 public:
  /// Takes loss, input size, sigma, strongest and lambda_yields of the recipe.
  LossFunction(const Recipe& recipe, torch::Device device);

  /// @param features  (B, 32, cells, cells) of `net`
  /// @param labels    (B), 0 or 1; 0.5 for a picture that is told to be of neither class
  /// @param kernels   (B, N), K of each picture; undefined: the Gaussian's
  [[nodiscard]] LossTerms operator()(NetImpl& net, const torch::Tensor& features,
                                     const torch::Tensor& labels, LossFactors factors,
                                     const torch::Tensor& kernels = {}) const;

 private:
  [[nodiscard]] torch::Tensor map_term(NetImpl& net, const torch::Tensor& features,
                                       const Evidence& evidence, const torch::Tensor& kernel) const;
  [[nodiscard]] torch::Tensor centre_logit(const Evidence& evidence,
                                           const torch::Tensor& kernel) const;

  Loss loss_;
  int cells_;
  double strongest_;
  bool yields_;
  torch::Tensor kernel_;    // (N) K
  torch::Tensor gaussian_;  // (S, S) G, talk_code only
};

}  // namespace camloss::train
