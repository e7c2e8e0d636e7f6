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
    throw UserError("cannot tell the form of " + path.string(), "end its name in .safetensors or .json", 2);
  }
  if (dtype == DType::f16) {
    for (auto& [name, tensor] : weights.tensors) {
      for (float& value : tensor.values) {
        value = float_from_half(half_from_float(value));
        if (!std::isfinite(value)) {
          throw UserError("the tensor " + name + " has a value beyond 65504, the range of f16",
                          "write it with --dtype f32");
        }
      }
    }
  }
  if (*format == WeightsFormat::json) {
    write_file_atomically(path, write_weights_json(weights));
  } else {
    write_file_atomically(path, write_safetensors(weights, dtype));
  }
}

}  // namespace camloss::train
