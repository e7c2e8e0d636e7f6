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

/// learn::Augmenter of samples, by a recipe.
class Augmenter {
 public:
  Augmenter(const Recipe& recipe, std::span<const Sample* const> samples, std::uint64_t seed)
      : augmenter_(recipe, pictures_of(samples), seed,
                   recipe.kernel == Kernel::mask ? recipe.sigma : 0) {}

  /// See learn::Augmenter.
  [[nodiscard]] std::size_t input_floats() const { return augmenter_.input_floats(); }
  void plain(const Sample& sample, std::span<float> out) const {
    augmenter_.plain(picture_of(sample), out);
  }
  float augmented(const Sample& sample, int epoch, std::size_t position, std::span<float> out,
                  std::span<float> kernel = {}) {
    return augmenter_.augmented(picture_of(sample), epoch, position, out, kernel);
  }

 private:
  learn::Augmenter augmenter_;
};

}  // namespace camloss::train
