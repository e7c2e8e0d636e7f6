// Weights files on the disk, with the core's reader and writers.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "shared/weights/weights.h"

namespace camloss::io {

/// Form of a weights file, told by its name's ending.
enum class WeightsFormat { safetensors, json };

/// Null where the name ends in neither .safetensors nor .json (any case).
[[nodiscard]] std::optional<WeightsFormat> weights_format_of(std::string_view name);

/// Throws UserError where a name ends as models of other programs do (.pt, .onnx, .h5 …).
void refuse_foreign_form(std::string_view name);

/// Throws UserError: a foreign form, unreadable, or whatever the reader refuses, with the file's name.
[[nodiscard]] CheckedWeights load_weights(const std::filesystem::path& path);

/// Writes atomically in the form of the path's ending. With f16 the values of a JSON file are rounded likewise.
/// Throws UserError: another ending, whatever the writers refuse, a failed write.
void save_weights(const std::filesystem::path& path, CheckedWeights weights, DType dtype);

}  // namespace camloss::io
