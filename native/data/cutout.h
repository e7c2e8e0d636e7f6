// The subject of a photograph, told from its background, and the picture without it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "shared/picture/image.h"

namespace camloss::train {

/// Cut-outs live in the network's frame: a square picture, the aspect not kept, this side.
inline constexpr int kCutOutSide = 256;  // pixels
/// (kCutOutSide, kCutOutSide): 255 on the subject, 0 elsewhere.
using SubjectMask = std::vector<std::uint8_t>;

/// Why there is no cut-out.
enum class CutOutRefusal { none, too_small, too_large, off_centre };
/// "covers too little of the picture", …
[[nodiscard]] std::string_view to_string(CutOutRefusal refusal);

/// What the search for a subject came to.
struct SubjectSearch {
  CutOutRefusal refusal = CutOutRefusal::none;
  SubjectMask mask;       // empty where refused
  double area = 0;        // share of the picture
  double centre = 0;      // mean over the mask of exp(−r²/2σ²), σ = 0.25 of the side
  bool is_given = false;  // from a mask file, not found by the program
  [[nodiscard]] bool found() const { return refusal == CutOutRefusal::none; }
};

/// Finds the subject by GrabCut (Rother, Kolmogorov and Blake 2004; OpenCV's) with the centre as
/// the prior: a ring of 4 % is surely background, exp(−r²/2σ²) > 0.45 probably subject, the rest
/// probably background; 6 rounds from a fixed seed; opened by 3x3; parts with less than a quarter
/// of the best part's centre-weighted area are dropped. Refused: area below 4 % or above 60 %, mean
/// centre weight below 0.35. A function of the pixels alone, on any thread.
/// Throws UserError: a picture the core does not take.
[[nodiscard]] SubjectSearch find_subject(ImageView picture);

/// The subject as a mask picture tells it (light and opaque: the subject), in the same frame. Refused: area below 1 % or
/// above 60 %; the subject may lie anywhere.
/// Throws UserError as above.
[[nodiscard]] SubjectSearch given_subject(ImageView mask);

/// Covered shares: the mask averaged to side x side squares, each 0…1. `side` = S/8 gives the cells
/// of the evidence map.
[[nodiscard]] std::vector<float> mask_at(const SubjectMask& mask, int side);

/// The picture in the cut-outs' frame: (kCutOutSide, kCutOutSide, 3), alpha on white.
/// Throws UserError: a picture the core does not take.
[[nodiscard]] Image in_cutout_frame(ImageView picture);

/// The picture without its subject: the mask, widened by kFillMargin, is filled from its surroundings
/// (shared/picture/fill.h).
/// @param framed  from in_cutout_frame
[[nodiscard]] Image without_subject(const Image& framed, const SubjectMask& mask);
inline constexpr int kFillMargin = 7;  // pixels; halos and shadows at the subject's edge go with it

/// The subject of one picture before the background of another: pixels of `framed` on the mask,
/// the background's elsewhere, blended over about two pixels at the edge. Both of the cut-outs'
/// frame.
[[nodiscard]] Image before_background(const Image& framed, const SubjectMask& mask,
                                      const Image& background);

}  // namespace camloss::train
