// The checks of a model: metadata against shapes, shapes against the architecture, and every number.
#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/base/finite.h"
#include "shared/weights/weights.h"
#include "shared/weights/weights_format.h"

namespace camloss {
namespace {

using format::joined;

/// Null, or what is wrong with a context of so many cells.
const char* complaint_about_context(std::int64_t height, std::int64_t width) {
  if (height != width) return "its context is not square";
  if (height < 1 || height % 2 == 0) return "its context has no cell in the middle";
  if (height > kMaxContext) return "its context is wider than 7 cells";
  return nullptr;
}

Status check_values(const std::string& name, const NamedTensor& tensor) {
  std::size_t count = 1;
  for (const std::int64_t extent : tensor.shape) count *= static_cast<std::size_t>(extent);
  const bool is_left = !tensor.stored.empty();
  const std::size_t found =
      is_left ? tensor.stored.size() / tensor.stored_bytes : tensor.values.size();
  if (found != count || (is_left && !tensor.values.empty())) {
    return Error{joined({name, " has ", std::to_string(found), " values, not the ",
                         std::to_string(count), " of its shape"}),
                 "the model was not put together correctly"};
  }
  const std::size_t bad = is_left
                              ? first_not_finite(tensor.stored.data(), count, tensor.stored_bytes)
                              : first_not_finite(tensor.values.data(), count);
  if (bad < count) {
    const bool is_nan = std::isnan(is_left ? stored_value(tensor, bad) : tensor.values[bad]);
    return Error{joined({"value ", std::to_string(bad), " of ", name,
                         is_nan ? " is not a number" : " is infinite"}),
                 "the training may have diverged; a lower learning rate helps"};
  }
  if (name.ends_with(".running_var")) {
    for (const float value : tensor.values) {
      if (!(value + static_cast<float>(kBatchNormEps) > 0)) {
        return Error{joined({name, " holds a negative variance"}), "the file is damaged"};
      }
    }
  }
  return ok();
}

}  // namespace

Status validate(const Weights& weights) {
  if (Status status = format::check_info(weights.info); !status) return status;
  std::map<std::string, format::Shape, std::less<>> shapes;
  for (const auto& [name, tensor] : weights.tensors) shapes.emplace(name, tensor.shape);
  if (Status status = format::check_shapes(shapes, weights.info); !status) return status;
  return format::check_numbers(weights);
}

Result<CheckedWeights> check(Weights weights) {
  if (const Status status = validate(weights); !status) return status.error();
  return WeightsCheck::passed(std::move(weights));
}

namespace format {

std::string shape_text(const Shape& shape) {
  std::string text = "[";
  for (const std::int64_t extent : shape) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(extent);
  }
  return text + "]";
}

bool is_batch_counter(std::string_view name) {
  return name == "bn1.num_batches_tracked" || name == "bn2.num_batches_tracked" ||
         name == "bn3.num_batches_tracked";
}

Status check_numbers(const Weights& weights) {
  for (const auto& [name, tensor] : weights.tensors) {
    if (Status status = check_values(name, tensor); !status) return status;
  }
  return ok();
}

Status check_writable(const Weights& weights) {
  for (const auto& [name, tensor] : weights.tensors) {
    if (tensor.stored.empty()) continue;
    return Error{joined({name, " was left in its file"}),
                 "read the weights with Large::read to write them"};
  }
  return ok();
}

Status check_shapes(const std::map<std::string, Shape, std::less<>>& shapes,
                    const ModelInfo& info) {
  const auto specs = tensor_specs(info.head, info.input_size, info.context_size);
  const std::string architecture = joined(
      {"the ", to_string(info.head), " head at input size ", std::to_string(info.input_size)});
  const auto context = shapes.lower_bound("context.");
  if (context != shapes.end() && context->first.starts_with("context.")) {
    return Error{joined({tensor_called(context->first), " is a form of context that is not read"}),
                 "the context stands in fc0.weight, [128, 32, K, K] with K = 1, 3, 5 or 7"};
  }
  std::string first_missing;
  std::size_t missing = 0;
  for (const TensorSpec& spec : specs) {
    const auto found = shapes.find(spec.name);
    if (found == shapes.end()) {
      if (missing++ == 0) first_missing = spec.name;
    } else if (found->second != spec.shape) {
      // The trunk is the same with either head, at every input size.
      return Error{
          joined({spec.name, " has the shape ", shape_text(found->second), ", not ",
                  shape_text(spec.shape)}),
          spec.name.starts_with("fc")
              ? joined({"that is the shape for ", architecture,
                        "; check camloss.head and camloss.input_size"})
              : "this is another network; only that of docs/weights-format.md can be read"};
    }
  }
  const auto unknown = std::find_if(shapes.begin(), shapes.end(), [&](const auto& entry) {
    const auto has_name = [&](const TensorSpec& spec) { return spec.name == entry.first; };
    return std::none_of(specs.begin(), specs.end(), has_name);
  });
  const bool has_unknown = unknown != shapes.end();
  if (missing > 0) {
    Error error{joined({first_missing, " is missing"}), joined({architecture, " needs it"})};
    if (missing > 1) {
      error = {joined({first_missing, " and ", std::to_string(missing - 1),
                       " other tensors are missing"}),
               joined({architecture, " needs them all"})};
    }
    if (has_unknown) error.hint += joined({"; unknown is \"", shown(unknown->first), "\""});
    return error;
  }
  if (has_unknown) {
    return Error{joined({tensor_called(unknown->first), " is not part of the architecture"}),
                 "remove it; weights files hold conv0…3, bn1…3 and fc0…4 only"};
  }
  return ok();
}

Status check_kin(const StoredFile& file) {
  const auto has = [&](auto&& test) {
    return std::any_of(file.tensors.begin(), file.tensors.end(), [&](const StoredTensor& tensor) {
      return test(std::string_view(tensor.name));
    });
  };
  // Names behind a prefix are this network's, written by another program; conv1 and fc1 are anybody's.
  const bool is_kin = has([](std::string_view name) {
    const std::string_view stem = name.substr(0, name.rfind('.'));
    return stem.ends_with("conv0") || stem.ends_with("fc0") || stem.ends_with("fc4") ||
           name.starts_with("context.");
  });
  if (file.tensors.size() < 2 || is_kin) return ok();
  const bool is_resnet =
      has([](std::string_view name) { return name.starts_with("layer1.0.conv"); });
  std::string examples;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, file.tensors.size()); ++i) {
    examples += (i == 0 ? "" : ", ") + shown(file.tensors[i].name);
  }
  return Error{joined({"this is another network", is_resnet ? " (a ResNet)" : "", ": it has ",
                       std::to_string(file.tensors.size()), " tensors such as ", examples}),
               "only the network of docs/weights-format.md can be read: conv0 to conv3, bn1 to "
               "bn3, fc0 to fc4"};
}

Result<ModelInfo> check_architecture(StoredFile& file) {
  if (const Status status = check_kin(file); !status) return status.error();
  std::erase_if(file.tensors, [](const StoredTensor& t) { return is_batch_counter(t.name); });
  std::map<std::string, Shape, std::less<>> shapes;
  for (const StoredTensor& tensor : file.tensors) shapes.emplace(tensor.name, *tensor.shape);

  ModelInfo info;
  const auto fc0 = shapes.find("fc0.weight");
  const bool has_fc0 = fc0 != shapes.end();
  const std::size_t rank = has_fc0 ? fc0->second.size() : 0;
  if (has_fc0 && rank != 2 && rank != 4) {
    return Error{joined({"fc0.weight has the shape ", shape_text(fc0->second)}),
                 "it must be [128, 32, K, K] (fcn) or [128, 32 x cells] (dense)"};
  }
  if (rank == 4) {
    const auto complaint = complaint_about_context(fc0->second[2], fc0->second[3]);
    if (complaint != nullptr) {
      return Error{
          joined({"fc0.weight has the shape ", shape_text(fc0->second), ", and ", complaint}),
          "it must be [128, 32, K, K] with K = 1, 3, 5 or 7"};
    }
    info.context_size = static_cast<int>(fc0->second[2]);
  }
  if (rank == 2) {
    // Nothing else tells the input size of a dense head without metadata.
    info.head = Head::dense;
    const double per_channel = static_cast<double>(fc0->second[1]) / kFeatureChannels;
    info.input_size = 8 * static_cast<int>(std::lround(std::sqrt(per_channel)));
  }
  const Head head = info.head;
  if (const Status status = apply_metadata(file.metadata, info); !status) return status.error();
  if (has_fc0 && info.head != head) {
    return Error{joined({"camloss.head says ", to_string(info.head),
                         ", but fc0.weight has the shape ", shape_text(fc0->second)}),
                 joined({"that is the shape of a ", to_string(head), " head"})};
  }
  if (const Status status = check_info(info); !status) return status.error();
  if (const Status status = check_shapes(shapes, info); !status) return status.error();
  if (info.context_size == 1) info.context_dilation = 1;  // one tap has no distance to another
  return info;
}

}  // namespace format
}  // namespace camloss
