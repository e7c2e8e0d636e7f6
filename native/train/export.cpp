// Copies tensors between the LibTorch module and the core's form.
#include "native/train/export.h"

#include <algorithm>
#include <string>

#include "native/base/error.h"

namespace camloss::train {
namespace {

using torch::Tensor;

/// Calls visit(name, tensor) for everything a weights file holds.
template <class Visit>
void for_each_tensor(const NetImpl& net, Visit visit) {
  for (const auto& item : net.named_parameters()) visit(item.key(), item.value());
  for (const auto& item : net.named_buffers()) {
    if (item.value().is_floating_point())
      visit(item.key(), item.value());  // not num_batches_tracked
  }
}

}  // namespace

Weights export_weights(const NetImpl& net) {
  Weights weights;
  weights.info.head = net.head();
  weights.info.input_size = net.input_size();
  weights.info.context_size = net.context().size;
  weights.info.context_dilation = net.context().dilation;
  for_each_tensor(net, [&weights](const std::string& name, const Tensor& value) {
    const Tensor plain = value.detach().to(torch::kCPU).contiguous();
    const float* first = plain.data_ptr<float>();
    weights.tensors[name] = {plain.sizes().vec(), std::vector<float>(first, first + plain.numel())};
  });
  return weights;
}

void import_weights(NetImpl& net, const Weights& weights) {
  const torch::NoGradGuard no_grad;
  for_each_tensor(net, [&weights](const std::string& name, const Tensor& value) {
    const auto found = weights.tensors.find(name);
    if (found == weights.tensors.end()) throw UserError("the weights lack the tensor " + name);
    if (!std::ranges::equal(found->second.shape, value.sizes())) {
      throw UserError("the tensor " + name + " has another shape than the network's",
                      "head and input size must be those it was trained with");
    }
    // from_blob does not own; copy_ copies at once.
    value.copy_(torch::from_blob(const_cast<float*>(found->second.values.data()), value.sizes()));
  });
}

}  // namespace camloss::train
