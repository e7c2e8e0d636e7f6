// Between the LibTorch module and the weights of the core.
#pragma once

#include "native/train/net.h"
#include "shared/weights/weights.h"

namespace camloss::train {

/// Tensors of the module under the names and shapes of the weights file; of the info, head and
/// input size are set.
[[nodiscard]] Weights export_weights(const NetImpl& net);

/// Copies the tensors into a module of the same head and input size.
/// Throws UserError: a tensor is missing or has another shape.
void import_weights(NetImpl& net, const Weights& weights);

}  // namespace camloss::train
