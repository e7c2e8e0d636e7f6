// Reading and writing of weights files.
#include "native/io/weights_io.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>

#include "native/base/error.h"
#include "native/io/files.h"
#include "shared/base/half.h"

namespace camloss::io {
namespace {

std::string lower_case(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

/// As the safetensors writer does: a tensor with a value beyond the range of half stays as it is.
CheckedWeights rounded_to_half(CheckedWeights checked) {
  Weights weights = std::move(checked).release();
  for (auto& [name, tensor] : weights.tensors) {
    if (!fits_half(tensor)) continue;
    for (float& value : tensor.values) value = float_from_half(half_from_float(value));
  }
  return value_or_throw(check(std::move(weights)));
}

}  // namespace

std::optional<WeightsFormat> weights_format_of(std::string_view name) {
  const std::string lower = lower_case(name);
  if (lower.ends_with(".safetensors")) return WeightsFormat::safetensors;
  if (lower.ends_with(".json")) return WeightsFormat::json;
  return std::nullopt;
}

void refuse_foreign_form(std::string_view name) {
  const std::string lower = lower_case(name);
  constexpr std::array<std::string_view, 10> kForms{".pt",   ".pth",   ".ckpt",   ".onnx", ".h5",
                                                    ".hdf5", ".keras", ".tflite", ".pkl",  ".npz"};
  if (std::ranges::none_of(kForms, [&](std::string_view form) { return lower.ends_with(form); })) {
    return;
  }
  throw UserError(std::string(name) + " is a model in a form that is not read",
                  "only .safetensors and .json are; docs/from-pytorch.md shows how to write one");
}

CheckedWeights load_weights(const std::filesystem::path& path) {
  refuse_foreign_form(path.string());
  const auto bytes = read_file(path, kMaxWeightsBytes);
  auto weights = read_weights(bytes, path.string());
  if (weights) return *std::move(weights);
  throw UserError(weights.error());
}

void save_weights(const std::filesystem::path& path, CheckedWeights weights, DType dtype) {
  const auto format = weights_format_of(path.string());
  if (!format) {
    throw UserError("cannot tell the form of " + path.string(),
                    "end its name in .safetensors or .json", 2);
  }
  if (*format == WeightsFormat::safetensors) {
    write_file_atomically(path, value_or_throw(write_safetensors(weights, dtype), path.string()));
    return;
  }
  if (dtype == DType::f16) weights = rounded_to_half(std::move(weights));
  write_file_atomically(path, value_or_throw(write_weights_json(weights), path.string()));
}

}  // namespace camloss::io
