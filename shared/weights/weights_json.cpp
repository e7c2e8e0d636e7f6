// Weights as one JSON object: the metadata, and each tensor as nested arrays of numbers.
#include <algorithm>
#include <utility>

#include "shared/base/json_text.h"
#include "shared/weights/weights_format.h"

namespace camloss {
namespace {

/// The arrays of one level and all below it.
/// @param values  the level's share, row-major
void append_nested(std::string& out, std::span<const std::int64_t> shape,
                   std::span<const float> values) {
  if (shape.empty()) {
    out += number_to_text(values.front());
    return;
  }
  const std::size_t step = values.size() / static_cast<std::size_t>(shape.front());
  out += '[';
  for (std::size_t i = 0; i < values.size(); i += step) {
    if (i > 0) out += ',';
    append_nested(out, shape.subspan(1), values.subspan(i, step));
  }
  out += ']';
}

}  // namespace

namespace format {

Result<Weights> read_weights_json(std::string_view text) {
  auto file = parse_stored_file(text);
  if (!file) return file.error();
  for (StoredTensor& tensor : file->tensors) {
    const std::string name = tensor_called(tensor.name);
    if (tensor.offsets) {
      return Error{joined({name, " has data_offsets"}),
                   "a JSON weights file holds its values as arrays"};
    }
    if (!tensor.extents) {
      return Error{joined({name, " has no values"}),
                   "they belong in an array, or in its field \"data\""};
    }
    if (tensor.dtype && *tensor.dtype != "F32" && *tensor.dtype != "F16" &&
        !is_batch_counter(tensor.name)) {
      return Error{joined({name, " has the type ", shown(*tensor.dtype)}),
                   "only F32 and F16 are read"};
    }
    if (!tensor.shape) tensor.shape = tensor.extents;
    if (*tensor.extents == *tensor.shape) continue;
    // Values in one flat array take the shape that stands beside them.
    std::uint64_t count = 1;
    for (const std::int64_t extent : *tensor.shape) {
      count = std::min(count * static_cast<std::uint64_t>(extent), std::uint64_t{kMaxValues} + 1);
    }
    if (tensor.extents->size() != 1 || count != tensor.values.size()) {
      return Error{joined({name, " has values of the shape ", shape_text(*tensor.extents),
                           ", and says ", shape_text(*tensor.shape)}),
                   "the file is damaged"};
    }
  }
  auto info = check_architecture(*file);
  if (!info) return info.error();

  Weights weights{std::move(*info), {}};
  for (StoredTensor& tensor : file->tensors) {
    weights.tensors.emplace(std::move(tensor.name),
                            NamedTensor{std::move(*tensor.shape), std::move(tensor.values)});
  }
  return weights;
}

}  // namespace format

Result<std::string> write_weights_json(const CheckedWeights& checked) {
  const Weights& weights = checked.get();
  if (const Status status = format::check_writable(weights); !status) return status.error();
  std::string text = "{\"__metadata__\":{";
  for (const auto& [key, value] : format::metadata_of(weights.info)) {
    if (text.back() != '{') text += ',';
    text += format::joined({quoted_json(key), ":", quoted_json(value)});
  }
  if (text.size() > kMaxHeaderBytes) {
    return Error{
        format::joined({"the metadata is longer than ", std::to_string(kMaxHeaderBytes), " bytes"}),
        "shorten the metrics or the description"};
  }
  text += '}';
  for (const auto& [name, tensor] : weights.tensors) {
    text += format::joined({",\n\"", name, "\":"});
    append_nested(text, tensor.shape, tensor.values);
  }
  return text + "}\n";
}

}  // namespace camloss
