// Colour maps as short tables, and heat maps blended over pictures.
#include "shared/picture/colormap.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "shared/base/index.h"
#include "shared/picture/resample.h"

namespace camloss {
namespace {

constexpr std::array<std::pair<Colormap, std::string_view>, 5> kNames{{
    {Colormap::viridis, "viridis"},
    {Colormap::inferno, "inferno"},
    {Colormap::jet, "jet"},
    {Colormap::diverging, "diverging"},
    {Colormap::grey, "grey"},
}};

// viridis and inferno are by Stéfan van der Walt and Nathaniel Smith, dedicated to the public
// domain (CC0). Every fifteenth of their 256 colours; between these a straight line is off by at
// most 5 of 255.
constexpr std::array<Rgb, 18> kViridis{{{68, 1, 84},
                                        {72, 23, 105},
                                        {71, 42, 122},
                                        {67, 61, 132},
                                        {61, 78, 138},
                                        {53, 94, 141},
                                        {46, 109, 142},
                                        {41, 123, 142},
                                        {35, 137, 142},
                                        {31, 151, 139},
                                        {33, 165, 133},
                                        {46, 179, 124},
                                        {70, 192, 111},
                                        {101, 203, 94},
                                        {137, 213, 72},
                                        {176, 221, 47},
                                        {216, 226, 25},
                                        {253, 231, 37}}};
constexpr std::array<Rgb, 18> kInferno{{{0, 0, 4},
                                        {10, 7, 34},
                                        {30, 12, 69},
                                        {56, 9, 98},
                                        {81, 14, 108},
                                        {105, 22, 110},
                                        {128, 31, 108},
                                        {152, 39, 102},
                                        {176, 49, 91},
                                        {198, 61, 77},
                                        {217, 77, 61},
                                        {233, 97, 43},
                                        {244, 121, 24},
                                        {250, 148, 7},
                                        {252, 176, 20},
                                        {248, 205, 55},
                                        {242, 234, 105},
                                        {252, 255, 164}}};

// Straight lines in CIELAB (D65) from near-white (L* 97) to purple (L* 48, chroma 64, hue 312°) and to green (L* 48,
// chroma 54, hue 148°): equal steps of lightness on both sides, and neither is the colour of a model on the page.
constexpr std::array<Rgb, 17> kDiverging{{{142, 89, 195},
                                          {157, 108, 202},
                                          {170, 127, 208},
                                          {184, 147, 215},
                                          {197, 166, 221},
                                          {209, 186, 228},
                                          {222, 206, 234},
                                          {234, 226, 240},
                                          {246, 246, 246},
                                          {220, 232, 222},
                                          {194, 217, 198},
                                          {168, 203, 174},
                                          {143, 189, 151},
                                          {117, 174, 128},
                                          {90, 160, 106},
                                          {60, 146, 84},
                                          {15, 131, 63}}};

/// To the nearest level.
/// @param level  0…255
std::uint8_t rounded(float level) noexcept {
  constexpr float kHalf = 0.5F;
  return static_cast<std::uint8_t>(level + kHalf);
}

/// Straight lines between equally spaced stops.
/// @param t  in [0, 1]
Rgb between_stops(std::span<const Rgb> stops, float t) noexcept {
  const float position = t * static_cast<float>(stops.size() - 1);
  const Index index = std::min<Index>(static_cast<Index>(position), std::ssize(stops) - 2);
  const float f = position - static_cast<float>(index);
  Rgb result{};
  for (Index channel = 0; channel < 3; ++channel) {
    const auto a = static_cast<float>(stops[index][channel]);
    const auto b = static_cast<float>(stops[index + 1][channel]);
    result[channel] = rounded(a + (b - a) * f);
  }
  return result;
}

/// The classic map of MATLAB: each channel a trapezoid of slope 4, their centres a quarter apart.
Rgb jet(float t) noexcept {
  const auto trapezoid = [&](float centre) {
    return rounded(255 * std::clamp(1.5F - 4 * std::abs(t - centre), 0.0F, 1.0F));
  };
  return {trapezoid(0.75F), trapezoid(0.5F), trapezoid(0.25F)};
}

/// The picture's channel on white.
/// @param alpha  0…255
float on_white(float level, float alpha) noexcept {
  return 255 + (level - 255) * (alpha * (1.0F / 255.0F));
}

}  // namespace

std::string_view to_string(Colormap map) noexcept {
  for (const auto& [candidate, name] : kNames) {
    if (candidate == map) return name;
  }
  return "";
}

Result<Colormap> colormap_from_name(std::string_view name) {
  std::string names;
  for (const auto& [map, candidate] : kNames) {
    if (candidate == name) return map;
    names += names.empty() ? "one of " : ", ";
    names += candidate;
  }
  return Error{"unknown colour map \"" + std::string(name) + "\"", names};
}

Rgb colour(Colormap map, float t) noexcept {
  t = t > 0 ? std::min(t, 1.0F) : 0.0F;  // NaN compares false: 0
  switch (map) {
    case Colormap::viridis:
      return between_stops(kViridis, t);
    case Colormap::inferno:
      return between_stops(kInferno, t);
    case Colormap::jet:
      return jet(t);
    case Colormap::diverging:
      return between_stops(kDiverging, t);
    case Colormap::grey:
      break;
  }
  const std::uint8_t level = rounded(255 * t);
  return {level, level, level};
}

void drawn_evidence(std::span<const float> map, Drawn drawn, float logit,
                    std::span<float> out) noexcept {
  if (drawn == Drawn::predicted) drawn = logit > 0 ? Drawn::class1 : Drawn::class0;
  const Index count = std::min(std::ssize(map), std::ssize(out));
  for (Index i = 0; i < count; ++i) {
    const float value = drawn == Drawn::class0 ? -map[i] : map[i];
    out[i] = drawn == Drawn::positive_and_negative || value > 0 ? value : 0.0F;
  }
}

float largest_magnitude(std::span<const float> values) noexcept {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

Image overlay(ImageView base, std::span<const float> evidence, int side,
              const OverlayStyle& style) {
  const bool is_picture =
      base.data != nullptr && base.width > 0 && base.height > 0 && base.channels >= 3;
  const bool is_map = side > 0 && std::cmp_equal(evidence.size(), std::int64_t{side} * side);
  if (!is_picture || !is_map) return {};

  const Index width = base.width;
  const Index height = base.height;
  std::vector<float> heat(width * height);  // (height, width)
  upsample_bilinear(evidence, side, side, heat, base.width, base.height);

  // A screen shows 256 levels of a colour; looking them up spares a colour map per pixel.
  constexpr Index kLevels = 256;
  std::array<Rgb, kLevels> colours;
  for (Index level = 0; level < kLevels; ++level) {
    colours[level] = colour(style.colours, static_cast<float>(level) / (kLevels - 1));
  }
  const float per_value = style.scale > 0 ? (style.is_signed ? 0.5F : 1.0F) / style.scale : 0.0F;
  const float zero = style.is_signed ? 0.5F : 0.0F;
  const float opacity = style.opacity > 0 ? std::min(style.opacity, 1.0F) : 0.0F;

  Image result{base.width, base.height, 3, std::vector<std::uint8_t>(3 * width * height)};
  const Index channels = base.channels;
  for (Index i = 0; i < width * height; ++i) {
    const std::uint8_t* pixel = base.data + i * channels;
    const float alpha = channels == 4 ? static_cast<float>(pixel[3]) : 255.0F;
    const float t = zero + heat[i] * per_value;
    const Rgb& hot = colours[rounded(t > 0 ? std::min(t, 1.0F) * (kLevels - 1) : 0.0F)];
    for (Index channel = 0; channel < 3; ++channel) {
      const float cold = on_white(static_cast<float>(pixel[channel]), alpha);
      result.pixels[3 * i + channel] =
          rounded(cold + (static_cast<float>(hot[channel]) - cold) * opacity);
    }
  }
  return result;
}

}  // namespace camloss
