// Resampling: antialiased bilinear reduction of pictures, bilinear enlargement of maps.
#pragma once

#include <span>
#include <vector>

#include "shared/base/result.h"
#include "shared/picture/image.h"

namespace camloss {

/// One output position of a 1-D triangle filter: the inputs it reads and their weights.
struct FilterTap {
  int first = 0;   // first input index
  int count = 0;   // number of inputs
  int offset = 0;  // where its weights begin in FilterBank::weights
};

/// All positions of a 1-D filter from `in` to `out` samples.
struct FilterBank {
  std::vector<FilterTap> taps;  // (out)
  std::vector<float> weights;   // concatenated, each position's sum is 1
};

/// The antialiased triangle ("bilinear") filter with half-pixel centres: support is one output
/// pixel's worth of input on each side when reducing, one input pixel when enlarging. The
/// definition of Pillow's BILINEAR.
[[nodiscard]] FilterBank triangle_filter(int in, int out);

/// Buffers of Resampler that live from call to call, so that equal sizes cost no allocation.
struct ResampleScratch {
  int in_width = 0, in_height = 0, out_side = 0;
  FilterBank horizontal, vertical;
  std::vector<float> rows;  // (3, side) ring or whole intermediate
};

/// Picture → (3, side, side) planar float RGB in 0…255. The aspect is not kept. Alpha is composited
/// on white first, in float and without rounding between the passes.
/// @param out  3·side·side floats.
/// Errors: empty picture, a side above kMaxImageSide, more than kMaxImagePixels, channels other
/// than 3 or 4.
Status resample_picture(ImageView picture, int side, std::span<float> out,
                        ResampleScratch& scratch);

/// Map → larger picture: bilinear with half-pixel centres, edges clamped, no antialiasing; for maps, signed values
/// kept.
/// @param map  (in_h, in_w)
/// @param out  (out_h, out_w)
void upsample_bilinear(std::span<const float> map, int in_w, int in_h, std::span<float> out,
                       int out_w, int out_h) noexcept;

/// x = (rgb/255 − mean)/std per channel, in place.
/// @param planes  (3, n): 0…255 in, network input out.
void normalise(std::span<float> planes, std::span<const float, 3> mean,
               std::span<const float, 3> std) noexcept;

}  // namespace camloss
