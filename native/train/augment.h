// The learning core's augmentations for the samples of a data set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "native/data/dataset.h"
#include "native/recipes/recipe.h"
#include "shared/learn/augment.h"

namespace camloss::train {

/// The sample as the learning core reads it; it points into the sample.
[[nodiscard]] learn::Picture picture_of(const Sample& sample);
[[nodiscard]] std::vector<learn::Picture> pictures_of(std::span<const Sample* const> samples);

/// learn::epoch_order of samples.
[[nodiscard]] std::vector<std::size_t> epoch_order(std::span<const Sample* const> samples,
                                                   bool balance, std::uint64_t seed, int epoch);

/// learn::Augmenter of samples, by a recipe; batches are made by LibTorch's threads.
class Augmenter {
 public:
  Augmenter(const Recipe& recipe, std::span<const Sample* const> samples, std::uint64_t seed)
      : augmenter_(recipe, pictures_of(samples), seed,
                   recipe.kernel == Kernel::mask ? recipe.sigma : 0),
        cells_(static_cast<std::size_t>(recipe.input_size / 8)) {}

  /// Floats of one picture's input, see learn::Augmenter.
  [[nodiscard]] std::size_t input_floats() const { return augmenter_.input_floats(); }
  /// @param out  at least one input a sample, one after the other
  void plain(std::span<const Sample* const> samples, std::span<float> out) const;
  /// @param first    position of the first sample in the epoch
  /// @param kernels  (samples, cells, cells), K of each changed picture; else empty
  /// @return targets, one a sample
  std::vector<float> augmented(std::span<const Sample* const> samples, int epoch, std::size_t first,
                               std::span<float> out, std::span<float> kernels = {}) const;

 private:
  learn::Augmenter augmenter_;
  std::size_t cells_;  // a side
};

}  // namespace camloss::train
