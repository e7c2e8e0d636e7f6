// Flips, turns, colour changes and mixing by the kernel, written straight into the network's input.
#include "shared/learn/augment.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "shared/learn/random.h"
#include "shared/maps/kernel.h"
#include "shared/picture/packed.h"

namespace camloss::learn {
namespace {

constexpr std::array<float, 3> kLuma{0.299F, 0.587F,
                                     0.114F};  // BT.601, as greyscale conversions use

constexpr float kWholePixel = 255;  // of a mask

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

/// @param rgb  (3, pixels)
float mean_luma(std::span<const float> rgb, std::size_t pixels) {
  double sum = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float* plane = rgb.data() + c * pixels;
    float part = 0;
    for (std::size_t i = 0; i < pixels; ++i) part += plane[i];
    sum += static_cast<double>(kLuma[c]) * static_cast<double>(part);
  }
  return static_cast<float>(sum / static_cast<double>(pixels));
}

/// Where an output column or row reads: between two input positions.
struct Between {
  std::ptrdiff_t first, second;
  float share;  // of the second
};

Between between(float scale, float offset, std::size_t at, std::size_t side) {
  const auto last = static_cast<float>(side - 1);
  const float position = std::clamp(scale * static_cast<float>(at) + offset, 0.0F, last);
  const auto first = static_cast<std::ptrdiff_t>(position);
  return {first, std::min(first + 1, static_cast<std::ptrdiff_t>(side - 1)),
          position - static_cast<float>(first)};
}

}  // namespace

/// Output (y, x) reads input start + v·down + u·right, in pixels, with u = scale·x + left and
/// v = scale·y + top, between pixels bilinearly, beyond the edge the edge's.
struct Augmenter::Turn {
  std::ptrdiff_t start, down, right;
  float scale = 1, left = 0, top = 0;
  [[nodiscard]] bool is_exact() const { return scale == 1 && left == 0 && top == 0; }
  /// Index of the input pixel that is nearest.
  [[nodiscard]] std::size_t nearest(const Between& row, const Between& column) const {
    return static_cast<std::size_t>(start + (row.share > 0.5F ? row.second : row.first) * down +
                                    (column.share > 0.5F ? column.second : column.first) * right);
  }
};

struct Augmenter::Recolour {
  Matrix matrix = kIdentity;
  float shift = 0;  // added to every channel, in 0…255
  bool active = false;
};

std::vector<std::size_t> epoch_order(std::span<const Picture> pictures, bool balance,
                                     std::uint64_t seed, int epoch) {
  CounterRng rng(seed, Purpose::order, static_cast<std::uint64_t>(epoch));
  std::array<std::vector<std::size_t>, 2> classes;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    classes[pictures[i].label == 1 ? 1 : 0].push_back(i);
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

Augmenter::Augmenter(const AugmentSettings& settings, std::vector<Picture> pictures,
                     std::uint64_t seed, double kernel_sigma)
    : settings_(settings),
      pictures_(std::move(pictures)),
      seed_(seed),
      side_(static_cast<std::size_t>(settings.input_size)),
      rim_side_(side_ + 2) {
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    by_class_[pictures_[i].label == 1 ? 1 : 0].push_back(i);
  }
  if (kernel_sigma > 0) {
    gaussian_ = inverted_gaussian(settings.input_size / 8, static_cast<float>(kernel_sigma));
  }
}

template <class Random>
Augmenter::Turn Augmenter::random_turn(Random& rng) const {
  const auto n = static_cast<std::ptrdiff_t>(side_);
  Turn turn{0, n, 1};
  if (settings_.rotate90) {
    const std::size_t which = rng.below(3);
    if (which == 1)
      turn = {(n - 1) * n, 1, -n};          // clockwise: output rows are input columns, from below
    if (which == 2) turn = {n - 1, -1, n};  // counter-clockwise
  }
  if (settings_.flip && rng.chance(0.5)) {
    turn.start += (n - 1) * turn.right;
    turn.right = -turn.right;
  }
  if (settings_.zoom > 0 || settings_.move > 0) {
    turn.scale = static_cast<float>(std::exp(rng.uniform(-settings_.zoom, settings_.zoom)));
    const float middle = static_cast<float>(side_ - 1) / 2;
    const double reach = settings_.move * static_cast<double>(side_);
    turn.left = middle * (1 - turn.scale) + static_cast<float>(rng.uniform(-reach, reach));
    turn.top = middle * (1 - turn.scale) + static_cast<float>(rng.uniform(-reach, reach));
  }
  return turn;
}

template <class Random>
Augmenter::Recolour Augmenter::random_recolour(Random& rng, const Picture& picture,
                                               Workspace& work) const {
  const JitterSettings& jitter = settings_.jitter;
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
  if (jitter.channels > 0) {
    for (auto& row : result.matrix) {
      const float strength = std::max(0.0F, factor(jitter.channels));
      for (float& value : row) value *= strength;
    }
    result.active = true;
  }
  if (settings_.greyscale > 0 && rng.chance(settings_.greyscale)) {
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
      result.shift = (1 - contrast) * brightness * mean_luma(planes(picture, work), side_ * side_);
    }
    result.active = true;
  }
  return result;
}

template <class Random>
Augmenter::Recolour Augmenter::part_recolour(Recolour recolour, Random& rng) const {
  const double channels = settings_.cut_out_channels;
  if (channels > 0) {
    for (auto& row : recolour.matrix) {
      const auto strength = static_cast<float>(rng.uniform(1 - channels, 1 + channels));
      for (float& value : row) value *= strength;
    }
    recolour.active = true;
  }
  if (settings_.cut_out_grey > 0 && rng.chance(settings_.cut_out_grey)) {
    recolour.matrix = saturation(0) * recolour.matrix;
    recolour.active = true;
  }
  return recolour;
}

std::span<const float> Augmenter::planes(const Picture& picture, Workspace& work) {
  if (picture.packed.empty()) return picture.rgb;
  work.unpacked.resize(picture.packed.size());
  unpack(picture.packed, work.unpacked);
  return work.unpacked;
}

std::span<const float> Augmenter::background_planes(const Picture& picture, Workspace& work) {
  work.unpacked.resize(picture.background.size());
  std::copy(picture.background.begin(), picture.background.end(), work.unpacked.begin());
  return work.unpacked;
}

void Augmenter::write(std::span<const float> rgb_planes, const Turn& turn, const Recolour& recolour,
                      std::span<float> out) const {
  const std::size_t pixels = side_ * side_;
  std::array<const float*, 3> plane;
  std::array<float, 3> scale, offset;
  for (std::size_t c = 0; c < 3; ++c) {
    plane[c] = rgb_planes.data() + c * pixels;
    scale[c] = 1 / (255 * settings_.std[c]);
    offset[c] = -settings_.mean[c] / settings_.std[c];
  }
  const Matrix& m = recolour.matrix;
  std::vector<Between> columns(turn.is_exact() ? 0 : side_);
  for (std::size_t x = 0; x < columns.size(); ++x) {
    columns[x] = between(turn.scale, turn.left, x, side_);
  }
  for (std::size_t y = 0; y < side_; ++y) {
    float* to = out.data() + y * rim_side_ * 4;
    std::ptrdiff_t from = turn.start + static_cast<std::ptrdiff_t>(y) * turn.down;
    const Between row = between(turn.scale, turn.top, y, side_);
    for (std::size_t x = 0; x < side_; ++x, from += turn.right, to += 4) {
      std::array<float, 3> rgb;
      if (columns.empty()) {
        rgb = {plane[0][from], plane[1][from], plane[2][from]};
      } else {
        const Between& column = columns[x];
        const std::ptrdiff_t upper = turn.start + row.first * turn.down;
        const std::ptrdiff_t lower = turn.start + row.second * turn.down;
        for (std::size_t c = 0; c < 3; ++c) {
          const float* p = plane[c];
          const float a = p[upper + column.first * turn.right];
          const float b = p[upper + column.second * turn.right];
          const float d = p[lower + column.first * turn.right];
          const float e = p[lower + column.second * turn.right];
          const float high = a + column.share * (b - a), low = d + column.share * (e - d);
          rgb[c] = high + row.share * (low - high);
        }
      }
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

void Augmenter::plain(const Picture& picture, std::span<float> out, Workspace& work) const {
  write(planes(picture, work), {0, static_cast<std::ptrdiff_t>(side_), 1}, {}, out);
}

void Augmenter::paste(std::span<const std::uint8_t> mask, const Turn& turn,
                      std::span<const float> other, std::span<float> out) const {
  for (std::size_t y = 0; y < side_; ++y) {
    float* to = out.data() + y * rim_side_ * 4;
    const float* from = other.data() + y * rim_side_ * 4;
    const Between row = between(turn.scale, turn.top, y, side_);
    for (std::size_t x = 0; x < side_; ++x) {
      const float share =
          static_cast<float>(mask[turn.nearest(row, between(turn.scale, turn.left, x, side_))]) /
          kWholePixel;
      for (std::size_t c = 0; c < 4; ++c) {
        const std::size_t i = x * 4 + c;
        to[i] = from[i] + share * (to[i] - from[i]);
      }
    }
  }
}

void Augmenter::kernel_of(const Picture& picture, const Turn& turn, std::span<float> kernel) const {
  std::copy(gaussian_.begin(), gaussian_.end(), kernel.begin());
  if (picture.mask.empty()) return;
  const std::size_t cells = side_ / 8;
  std::vector<float> covered(cells * cells);
  for (std::size_t y = 0; y < side_; ++y) {
    const Between row = between(turn.scale, turn.top, y, side_);
    for (std::size_t x = 0; x < side_; ++x) {
      const Between column = between(turn.scale, turn.left, x, side_);
      covered[y / 8 * cells + x / 8] +=
          static_cast<float>(picture.mask[turn.nearest(row, column)]) / (64 * kWholePixel);
    }
  }
  float sum = 0;
  for (const float share : covered) sum += share;
  if (sum < 1) return;  // the subject was moved out of the picture
  for (std::size_t i = 0; i < covered.size(); ++i) kernel[i] = 1 - covered[i];
}

float Augmenter::augmented(const Picture& picture, int epoch, std::size_t position,
                           std::span<float> out, Workspace& work, std::span<float> kernel) const {
  CounterRng rng(seed_, Purpose::augment, static_cast<std::uint64_t>(epoch), position);
  const Turn turn = random_turn(rng);
  const Recolour recolour = random_recolour(rng, picture, work);
  const auto label = static_cast<float>(picture.label);
  CounterRng mixing(seed_, Purpose::mix, static_cast<std::uint64_t>(epoch), position);
  if (!kernel.empty()) kernel_of(picture, turn, kernel);
  if (settings_.negatives > 0 && mixing.chance(settings_.negatives) && !picture.mask.empty()) {
    write(background_planes(picture, work), turn, recolour, out);
    return 0.5F;
  }
  if (settings_.mix <= 0 || !mixing.chance(settings_.mix)) {
    write(planes(picture, work), turn, recolour, out);
    return label;
  }
  // Both classes lend their borders equally often, whatever their sizes.
  const auto& lenders = by_class_[mixing.below(2)];
  const Picture& other = lenders.empty() ? pictures_[mixing.below(pictures_.size())]
                                         : pictures_[lenders[mixing.below(lenders.size())]];
  const Turn other_turn = random_turn(mixing);
  work.other.resize(input_floats());
  const Recolour other_recolour = random_recolour(mixing, other, work);
  if (settings_.cut_outs > 0 && mixing.chance(settings_.cut_outs) && !picture.mask.empty() &&
      !other.mask.empty()) {
    const bool whole = settings_.cut_out_whole > 0 && mixing.chance(settings_.cut_out_whole);
    const Recolour behind = part_recolour(other_recolour, mixing);
    write(whole ? planes(other, work) : background_planes(other, work), other_turn, behind,
          work.other);
    write(planes(picture, work), turn, part_recolour(recolour, mixing), out);
    paste(picture.mask, turn, work.other, out);
    return label;
  }
  write(planes(picture, work), turn, recolour, out);
  write(planes(other, work), other_turn, other_recolour, work.other);
  // Not always at the same place and of the same size, or the seam itself would be learnt.
  const auto sigma = static_cast<float>(
      std::max(0.01, settings_.mix_sigma + mixing.uniform(-1, 1) * settings_.mix_sigma_spread));
  for (std::vector<float>* profile : {&work.across, &work.down}) {
    profile->resize(side_);
    gaussian_profile(sigma, static_cast<float>(mixing.uniform(-1, 1) * settings_.mix_offset),
                     *profile);
  }
  for (std::size_t y = 0; y < side_; ++y) {
    float* to = out.data() + y * rim_side_ * 4;
    const float* from = work.other.data() + y * rim_side_ * 4;
    for (std::size_t i = 0; i < side_ * 4; ++i) {
      to[i] = from[i] + work.down[y] * work.across[i / 4] * (to[i] - from[i]);
    }
  }
  return label;
}

}  // namespace camloss::learn
