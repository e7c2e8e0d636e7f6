// Reading and writing of weights files.
#include "native/io/weights_io.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "native/base/error.h"
#include "native/base/text.h"
#include "native/io/files.h"
#include "shared/base/half.h"

namespace camloss::io {
namespace {

/// Headers of large networks are larger than ours may be.
constexpr std::size_t kMaxForeignHeaderBytes = std::size_t{16} << 20;

/// As the safetensors writer does: a tensor with a value beyond the range of half stays as it is.
CheckedWeights rounded_to_half(CheckedWeights checked) {
  Weights weights = std::move(checked).release();
  for (auto& [name, tensor] : weights.tensors) {
    if (!fits_half(tensor)) continue;
    for (float& value : tensor.values) value = float_from_half(half_from_float(value));
  }
  return value_or_throw(check(std::move(weights)));
}

/// The names of the tensors in a safetensors header; empty where it is none.
std::vector<std::string> tensor_names(std::span<const std::uint8_t> bytes) {
  std::vector<std::string> names;
  if (bytes.size() < 8) return names;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < 8; ++i) length |= std::uint64_t{bytes[i]} << (8 * i);
  if (length > bytes.size() - 8 || length > kMaxForeignHeaderBytes) return names;
  const auto header = nlohmann::json::parse(bytes.begin() + 8,
                                            bytes.begin() + 8 + static_cast<std::ptrdiff_t>(length),
                                            nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return names;
  for (const auto& [name, unused] : header.items()) {
    if (name != "__metadata__") names.push_back(name);
  }
  return names;
}

/// What to say of a file that holds another network than this program's: which tensors it has
/// instead; "" where it has this program's names, so that the reader's own message says more.
std::string foreign_network(std::span<const std::uint8_t> bytes) {
  const std::vector<std::string> names = tensor_names(bytes);
  const auto has = [&](std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  };
  if (names.empty() || (has("conv0.weight") && has("fc4.weight"))) return {};
  const bool is_resnet = std::ranges::any_of(
      names, [](const std::string& name) { return name.starts_with("layer1.0.conv"); });
  return fmt::format("this is another network{}: it has {} tensors such as {}",
                     is_resnet ? " (a ResNet)" : "", names.size(), listed(names, 3));
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

CheckedWeights load_weights(const std::filesystem::path& path) {
  const auto bytes = read_file(path, kMaxWeightsBytes);
  auto weights = read_weights(bytes, path.string());
  if (weights) return *std::move(weights);
  if (const std::string foreign = foreign_network(bytes); !foreign.empty()) {
    throw UserError({foreign,
                     "only the network of docs/weights-format.md can be read: conv0 to conv3, bn1 "
                     "to bn3, fc0 to fc4",
                     path.string()});
  }
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
