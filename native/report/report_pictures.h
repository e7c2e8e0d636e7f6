// The pictures of a report: which ones tell something, and how they look with each model's map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/data/dataset.h"
#include "native/record/run_records.h"
#include "shared/picture/image.h"

namespace camloss::train {

/// One model's prediction for one picture.
struct Prediction {
  int label = 0;
  double confidence = 0.5;  // probability of that label
  double truth = 0.5;       // probability of the true class
  float logit = 0;
  std::optional<float> off_centre_mass;
  std::vector<float> map;  // (cells, cells), signed, the head's default method
  int cells = 0;
};

struct ReportPicture {
  std::string name;
  int label = 0;
  std::vector<Prediction> predictions;  // one a shown recipe
  Image original;  // RGB, kThumbSide square, as the network sees it: the aspect is not kept
};

/// Side of a report's pictures, in pixels.
inline constexpr int kThumbSide = 160;
/// Pictures of each kind.
inline constexpr std::size_t kPicturesOfAKind = 4;

/// The pictures of one part, by why they are shown; a picture is shown once.
struct Gallery {
  Part part = Part::train;
  std::size_t n = 0;                   // pictures of the part
  std::size_t failures = 0;            // that the candidate gets wrong
  std::vector<ReportPicture> telling;  // the candidate does better than the baseline, most first
  std::vector<ReportPicture> average;  // around the median of that difference
  std::vector<ReportPicture> failing;  // the candidate is mistaken, most confident first
};

/// Whether a model does what it should not: names the wrong class; on `background`, still surely
/// names the class whose subject is gone.
[[nodiscard]] bool is_mistaken(Part part, int label, const Prediction& prediction);

struct Galleries {
  std::vector<std::size_t> recipes;  // shown columns, positions in Records::recipe_names
  std::uint64_t seed = 0;
  std::vector<Gallery> parts;
};

/// Runs the models of the first seed that every shown recipe has. At most four recipes are shown:
/// all, or baseline and candidate.
/// @param path  of the data; empty: the embedded scenes
/// Throws UserError: data or weights that are gone or were changed.
[[nodiscard]] Galleries choose_pictures(const Records& records, const std::string& path,
                                        int threads);

/// A picture with the drawn evidence for the predicted class, each map on its own scale.
[[nodiscard]] Image with_map(const ReportPicture& picture, const Prediction& prediction);

/// `data:image/png;base64,…`
[[nodiscard]] std::string png_data_uri(const Image& picture);

}  // namespace camloss::train
