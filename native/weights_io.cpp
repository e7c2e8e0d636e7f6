// Reading and writing of weights files.
#include "native/weights_io.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string>

#include "native/error.h"
#include "native/files.h"
#include "shared/half.h"

namespace camloss::train {
namespace {

/// As the safetensors writer does: a tensor with a value beyond the range of half stays as it is.
void round_to_half(Weights& weights) {
  constexpr float kLargestHalf = 65504;
  for (auto& [name, tensor] : weights.tensors) {
    if (std::ranges::any_of(tensor.values, [](float v) { return std::abs(v) > kLargestHalf; }))
      continue;
    for (float& value : tensor.values) value = float_from_half(half_from_float(value));
  }
}

}  // namespace

std::optional<WeightsFormat> weights_format_of(std::string_view name) {
  std::string lower(name);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower.ends_with(".safetensors")) return WeightsFormat::safetensors;
  if (lower.ends_with(".json")) return WeightsFormat::json;
  return std::nullopt;
}

Weights load_weights(const std::filesystem::path& path) {
  const auto bytes = read_file(path, kMaxWeightsBytes);
  auto weights = read_weights(bytes, path.string());
  if (!weights) {
    // The reader may name the file itself.
    const Error& error = weights.error();
    const bool named = error.what.find(path.string()) != std::string::npos;
    throw UserError(named ? error.what : path.string() + ": " + error.what, error.hint);
  }
  return *std::move(weights);
}

void save_weights(const std::filesystem::path& path, Weights weights, DType dtype) {
  const auto format = weights_format_of(path.string());
  if (!format) {
    throw UserError("cannot tell the form of " + path.string(),
                    "end its name in .safetensors or .json", 2);
  }
  const auto write = [&path](const auto& content) {
    if (!content)
      throw UserError(path.string() + ": " + content.error().what, content.error().hint);
    write_file_atomically(path, *content);
  };
  if (*format == WeightsFormat::json) {
    if (dtype == DType::f16) round_to_half(weights);
    write(write_weights_json(weights));
  } else {
    write(write_safetensors(weights, dtype));
  }
}

}  // namespace camloss::train
