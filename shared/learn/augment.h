// Random changes of training pictures, and the epochs' order: functions of (seed, epoch, position)
// alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "shared/learn/settings.h"

namespace camloss::learn {

/// A training picture; what it points to outlives the training.
struct Picture {
  std::span<const float> rgb;  // (3, S, S), 0…255, not yet normalised
  int label = 0;               // 0 or 1
  /// (S, S), 255 times the share of the subject; empty: it was not cut out.
  std::span<const std::uint8_t> mask;
  /// (3, S, S), with the subject filled in; empty as the mask is.
  std::span<const std::uint8_t> background;
  /// In the place of rgb, in half its room: (3, S, S), see shared/picture/packed.h.
  std::span<const std::uint16_t> packed{};
};

/// Order of an epoch's pictures, as indices into `pictures`. Balanced: every picture of the larger
/// class once, the smaller class repeated to the same number, so twice the larger class in all;
/// else every picture once.
[[nodiscard]] std::vector<std::size_t> epoch_order(std::span<const Picture> pictures, bool balance,
                                                   std::uint64_t seed, int epoch);

/// Makes network inputs of pictures. Layout of one: (S + 2, S + 2, 4), the channels r, g, b
/// (normalised) and 1, the last two rows and columns zero in all four.
class Augmenter {
 public:
  /// What lies between a picture and its input; each thread has one of its own. Grows at its first use.
  struct Workspace {
    std::vector<float> across, down;  // (S), profiles of the kernel that joins two pictures
    std::vector<float> other;         // (S + 2, S + 2, 4), the other picture
    std::vector<float> unpacked;      // (3, S, S), of the last picture that was not in floats
  };

  /// @param kernel_sigma  of the K of pictures without a mask, where pictures have kernels of their own; 0: they have none
  Augmenter(const AugmentSettings& settings, std::vector<Picture> pictures, std::uint64_t seed,
            double kernel_sigma = 0);

  /// Floats of one picture's input.
  [[nodiscard]] std::size_t input_floats() const { return rim_side_ * rim_side_ * 4; }

  /// The picture unchanged, normalised.
  void plain(const Picture& picture, std::span<float> out, Workspace& work) const;

  /// The changed picture at a position of an epoch: without its subject, or mixed with another
  /// one's border or background, turned, mirrored, moved, recoloured.
  /// @param kernel  (cells, cells): K of the changed picture, where the pictures have
  ///                kernels of their own; else empty
  /// @return the target of its logit's sigmoid: the label, or 0.5 for a picture without its subject
  float augmented(const Picture& picture, int epoch, std::size_t position, std::span<float> out,
                  Workspace& work, std::span<float> kernel = {}) const;

 private:
  struct Turn;      // one of the eight symmetries of the square
  struct Recolour;  // an affine map of (r, g, b)
  template <class Random>
  Turn random_turn(Random& rng) const;
  template <class Random>
  Recolour random_recolour(Random& rng, const Picture& picture, Workspace& work) const;
  /// The colours of a part of a picture with a cut-out: those of random_recolour, changed once more.
  template <class Random>
  Recolour part_recolour(Recolour recolour, Random& rng) const;
  /// Puts the cut-out subject before the other picture.
  void paste(std::span<const std::uint8_t> mask, const Turn& turn, std::span<const float> other,
             std::span<float> out) const;
  void kernel_of(const Picture& picture, const Turn& turn, std::span<float> kernel) const;
  /// The picture, and the picture without its subject. (3, S, S), 0…255, until the next call of either.
  [[nodiscard]] static std::span<const float> planes(const Picture& picture, Workspace& work);
  [[nodiscard]] static std::span<const float> background_planes(const Picture& picture,
                                                                Workspace& work);
  void write(std::span<const float> rgb, const Turn& turn, const Recolour& recolour,
             std::span<float> out) const;

  AugmentSettings settings_;
  std::vector<Picture> pictures_;  // that borders are taken from
  std::vector<std::size_t> by_class_[2];
  std::uint64_t seed_;
  std::size_t side_;             // S
  std::size_t rim_side_;         // S + 2
  std::vector<float> gaussian_;  // (cells, cells), K of pictures without a mask
};

}  // namespace camloss::learn
