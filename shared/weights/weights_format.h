// What the readers and writers of weights files share: tensors as a file announces them, and the
// metadata as text. Internal to the core.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"
#include "shared/weights/weights.h"

namespace camloss::format {

using Shape = std::vector<std::int64_t>;
using Metadata = std::map<std::string, std::string, std::less<>>;

/// A tensor of a file before anything is believed.
struct StoredTensor {
  std::string name;
  std::optional<std::string> dtype;                     // as written: "F32", "BF16", …
  std::optional<Shape> shape;                           // as written
  std::optional<std::array<std::uint64_t, 2>> offsets;  // safetensors: [begin, end) in the data
  std::optional<Shape> extents;                         // JSON: what the nesting of the values says
  std::vector<float> values;                            // JSON: row-major
};

/// The JSON text of either format: the header of a safetensors file, or a whole JSON file.
struct StoredFile {
  Metadata metadata;
  std::vector<StoredTensor> tensors;  // in the order of the file, names distinct
};

/// Reads that text.
/// Errors: damaged JSON, duplicate names, metadata that is no string, ragged or mixed arrays, more than
/// kMaxTensorCount tensors or kMaxHeaderBytes of metadata.
Result<StoredFile> parse_stored_file(std::string_view text);

/// Largest number of values that a weights file can need: the dense head at the largest input.
inline constexpr std::size_t kMaxValues =
    std::size_t{128} * 32 * 128 * 128 + (std::size_t{1} << 20);

/// Whether a tensor is PyTorch's counter of batches, which has no part in inference.
[[nodiscard]] bool is_batch_counter(std::string_view name);

/// Refuses a file whose names tell of another network altogether.
Status check_kin(const StoredFile& file);

/// Drops the batch counters, finds the architecture from metadata and shapes, and checks that the
/// names and shapes are exactly those of the architecture. Every tensor must have its `shape`.
Result<ModelInfo> check_architecture(StoredFile& file);

/// Checks names and shapes against the architecture of `info`.
Status check_shapes(const std::map<std::string, Shape, std::less<>>& shapes, const ModelInfo& info);

/// The checks of the metadata's values, for readers and writers alike.
Status check_info(const ModelInfo& info);

/// Metadata ↔ its text form ("camloss.*"). What the text does not say keeps the value in `info`.
Status apply_metadata(const Metadata& metadata, ModelInfo& info);
[[nodiscard]] Metadata metadata_of(const ModelInfo& info);

/// Checks that every tensor has the values of its shape, all finite, and no variance that is negative.
Status check_numbers(const Weights& weights);
/// Checks that no tensor was left in its file.
Status check_writable(const Weights& weights);

/// The two formats: names and shapes are checked, numbers are not. Errors have no subject.
Result<Weights> read_safetensors(std::span<const std::uint8_t> bytes, Large large);
Result<Weights> read_weights_json(std::string_view text);

/// "[128, 32, 1, 1]"
[[nodiscard]] std::string shape_text(const Shape& shape);

/// The pieces one after another. Messages are many; this keeps each small in the module.
[[nodiscard]] std::string joined(std::initializer_list<std::string_view> pieces);

/// `tensor "NAME"`, as messages begin.
[[nodiscard]] std::string tensor_called(std::string_view name);

/// Text from a file as it may stand in a message: cut to 80 bytes, control characters replaced.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace camloss::format

namespace camloss {

/// The one place that makes CheckedWeights.
struct WeightsCheck {
  static CheckedWeights passed(Weights weights) { return CheckedWeights(std::move(weights)); }
};

}  // namespace camloss
