// The formulas of the training losses.
#include "native/losses.h"

#include <vector>

#include "shared/kernel.h"

namespace camloss::train {
namespace {

using torch::Tensor;

/// ε of the quotient: keeps it defined for a map that vanishes.
constexpr double kQuotientEps = 1e-6;

Tensor to_tensor(const std::vector<float>& values, torch::Device device) {
  return torch::tensor(values).to(device);
}

Tensor cross_entropy(const Tensor& logit, const Tensor& labels) {
  return torch::binary_cross_entropy_with_logits(logit, labels);
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

LossFunction::LossFunction(Loss loss, int cells, double sigma, torch::Device device)
    : loss_(loss),
      cells_(cells),
      kernel_(to_tensor(inverted_gaussian(cells, static_cast<float>(sigma)), device)),
      centre_(to_tensor(centre_weights(cells, static_cast<float>(sigma)), device)) {
  if (loss == Loss::talk_code) {
    const int side = 8 * cells;
    gaussian_ =
        to_tensor(centre_weights(side, static_cast<float>(sigma)), device).view({side, side});
  }
}

Tensor LossFunction::map_term(NetImpl& net, const Tensor& features,
                              const Evidence& evidence) const {
  switch (loss_) {
    case Loss::split:
    case Loss::absolute:
      return (evidence.map.abs() * kernel_).mean();
    case Loss::quotient: {
      const Tensor magnitude = evidence.map.abs();
      return ((magnitude * kernel_).sum(1) / (magnitude.sum(1) + kQuotientEps)).mean();
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
                                   LossFactors factors) const {
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
  if (factors.classify != 0) {
    terms.classify = loss_ == Loss::split
                         ? cross_entropy(torch::mv(evidence.map, centre_) + evidence.beta, labels)
                         : cross_entropy(evidence.logit, labels);
    terms.total = terms.classify * factors.classify;
  }
  if (with_map) {
    terms.map = map_term(net, features, evidence);
    const Tensor weighted = terms.map * factors.map;
    terms.total = terms.total.defined() ? terms.total + weighted : weighted;
  }
  return terms;
}

}  // namespace camloss::train
