// Samples as pictures of the learning core.
#include "native/train/augment.h"

#include <ATen/Parallel.h>

namespace camloss::train {
namespace {

/// Calls body(i, workspace) for each i < count, by LibTorch's threads.
template <class Body>
void for_each_picture(std::size_t count, const Body& body) {
  at::parallel_for(0, static_cast<std::int64_t>(count), 1,
                   [&](std::int64_t first, std::int64_t end) {
                     learn::Augmenter::Workspace work;
                     for (std::int64_t i = first; i < end; ++i)
                       body(static_cast<std::size_t>(i), work);
                   });
}

}  // namespace

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

void Augmenter::plain(std::span<const Sample* const> samples, std::span<float> out) const {
  const std::size_t floats = input_floats();
  for_each_picture(samples.size(), [&](std::size_t i, learn::Augmenter::Workspace& work) {
    augmenter_.plain(picture_of(*samples[i]), out.subspan(i * floats, floats), work);
  });
}

std::vector<float> Augmenter::augmented(std::span<const Sample* const> samples, int epoch,
                                        std::size_t first, std::span<float> out,
                                        std::span<float> kernels) const {
  const std::size_t floats = input_floats(), cells = kernels.empty() ? 0 : cells_ * cells_;
  std::vector<float> targets(samples.size());
  for_each_picture(samples.size(), [&](std::size_t i, learn::Augmenter::Workspace& work) {
    targets[i] = augmenter_.augmented(picture_of(*samples[i]), epoch, first + i,
                                      out.subspan(i * floats, floats), work,
                                      kernels.subspan(i * cells, cells));
  });
  return targets;
}

}  // namespace camloss::train
