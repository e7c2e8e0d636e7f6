// Reduces what cutout.h finds to the network's input.
#include "native/data/training_cutout.h"

#include "native/base/error.h"
#include "native/data/cutout.h"
#include "shared/picture/resample.h"

namespace camloss::train {

std::shared_ptr<const CutOut> training_cutout(const Image& picture, const Image* mask, int side) {
  const Image framed = in_cutout_frame(picture.view());
  const SubjectSearch subject =
      mask == nullptr ? find_subject(framed.view()) : given_subject(mask->view());
  if (!subject.found()) return nullptr;
  auto result = std::make_shared<CutOut>();
  result->mask = mask_at(subject.mask, side);
  const auto n = static_cast<std::size_t>(side);
  result->background.resize(3 * n * n);
  ResampleScratch scratch;
  const Image background = without_subject(framed, subject.mask);
  value_or_throw(resample_picture(background.view(), side, result->background, scratch));
  return result;
}

}  // namespace camloss::train
