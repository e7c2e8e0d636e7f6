// Samples as pictures of the learning core.
#include "native/train/augment.h"

namespace camloss::train {

learn::Picture picture_of(const Sample& sample) {
  learn::Picture picture{{}, sample.label, {}, {}, sample.packed};
  if (sample.cut_out) {
    picture.mask = sample.cut_out->mask;
    picture.background = sample.cut_out->background;
  }
  return picture;
}

std::vector<learn::Picture> pictures_of(std::span<const Sample* const> samples) {
  std::vector<learn::Picture> pictures;
  pictures.reserve(samples.size());
  for (const Sample* sample : samples) pictures.push_back(picture_of(*sample));
  return pictures;
}

std::vector<std::size_t> epoch_order(std::span<const Sample* const> samples, bool balance,
                                     std::uint64_t seed, int epoch) {
  return learn::epoch_order(pictures_of(samples), balance, seed, epoch);
}

}  // namespace camloss::train
