// The formulas of the training losses.
#include "native/train/losses.h"

#include <cmath>
#include <tuple>
#include <vector>

#include "shared/maps/kernel.h"

namespace camloss::train {
namespace {

using torch::Tensor;

/// ε of the quotient: keeps it defined for a map that vanishes.
constexpr double kQuotientEps = 1e-6;

Tensor to_tensor(const std::vector<float>& values, torch::Device device) {
  return torch::tensor(values).to(device);
}

/// Of each picture, (B).
Tensor cross_entropy(const Tensor& logit, const Tensor& labels) {
  return torch::binary_cross_entropy_with_logits(logit, labels, {}, {}, at::Reduction::None);
}

/// Whether the loss is made from the exact decomposition.
bool needs_evidence(Loss loss) {
  return loss == Loss::split || loss == Loss::quotient || loss == Loss::absolute;
}

/// Σ_c w_c A_c with the last layer's 32 weights: (B, cells, cells).
Tensor talk_map(const NetImpl& net, const Tensor& features) {
  return (features * net.last_layer().view({1, -1, 1, 1})).sum(1);
}

}  // namespace

LossFunction::LossFunction(const Recipe& recipe, torch::Device device)
    : loss_(recipe.loss),
      cells_(recipe.input_size / 8),
      strongest_(recipe.strongest),
      yields_(recipe.lambda_yields),
      kernel_(to_tensor(inverted_gaussian(cells_, static_cast<float>(recipe.sigma)), device)) {
  if (loss_ == Loss::talk_code) {
    const int side = 8 * cells_;
    gaussian_ = to_tensor(centre_weights(side, static_cast<float>(recipe.sigma)), device)
                    .view({side, side});
  }
}

Tensor LossFunction::centre_logit(const Evidence& evidence, const Tensor& kernel) const {
  const std::int64_t cells = evidence.map.size(1);
  const Tensor centre = (1 - kernel).expand_as(evidence.map);  // (B, N), W before its sum is 1
  const auto kept = static_cast<std::int64_t>(std::ceil(strongest_ * static_cast<double>(cells)));
  if (kept >= cells) return (evidence.map * centre).sum(1) / centre.sum(1) + evidence.beta;
  const Tensor chosen = std::get<1>((evidence.map.detach().abs() * centre).topk(kept, 1));
  const Tensor weights = centre.gather(1, chosen);  // (B, kept)
  return (evidence.map.gather(1, chosen) * weights).sum(1) / weights.sum(1) + evidence.beta;
}

Tensor LossFunction::map_term(NetImpl& net, const Tensor& features, const Evidence& evidence,
                              const Tensor& kernel) const {
  switch (loss_) {
    case Loss::split:
    case Loss::absolute:
      return (evidence.map.abs() * kernel).mean(1);
    case Loss::quotient: {
      const Tensor magnitude = evidence.map.abs();
      return ((magnitude * kernel).sum(1) / (magnitude.sum(1) + kQuotientEps));
    }
    case Loss::talk:
      return (talk_map(net, features).flatten(1) * kernel_).mean();
    case Loss::talk_code: {
      const Tensor large = torch::upsample_bilinear2d(
          talk_map(net, features).unsqueeze(1), {8 * cells_, 8 * cells_}, /*align_corners=*/false);
      return torch::matmul(large, gaussian_).mean().square();
    }
    case Loss::bce:
      break;
  }
  return {};
}

LossTerms LossFunction::operator()(NetImpl& net, const Tensor& features, const Tensor& labels,
                                   LossFactors factors, const Tensor& kernels) const {
  const Tensor& kernel = kernels.defined() ? kernels : kernel_;
  const bool with_map = loss_ != Loss::bce && factors.map != 0;
  // Split evidence classifies by the centre even while its map part is switched off.
  const bool with_evidence = loss_ == Loss::split || (with_map && needs_evidence(loss_));
  Evidence evidence;
  if (with_evidence) {
    evidence = net.evidence(features);
  } else {
    evidence.logit = net.logit(features);
  }
  LossTerms terms;
  terms.logit = evidence.logit.detach();
  // What each picture's answer costs, (B): split evidence answers by the centre.
  const Tensor answer = loss_ == Loss::split ? centre_logit(evidence, kernel) : evidence.logit;
  const Tensor cost = cross_entropy(answer, labels);
  if (factors.classify != 0) {
    terms.classify = cost.mean();
    terms.total = terms.classify * factors.classify;
  }
  if (with_map) {
    Tensor each = map_term(net, features, evidence, kernel);  // (B), or one for all
    if (yields_ && loss_ == Loss::split) {
      each = each * (1 - cost.detach() / std::log(2.0)).clamp_min(0);
    }
    terms.map = each.mean();
    const Tensor weighted = terms.map * factors.map;
    terms.total = terms.total.defined() ? terms.total + weighted : weighted;
  }
  return terms;
}

}  // namespace camloss::train
