// A model as it is stored: named tensors and metadata, independent of the file format.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/result.h"
#include "shared/weights/architecture.h"

namespace camloss {

enum class DType { f32, f16 };

/// The metadata of a weights file ("camloss.*" keys without the prefix); the defaults are those of
/// a file without any.
struct ModelInfo {
  Head head = Head::fcn;
  int context_size = 1;                // K of fc0's K x K convolution (fcn): 1, 3, 5 or 7
  int context_dilation = 1;            // d: cells from one of its taps to the next
  int input_size = 192;                // S, pixels, a multiple of 8 in [8, 1024]
  std::array<float, 3> mean{0, 0, 0};  // in units of rgb/255
  std::array<float, 3> std{1, 1, 1};   // in units of rgb/255, positive
  std::vector<std::string> classes{"class 0", "class 1"};  // index order
  float temperature = 1;                                   // T of p = sigmoid(z / T), positive
  std::string recipe;
  std::string seed;
  std::string metrics;     // JSON text, may be empty
  std::string trained_on;  // in words
  std::string version;     // of the program that wrote it

  [[nodiscard]] int cells() const noexcept { return input_size / 8; }  // side of the feature map
};

/// A dense float tensor, row-major.
struct NamedTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  /// Instead of `values`, where Large::left was asked for: a view of the bytes that were read,
  /// little-endian F16 or F32.
  std::span<const std::uint8_t> stored = {};
  std::size_t stored_bytes = 0;  // of one value, 2 or 4
};

/// Value `index` of a tensor's `stored`.
[[nodiscard]] float stored_value(const NamedTensor& tensor, std::size_t index) noexcept;

/// Everything a weights file holds. `tensors` has exactly the names of `tensor_specs(info)`.
struct Weights {
  ModelInfo info;
  std::map<std::string, NamedTensor, std::less<>> tensors;
};

/// Side of the square that a cell of the map sees, in pixels of the input: 16 + 8 d (K − 1). The
/// trunk's 2x2 kernels pad right and below only, so a cell (y, x) of the features sees 16 pixels
/// down and right from (8y, 8x); neighbouring taps of the context are 8 d pixels apart.
[[nodiscard]] int receptive_field(const ModelInfo& info) noexcept;

/// A part of the network's input, [begin, end) in pixels of it.
struct PixelSquare {
  int top = 0, left = 0, bottom = 0, right = 0;
};

/// The receptive field of cell (row, column), cut to the input. Where d is 3 or more, stripes of
/// 8 (d − 2) pixels between the taps are not seen.
[[nodiscard]] PixelSquare seen_by_cell(const ModelInfo& info, int row, int column) noexcept;

/// The largest field that a weights file may ask for: the largest input. A wider one could only
/// read zeros.
inline constexpr int kMaxReceptiveField = 1024;

/// A model that passed every check. Only `check` and the readers make one, so whoever takes it need not look again.
class CheckedWeights {
 public:
  [[nodiscard]] const ModelInfo& info() const noexcept { return weights_.info; }
  [[nodiscard]] const auto& tensors() const noexcept { return weights_.tensors; }
  [[nodiscard]] const Weights& get() const noexcept { return weights_; }
  /// The model to change; `check` makes it one of these again.
  [[nodiscard]] Weights release() && { return std::move(weights_); }

 private:
  explicit CheckedWeights(Weights weights) noexcept : weights_(std::move(weights)) {}
  friend struct WeightsCheck;
  Weights weights_;
};

/// Checks info and tensors: names, shapes, finite values, running_var > −eps, temperature and std positive, two classes,
/// a context that is one. Each refusal names what was wrong.
Result<CheckedWeights> check(Weights weights);
/// The same without taking the model.
Status validate(const Weights& weights);

/// Limits of the readers, all enforced before memory is allocated.
inline constexpr std::size_t kMaxWeightsBytes = std::size_t{1} << 30;  // 1 GiB
inline constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20;   // 1 MiB of header, metadata
inline constexpr std::size_t kMaxTensorCount = 256;
inline constexpr std::size_t kMaxClassNameBytes = 64;

/// Null, or what is wrong with the name of a class: "is empty", "has a comma in it".
[[nodiscard]] const char* complaint_about_class(std::string_view name);

/// What becomes of the dense head's first layer, nearly all of such a file. `left` copies no value
/// of it before the model is made, and is for that only: the bytes must outlive the Weights, and the
/// writers refuse them.
enum class Large { read, left };

/// Reads a safetensors or JSON weights file; the format is told by the first bytes. `name` becomes the subject of errors.
/// `bnK.num_batches_tracked`, which PyTorch exports, is skipped; any other tensor that the architecture does not have is
/// refused. Keys of the metadata that are not known are skipped.
Result<CheckedWeights> read_weights(std::span<const std::uint8_t> bytes, std::string_view name,
                                    Large large = Large::read);

/// Whether every value survives in half precision. 65520 is the first to round to infinity; the limit is the largest
/// half itself, 65504, so that what is stored is never further off than half a step.
[[nodiscard]] bool fits_half(const NamedTensor& tensor) noexcept;

/// Writers. The bytes are a function of the content alone (sorted, no time stamps).
/// Errors: tensors read with Large::left, metadata beyond kMaxHeaderBytes. With DType::f16 a tensor that has a value
/// beyond the range of half (65504) stays F32.
Result<std::vector<std::uint8_t>> write_safetensors(const CheckedWeights& weights, DType dtype);
/// Each tensor as nested arrays of numbers that read back exactly.
Result<std::string> write_weights_json(const CheckedWeights& weights);

}  // namespace camloss
