// C interface of the core as WebAssembly: a table of models and the last call's results.
#include "wasm/module/module.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "camloss_version.h"
#include "shared/kernels/kernels.h"
#include "shared/maps/metrics.h"
#include "shared/model.h"
#include "shared/picture/colormap.h"
#include "shared/picture/resample.h"

namespace {

using camloss::Explanation;
using camloss::Method;
using camloss::Model;

struct State {
  std::vector<std::unique_ptr<Model>> models;  // handle − 1
  std::string error;
  std::string text;
  CamlossFigures figures{};
  Explanation last;
  const Model* last_model = nullptr;
  std::vector<float> cut;             // (cells, cells)
  std::vector<float> heat;            // (height, width)
  std::vector<std::uint8_t> overlay;  // (height, width, 4)
};

State& state() {
  static State the_state;
  return the_state;
}

Model* find(std::int32_t handle) {
  auto& models = state().models;
  if (handle < 1 || static_cast<std::size_t>(handle) > models.size()) return nullptr;
  return models[static_cast<std::size_t>(handle - 1)].get();
}

template <class Zero>
Zero fail(std::string message, Zero zero) {
  state().error = std::move(message);
  return zero;
}

constexpr std::int32_t kMaxHeatSide = 16384;  // pixels; 1 GiB of floats at most

/// Cuts a map to the evidence that is drawn, into `cut`. False: refused, with the reason.
bool cut_evidence(const float* map, std::int32_t cells, double logit, std::int32_t drawn) {
  constexpr camloss::Drawn kChoices[] = {camloss::Drawn::predicted, camloss::Drawn::class0,
                                         camloss::Drawn::class1,
                                         camloss::Drawn::positive_and_negative};
  if (map == nullptr || cells < 1 || cells > 128) {
    return fail("there is no map to draw — use a method other than 'none'", false);
  }
  if (drawn < 0 || drawn > 3)
    return fail("unknown evidence — use predicted, class0, class1 or signed", false);
  const std::size_t count = static_cast<std::size_t>(cells) * static_cast<std::size_t>(cells);
  state().cut.resize(count);
  camloss::drawn_evidence({map, count}, kChoices[drawn], static_cast<float>(logit), state().cut);
  return true;
}

/// Whether this much memory can be had at once. What is allocated in its place then fits.
bool can_have(std::size_t bytes) {
  void* volatile probe =
      std::malloc(bytes + 4096);  // volatile: the compiler would leave both calls out
  std::free(probe);
  return probe != nullptr || fail("the picture needs " + std::to_string((bytes >> 20) + 1) +
                                      " MiB of memory that are not to be had — use a smaller one",
                                  false);
}

/// Whether a heat map can have this size. False: refused, with the reason.
bool check_heat_size(std::int32_t width, std::int32_t height) {
  if (width >= 1 && height >= 1 && width <= kMaxHeatSide && height <= kMaxHeatSide) return true;
  return fail("a heat map of " + std::to_string(width) + "x" + std::to_string(height) +
                  " cannot be made — each side must be 1 to " + std::to_string(kMaxHeatSide) +
                  " pixels",
              false);
}

std::string method_names(camloss::Head head) {
  std::string names;
  for (const Method method : camloss::methods_of(head)) {
    names += (names.empty() ? "" : ",") + std::string(camloss::to_string(method));
  }
  return names;
}

std::string text_of(const camloss::ModelInfo& info, std::string_view field) {
  if (field == "head") return std::string(camloss::to_string(info.head));
  if (field == "class0") return info.classes[0];
  if (field == "class1") return info.classes[1];
  if (field == "recipe") return info.recipe;
  if (field == "seed") return info.seed;
  if (field == "metrics") return info.metrics;
  if (field == "trained_on") return info.trained_on;
  if (field == "version") return info.version;
  if (field == "methods") return method_names(info.head);
  if (field == "default_method")
    return std::string(camloss::to_string(camloss::default_method(info.head)));
  return {};
}

}  // namespace

extern "C" {

void* camloss_alloc(std::uint32_t size) { return std::malloc(size); }
void camloss_free(void* bytes) { std::free(bytes); }
const char* camloss_error() { return state().error.c_str(); }

std::int32_t camloss_load(const std::uint8_t* bytes, std::uint32_t size, const char* name) {
  auto weights = camloss::read_weights({bytes, size}, name, camloss::Large::left);
  if (!weights) return fail(weights.error().message(), 0);
  auto& models = state().models;
  std::size_t slot = 0;
  while (slot < models.size() && models[slot] != nullptr) ++slot;
  if (slot == models.size()) models.emplace_back();
  models[slot] = std::make_unique<Model>(*weights);
  state().error.clear();
  return static_cast<std::int32_t>(slot + 1);
}

void camloss_dispose(std::int32_t handle) {
  Model* const model = find(handle);
  if (model == nullptr) return;
  if (state().last_model == model) {
    state().last = {};
    state().last_model = nullptr;
  }
  state().models[static_cast<std::size_t>(handle - 1)].reset();
}

std::int32_t camloss_count() {
  std::int32_t count = 0;
  for (const auto& model : state().models) count += model != nullptr ? 1 : 0;
  return count;
}

const char* camloss_text(std::int32_t handle, const char* field) {
  const Model* const model = find(handle);
  state().text = model != nullptr ? text_of(model->info(), field) : std::string();
  return state().text.c_str();
}

double camloss_number(std::int32_t handle, const char* field) {
  const std::string_view name = field;
  if (name == "max_picture_side") return camloss::kMaxImageSide;
  if (name == "max_picture_pixels") return static_cast<double>(camloss::kMaxImagePixels);
  if (name == "max_heat_side") return kMaxHeatSide;
  if (name == "max_weights_bytes") return static_cast<double>(camloss::kMaxWeightsBytes);
  const Model* const model = find(handle);
  if (model == nullptr) return 0;
  if (name == "input_size") return model->info().input_size;
  if (name == "temperature") return model->info().temperature;
  if (name == "cells") return model->info().cells();
  if (name == "context_size") return model->info().context_size;
  if (name == "context_dilation") return model->info().context_dilation;
  if (name == "receptive_field") return camloss::receptive_field(model->info());
  return 0;
}

std::int32_t camloss_explain(std::int32_t handle, const std::uint8_t* pixels, std::int32_t width,
                             std::int32_t height, std::int32_t channels, const char* method) {
  Model* const model = find(handle);
  if (model == nullptr) return fail("the model was disposed of — load it again", 0);
  Method chosen = camloss::default_method(model->info().head);
  if (*method != '\0') {
    auto named = camloss::method_from_name(method);
    if (!named) return fail(named.error().message(), 0);
    chosen = *named;
  }
  auto explained = model->explain({pixels, width, height, channels}, chosen);
  if (!explained) return fail(explained.error().message(), 0);
  State& now = state();
  now.last = *explained;
  now.last_model = model;
  now.figures = {now.last.logit,
                 now.last.probability,
                 static_cast<double>(now.last.label),
                 now.last.beta,
                 now.last.off_centre_mass.has_value() ? 1.0 : 0.0,
                 now.last.off_centre_mass.value_or(0.0F),
                 now.last.residual.has_value() ? 1.0 : 0.0,
                 now.last.residual.value_or(0.0F),
                 static_cast<double>(camloss::verdict(now.last.probability))};
  now.error.clear();
  return 1;
}

const CamlossFigures* camloss_figures() { return &state().figures; }
const float* camloss_map() { return state().last.map.empty() ? nullptr : state().last.map.data(); }
const float* camloss_features() {
  return state().last.features.empty() ? nullptr : state().last.features.data();
}

const float* camloss_heat(const float* map, std::int32_t cells, double logit, std::int32_t drawn,
                          std::int32_t width, std::int32_t height) {
  if (!check_heat_size(width, height) || !cut_evidence(map, cells, logit, drawn)) return nullptr;
  State& now = state();
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  if (count > now.heat.capacity()) {
    std::vector<float>().swap(now.heat);
    if (!can_have(count * sizeof(float))) return nullptr;
  }
  now.heat.resize(count);
  camloss::upsample_bilinear(now.cut, cells, cells, now.heat, width, height);
  now.error.clear();
  return now.heat.data();
}

const std::uint8_t* camloss_overlay(const std::uint8_t* pixels, std::int32_t width,
                                    std::int32_t height, std::int32_t channels, const float* map,
                                    std::int32_t cells, double logit, std::int32_t drawn,
                                    const char* colours, double opacity, double scale) {
  const std::uint8_t* const none = nullptr;
  if (pixels == nullptr || (channels != 3 && channels != 4))
    return fail("there is no picture to draw on — give RGBA or RGB", none);
  const auto map_colours = camloss::colormap_from_name(colours);
  if (!map_colours) return fail(map_colours.error().message(), none);
  if (!check_heat_size(width, height) || !cut_evidence(map, cells, logit, drawn)) return none;
  State& now = state();
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  constexpr std::size_t kBytesDrawn = sizeof(float) + 3 + 4;  // of a pixel: heat, RGB, RGBA
  std::vector<std::uint8_t>().swap(now.overlay);
  if (!can_have(count * kBytesDrawn)) return none;
  camloss::OverlayStyle style;
  style.colours = *map_colours;
  style.is_signed = drawn == 3;
  style.scale = scale > 0 ? static_cast<float>(scale) : camloss::largest_magnitude(now.cut);
  style.opacity = static_cast<float>(opacity);
  const camloss::Image drawn_over =
      camloss::overlay({pixels, width, height, channels}, now.cut, cells, style);
  now.overlay.resize(4 * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) now.overlay[4 * i + c] = drawn_over.pixels[3 * i + c];
    now.overlay[4 * i + 3] = 255;
  }
  now.error.clear();
  return now.overlay.data();
}

void camloss_release() {
  std::vector<float>().swap(state().heat);
  std::vector<std::uint8_t>().swap(state().overlay);
}

const char* camloss_kernels() { return camloss::kernels().name; }
const char* camloss_version() { return camloss::kVersion; }
}
