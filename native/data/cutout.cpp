// Subjects by OpenCV's GrabCut, backgrounds by the core's fill.
#include "native/data/cutout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "native/data/resampled.h"
#include "shared/maps/kernel.h"
#include "shared/maps/metrics.h"
#include "shared/picture/fill.h"

namespace camloss::train {
namespace {

constexpr int kSearchSide = kCutOutSide;
constexpr std::size_t kPixels = std::size_t{kSearchSide} * kSearchSide;
constexpr double kRing = 0.04;      // of the side: surely background
constexpr double kProbably = 0.45;  // centre weight above which a pixel may be the subject
constexpr int kRounds = 6;
constexpr int kSeed = 1;             // of the colour models' first clusters
constexpr double kPartShare = 0.25;  // of the best part's centre-weighted area
constexpr double kLeastArea = 0.04, kMostArea = 0.60;
constexpr double kLeastGivenArea = 0.01;  // of a mask: nobody had to search for it
constexpr double kLeastCentre = 0.35;

/// 1 − K at a pixel of the frame.
double centre_weight(int row, int column) {
  return 1 - inverted_gaussian_at(row, column, kSearchSide);
}

/// OpenCV reads and writes the mask's own bytes.
cv::Mat as_matrix(SubjectMask& mask) { return {kSearchSide, kSearchSide, CV_8UC1, mask.data()}; }
cv::Mat as_matrix(const SubjectMask& mask) {
  return {kSearchSide, kSearchSide, CV_8UC1, const_cast<std::uint8_t*>(mask.data())};
}

/// The prior: what GrabCut starts from.
cv::Mat prior() {
  cv::Mat labels(kSearchSide, kSearchSide, CV_8UC1);
  const int ring = static_cast<int>(std::lround(kRing * kSearchSide));
  for (int y = 0; y < kSearchSide; ++y) {
    for (int x = 0; x < kSearchSide; ++x) {
      const bool is_border = std::min({x, y, kSearchSide - 1 - x, kSearchSide - 1 - y}) < ring;
      const bool is_centre = centre_weight(y, x) > kProbably;
      labels.at<std::uint8_t>(y, x) =
          is_border ? cv::GC_BGD : (is_centre ? cv::GC_PR_FGD : cv::GC_PR_BGD);
    }
  }
  return labels;
}

/// Drops the parts that weigh little beside the best one.
void keep_central_parts(SubjectMask& mask) {
  cv::Mat parts;
  const int count = cv::connectedComponents(as_matrix(mask), parts, 8, CV_32S);
  std::vector<double> weight(static_cast<std::size_t>(count), 0);
  for (int y = 0; y < kSearchSide; ++y) {
    for (int x = 0; x < kSearchSide; ++x) {
      const int part = parts.at<int>(y, x);
      if (part > 0) weight[static_cast<std::size_t>(part)] += centre_weight(y, x);
    }
  }
  const double best = *std::max_element(weight.begin(), weight.end());
  for (int y = 0; y < kSearchSide; ++y) {
    for (int x = 0; x < kSearchSide; ++x) {
      if (weight[static_cast<std::size_t>(parts.at<int>(y, x))] >= kPartShare * best) continue;
      mask[static_cast<std::size_t>(y * kSearchSide + x)] = 0;
    }
  }
}

/// Area and place of a mask, and what speaks against it.
SubjectSearch judged(SubjectMask mask, bool is_given) {
  SubjectSearch search;
  search.is_given = is_given;
  std::size_t covered = 0;
  double centre = 0;
  for (int y = 0; y < kSearchSide; ++y) {
    for (int x = 0; x < kSearchSide; ++x) {
      if (mask[static_cast<std::size_t>(y * kSearchSide + x)] == 0) continue;
      ++covered;
      centre += centre_weight(y, x);
    }
  }
  search.area = static_cast<double>(covered) / static_cast<double>(kPixels);
  search.centre = covered == 0 ? 0 : centre / static_cast<double>(covered);
  if (search.area < (is_given ? kLeastGivenArea : kLeastArea)) {
    search.refusal = CutOutRefusal::too_small;
  } else if (search.area > kMostArea) {
    search.refusal = CutOutRefusal::too_large;
  } else if (!is_given && search.centre < kLeastCentre) {
    search.refusal = CutOutRefusal::off_centre;
  } else {
    search.mask = std::move(mask);
  }
  return search;
}

}  // namespace

std::string_view to_string(CutOutRefusal refusal) {
  switch (refusal) {
    case CutOutRefusal::too_small:
      return "covers too little of the picture";
    case CutOutRefusal::too_large:
      return "covers more than 60 % of the picture";
    case CutOutRefusal::off_centre:
      return "does not lie in the centre";
    case CutOutRefusal::none:
      break;
  }
  return "found";
}

Image in_cutout_frame(ImageView picture) {
  return image_of(resampled(picture, kSearchSide), kSearchSide);
}

SubjectSearch find_subject(ImageView picture) {
  Image framed = in_cutout_frame(picture);
  const cv::Mat pixels(kSearchSide, kSearchSide, CV_8UC3, framed.pixels.data());
  cv::Mat labels = prior();
  cv::Mat background, foreground;
  try {
    // OpenCV keeps one generator a thread.
    cv::setRNGSeed(kSeed);
    cv::grabCut(pixels, labels, {}, background, foreground, kRounds, cv::GC_INIT_WITH_MASK);
  } catch (const cv::Exception&) {
    // Its colour models need pixels of both kinds; a picture of one colour leaves none.
    labels.setTo(cv::GC_BGD);
  }
  SubjectMask mask(kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) {
    mask[i] = (labels.data[i] & 1) != 0 ? 255 : 0;  // GC_FGD and GC_PR_FGD are odd
  }
  const cv::Mat square = cv::getStructuringElement(cv::MORPH_RECT, {3, 3});
  cv::Mat matrix = as_matrix(mask);
  cv::morphologyEx(matrix, matrix, cv::MORPH_OPEN, square);
  keep_central_parts(mask);
  return judged(std::move(mask), false);
}

SubjectSearch given_subject(ImageView mask) {
  // White where the subject is, black elsewhere, before anything is averaged.
  Image animal{mask.width, mask.height, 3, {}};
  const std::size_t count =
      static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height);
  animal.pixels.resize(count * 3);
  const auto channels = static_cast<std::size_t>(mask.channels);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* p = mask.data + i * channels;
    const bool is_light = channels < 3 ? p[0] >= 128 : std::max({p[0], p[1], p[2]}) >= 128;
    const bool is_subject = is_light && (channels != 4 || p[3] >= 128);
    std::fill_n(animal.pixels.begin() + static_cast<std::ptrdiff_t>(i * 3), 3,
                static_cast<std::uint8_t>(is_subject ? 255 : 0));
  }
  const std::vector<float> planes = resampled(animal.view(), kSearchSide);
  SubjectMask subject(kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) subject[i] = planes[i] >= 127.5F ? 255 : 0;
  return judged(std::move(subject), true);
}

std::vector<float> mask_at(const SubjectMask& mask, int side) {
  return mask_to_cells(mask, kSearchSide, kSearchSide, side);
}

Image without_subject(const Image& framed, const SubjectMask& mask) {
  SubjectMask hole(kPixels);
  const cv::Mat disc =
      cv::getStructuringElement(cv::MORPH_ELLIPSE, {2 * kFillMargin + 1, 2 * kFillMargin + 1});
  cv::Mat wide = as_matrix(hole);
  cv::dilate(as_matrix(mask), wide, disc);
  std::vector<float> planes(3 * kPixels);
  for (std::size_t i = 0; i < kPixels; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      planes[c * kPixels + i] = static_cast<float>(framed.pixels[i * 3 + c]);
    }
  }
  fill_hole(planes, hole, kSearchSide, kSearchSide);
  return image_of(planes, kSearchSide);
}

Image before_background(const Image& framed, const SubjectMask& mask, const Image& background) {
  cv::Mat soft;
  cv::GaussianBlur(as_matrix(mask), soft, {3, 3}, 0);
  Image whole = background;
  for (std::size_t i = 0; i < kPixels; ++i) {
    const int alpha = soft.data[i];
    for (std::size_t c = 0; c < 3; ++c) {
      const std::size_t at = i * 3 + c;
      whole.pixels[at] = static_cast<std::uint8_t>(
          (framed.pixels[at] * alpha + background.pixels[at] * (255 - alpha) + 127) / 255);
    }
  }
  return whole;
}

}  // namespace camloss::train
