// Reduces what cutout.h finds to the network's input.
#include "native/data/training_cutout.h"

#include <algorithm>
#include <vector>

#include "native/data/cutout.h"
#include "native/data/resampled.h"

namespace camloss::train {
std::shared_ptr<const CutOut> training_cutout(const Image& picture, const Image* mask, int side) {
  const Image framed = in_cutout_frame(picture.view());
  const SubjectSearch subject =
      mask == nullptr ? find_subject(framed.view()) : given_subject(mask->view());
  if (!subject.found()) return nullptr;
  auto result = std::make_shared<CutOut>();
  const std::vector<float> shares = mask_at(subject.mask, side);
  result->mask.resize(shares.size());
  std::ranges::transform(shares, result->mask.begin(),
                         [](float share) { return whole_level(255 * share); });
  const Image background = without_subject(framed, subject.mask);
  const std::vector<float> levels = resampled(background.view(), side);
  result->background.resize(levels.size());
  std::ranges::transform(levels, result->background.begin(), whole_level);
  return result;
}

}  // namespace camloss::train
