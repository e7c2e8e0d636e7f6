// C interface of the core as WebAssembly: what web/camloss.mjs calls. Handles are checked; memory
// is the caller's.
#pragma once

#include <cstdint>

extern "C" {

/// The figures of the last camloss_explain, laid out for a Float64Array view. Flags are 0 or 1.
struct CamlossFigures {
  double logit;
  double probability;  // of class 1
  double label;        // 0 or 1
  double beta;         // share of the biases
  double has_off_centre_mass;
  double off_centre_mass;
  double has_residual;
  double residual;
  double verdict;  // 0 or 1 for a class, 2 for undecided
};

/// Bytes in the module's memory, for pictures, weights and names; null where memory is out.
void* camloss_alloc(std::uint32_t size);
void camloss_free(void* bytes);

/// Text of the last error, UTF-8, NUL-terminated; empty after a success.
const char* camloss_error();

/// Reads a weights file.
/// @param name  NUL-terminated, for messages
/// @return handle > 0, or 0 and camloss_error.
std::int32_t camloss_load(const std::uint8_t* bytes, std::uint32_t size, const char* name);
/// Frees a model; unknown handles are ignored.
void camloss_dispose(std::int32_t handle);
/// Number of models that are loaded.
std::int32_t camloss_count();

/// Metadata: "head", "class0", "class1", "recipe", "seed", "metrics", "trained_on", "version",
/// "methods" (comma separated), "default_method"; empty for an unknown field or handle.
const char* camloss_text(std::int32_t handle, const char* field);
/// Metadata: "input_size", "temperature", "cells" and so on; 0 for an unknown field or handle. Limits,
/// for any handle: "max_picture_side", "max_picture_pixels", "max_heat_side", "max_weights_bytes".
double camloss_number(std::int32_t handle, const char* field);

/// Explains a picture.
/// @param pixels  (height, width, channels) bytes, channels 3 or 4
/// @param method  name, "" the head's default
/// @return 1, or 0 and camloss_error.
std::int32_t camloss_explain(std::int32_t handle, const std::uint8_t* pixels, std::int32_t width,
                             std::int32_t height, std::int32_t channels, const char* method);
/// Figures of the last successful camloss_explain, whatever the model.
const CamlossFigures* camloss_figures();
/// (cells, cells) of the last camloss_explain; null where it had no map. Holds until the model's
/// next call.
const float* camloss_map();
/// (32, cells, cells) of the last camloss_explain.
const float* camloss_features();

/// Evidence of a (cells, cells) map, cut to what is drawn and enlarged.
/// @param drawn  0 predicted, 1 class 0, 2 class 1, 3 signed
/// @return (height, width) floats that hold until the next call, or null and camloss_error.
const float* camloss_heat(const float* map, std::int32_t cells, double logit, std::int32_t drawn,
                          std::int32_t width, std::int32_t height);

/// The same evidence drawn over a picture, which is put on white.
/// @param pixels  as for camloss_explain
/// @param colours  name of a colour map
/// @param opacity  of the heat, 0 to 1
/// @param scale  value that has the last colour; 0 or less: the strongest evidence itself
/// @return (height, width, 4) bytes of RGBA that hold until the next call, or null and camloss_error.
const std::uint8_t* camloss_overlay(const std::uint8_t* pixels, std::int32_t width,
                                    std::int32_t height, std::int32_t channels, const float* map,
                                    std::int32_t cells, double logit, std::int32_t drawn,
                                    const char* colours, double opacity, double scale);

/// Gives back what camloss_heat and camloss_overlay returned; of use after large pictures.
void camloss_release();

/// Name of the instruction set whose kernels run: "simd128" or "plain".
const char* camloss_kernels();
const char* camloss_version();
}
