// Flips, turns, colour changes and mixing by the kernel, written straight into the network's input.
#include "native/augment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "native/rng.h"
#include "shared/kernel.h"

namespace camloss::train {
namespace {

constexpr std::array<float, 3> kLuma{0.299F, 0.587F,
                                     0.114F};  // BT.601, as greyscale conversions use

using Matrix = std::array<std::array<float, 3>, 3>;

constexpr Matrix kIdentity{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

/// Scales the distance from grey by `factor`; 0 is greyscale. Keeps the luma.
Matrix saturation(float factor) {
  Matrix m{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) m[i][j] = (1 - factor) * kLuma[j] + (i == j ? factor : 0);
  }
  return m;
}

/// Turns the hue: a rotation about the grey axis by `turns` of a full circle (Rodrigues' formula
/// for (1, 1, 1)/√3).
Matrix hue(double turns) {
  const double angle = turns * 6.283185307179586;
  const double c = std::cos(angle);
  const auto same = static_cast<float>(c + (1 - c) / 3);
  const auto next = static_cast<float>((1 - c) / 3 - std::sin(angle) / std::sqrt(3.0));
  const auto last = static_cast<float>((1 - c) / 3 + std::sin(angle) / std::sqrt(3.0));
  return {{{same, next, last}, {last, same, next}, {next, last, same}}};
}

float mean_luma(const Sample& sample, std::size_t pixels) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float* plane = sample.rgb.data() + c * pixels;
    float part = 0;
    for (std::size_t i = 0; i < pixels; ++i) part += plane[i];
    sum += static_cast<double>(kLuma[c]) * static_cast<double>(part);
  }
  return static_cast<float>(sum / static_cast<double>(pixels));
}

}  // namespace

/// Output (y, x) reads input start + y·down + x·right, in pixels.
struct Augmenter::Turn {
  std::ptrdiff_t start, down, right;
};

struct Augmenter::Recolour {
  Matrix matrix = kIdentity;
  float shift = 0;  // added to every channel, in 0…255
  bool active = false;
};

std::vector<std::size_t> epoch_order(std::span<const Sample* const> samples, bool balance,
                                     std::uint64_t seed, int epoch) {
  CounterRng rng(seed, Purpose::order, static_cast<std::uint64_t>(epoch));
  std::array<std::vector<std::size_t>, 2> classes;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    classes[samples[i]->label == 1 ? 1 : 0].push_back(i);
  }
  const std::size_t larger = std::max(classes[0].size(), classes[1].size());
  std::vector<std::size_t> order;
  for (auto& members : classes) {
    if (members.empty()) continue;
    shuffle(members,
            rng);  // so that which ones are repeated more often changes from epoch to epoch
    const std::size_t count = balance ? larger : members.size();
    for (std::size_t i = 0; i < count; ++i) order.push_back(members[i % members.size()]);
  }
  shuffle(order, rng);
  return order;
}

Augmenter::Augmenter(const Recipe& recipe, std::vector<const Sample*> samples, std::uint64_t seed)
    : recipe_(recipe),
      samples_(std::move(samples)),
      seed_(seed),
      side_(static_cast<std::size_t>(recipe.input_size)),
      rim_side_(side_ + 2) {
  for (const Sample* sample : samples_) by_class_[sample->label == 1 ? 1 : 0].push_back(sample);
  if (recipe.mix > 0) {
    across_.resize(side_);
    down_.resize(side_);
    other_.resize(input_floats());
  }
}

template <class Random>
Augmenter::Turn Augmenter::random_turn(Random& rng) const {
  const auto n = static_cast<std::ptrdiff_t>(side_);
  Turn turn{0, n, 1};
  if (recipe_.rotate90) {
    const std::size_t which = rng.below(3);
    if (which == 1)
      turn = {(n - 1) * n, 1, -n};          // clockwise: output rows are input columns, from below
    if (which == 2) turn = {n - 1, -1, n};  // counter-clockwise
  }
  if (recipe_.flip && rng.chance(0.5)) {
    turn.start += (n - 1) * turn.right;
    turn.right = -turn.right;
  }
  return turn;
}

template <class Random>
Augmenter::Recolour Augmenter::random_recolour(Random& rng, const Sample& sample) const {
  const JitterSettings& jitter = recipe_.jitter;
  Recolour result;
  const auto factor = [&rng](double strength) {
    return static_cast<float>(rng.uniform(1 - strength, 1 + strength));
  };
  if (jitter.hue > 0) {
    result.matrix = hue(rng.uniform(-jitter.hue, jitter.hue)) * result.matrix;
    result.active = true;
  }
  if (jitter.saturation > 0) {
    result.matrix = saturation(std::max(0.0F, factor(jitter.saturation))) * result.matrix;
    result.active = true;
  }
  if (recipe_.greyscale > 0 && rng.chance(recipe_.greyscale)) {
    result.matrix = saturation(0) * result.matrix;
    result.active = true;
  }
  if (jitter.brightness > 0 || jitter.contrast > 0) {
    const float brightness = std::max(0.0F, factor(jitter.brightness));
    const float contrast = std::max(0.0F, factor(jitter.contrast));
    for (auto& row : result.matrix) {
      for (float& value : row) value *= brightness * contrast;
    }
    if (jitter.contrast > 0) {
      result.shift = (1 - contrast) * brightness * mean_luma(sample, side_ * side_);
    }
    result.active = true;
  }
  return result;
}

void Augmenter::write(const Sample& sample, const Turn& turn, const Recolour& recolour,
                      std::span<float> out) const {
  const std::size_t pixels = side_ * side_;
  std::array<const float*, 3> plane;
  std::array<float, 3> scale, offset;
  for (std::size_t c = 0; c < 3; ++c) {
    plane[c] = sample.rgb.data() + c * pixels;
    scale[c] = 1 / (255 * recipe_.std[c]);
    offset[c] = -recipe_.mean[c] / recipe_.std[c];
  }
  const Matrix& m = recolour.matrix;
  for (std::size_t y = 0; y < side_; ++y) {
    float* to = out.data() + y * rim_side_ * 4;
    std::ptrdiff_t from = turn.start + static_cast<std::ptrdiff_t>(y) * turn.down;
    for (std::size_t x = 0; x < side_; ++x, from += turn.right, to += 4) {
      std::array<float, 3> rgb{plane[0][from], plane[1][from], plane[2][from]};
      if (recolour.active) {
        const std::array<float, 3> before = rgb;
        for (std::size_t c = 0; c < 3; ++c) {
          rgb[c] = std::clamp(
              m[c][0] * before[0] + m[c][1] * before[1] + m[c][2] * before[2] + recolour.shift,
              0.0F, 255.0F);
        }
      }
      for (std::size_t c = 0; c < 3; ++c) to[c] = rgb[c] * scale[c] + offset[c];
      to[3] = 1;
    }
    std::fill(to, to + 8, 0.0F);
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(side_ * rim_side_ * 4), out.end(), 0.0F);
}

void Augmenter::plain(const Sample& sample, std::span<float> out) const {
  write(sample, {0, static_cast<std::ptrdiff_t>(side_), 1}, {}, out);
}

void Augmenter::augmented(const Sample& sample, int epoch, std::size_t position,
                          std::span<float> out) {
  CounterRng rng(seed_, Purpose::augment, static_cast<std::uint64_t>(epoch), position);
  const Turn turn = random_turn(rng);
  write(sample, turn, random_recolour(rng, sample), out);
  if (recipe_.mix <= 0) return;

  CounterRng mixing(seed_, Purpose::mix, static_cast<std::uint64_t>(epoch), position);
  if (!mixing.chance(recipe_.mix)) return;
  // Both classes lend their borders equally often, whatever their sizes.
  const auto& lenders = by_class_[mixing.below(2)];
  const auto& all = lenders.empty() ? samples_ : lenders;
  const Sample& other = *all[mixing.below(all.size())];
  const Turn other_turn = random_turn(mixing);
  write(other, other_turn, random_recolour(mixing, other), other_);
  // Not always at the same place and of the same size, or the seam itself would be learnt.
  const auto sigma = static_cast<float>(
      std::max(0.01, recipe_.mix_sigma + mixing.uniform(-1, 1) * recipe_.mix_sigma_spread));
  gaussian_profile(sigma, static_cast<float>(mixing.uniform(-1, 1) * recipe_.mix_offset), across_);
  gaussian_profile(sigma, static_cast<float>(mixing.uniform(-1, 1) * recipe_.mix_offset), down_);
  for (std::size_t y = 0; y < side_; ++y) {
    float* to = out.data() + y * rim_side_ * 4;
    const float* from = other_.data() + y * rim_side_ * 4;
    for (std::size_t i = 0; i < side_ * 4; ++i) {
      to[i] = from[i] + down_[y] * across_[i / 4] * (to[i] - from[i]);
    }
  }
}

}  // namespace camloss::train
