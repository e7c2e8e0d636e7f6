// The page's data: photos, models, results, view options and probes. App and its parts own them; views read them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shared/maps/maps.h"
#include "shared/maps/metrics.h"
#include "shared/model.h"
#include "shared/picture/colormap.h"
#include "shared/picture/image.h"
#include "wasm/gpu/texture.h"

namespace camloss::ui {

using PhotoId = std::uint32_t;
/// Ids of the embedded samples start here; the platform's ids are below.
inline constexpr PhotoId kFirstSampleId = 0x40000000;

/// The two compared models.
enum class Slot { baseline, camloss };
inline constexpr std::array<Slot, 2> kBothSlots{Slot::baseline, Slot::camloss};
[[nodiscard]] constexpr std::size_t index_of(Slot slot) { return static_cast<std::size_t>(slot); }
[[nodiscard]] constexpr Slot other(Slot slot) {
  return slot == Slot::baseline ? Slot::camloss : Slot::baseline;
}

/// One of something for either model.
template <class T>
struct PerSlot {
  std::array<T, 2> items{};
  [[nodiscard]] T& operator[](Slot slot) { return items[index_of(slot)]; }
  [[nodiscard]] const T& operator[](Slot slot) const { return items[index_of(slot)]; }
};

inline constexpr int kThumbnailSide = 96;  // pixels, longer side
inline constexpr int kDisplaySide = 1024;  // pixels, longer side of a display copy
/// Kept at a time; others are decoded again when wanted.
inline constexpr std::size_t kDisplayCopies = 6;

/// A place for a model; empty until weights are there.
struct ModelSlot {
  std::string role;  // "Baseline" or "CAMLoss"
  std::string path;  // relative to the site, or the file's name for own weights
  std::optional<Model> model;
  std::optional<float> progress;  // of a download, 0…1
  bool own = false;               // dropped by the user
  bool failed = false;            // could not be fetched or read
  /// Of the model in it, unique among all; older results are known by it.
  std::uint32_t generation = 0;
};

/// What a model said of a photo, kept after the model has moved on.
struct PhotoResult {
  std::uint64_t serial = 0;  // unique; caches of drawings compare it
  Method method = Method::none;
  std::uint32_t generation = 0;
  float logit = 0, probability = 0.5F, beta = 0;
  int label = 0;
  std::optional<float> off_centre_mass, residual;
  EvidenceSplit split;
  double milliseconds = 0;  // of the explanation, without decoding
  int side = 0;             // cells
  std::vector<float> map;   // (side, side), signed

  /// Of the likelier class, 0.5…1.
  [[nodiscard]] float share() const { return label == 1 ? probability : 1 - probability; }
};

/// The network's input as 16-bit fixed point (value / 255 · 65535), half the memory of floats and
/// exact to 1/257 grey level. (3, S, S), RGB planes.
using PackedInput = std::vector<std::uint16_t>;
/// Inputs kept, of all photos together; bytes. Others are decoded again when wanted.
inline constexpr std::size_t kInputBytes = std::size_t{64} << 20;

/// A region of the photo painted over; unit coordinates of the photo.
struct Stroke {
  float x = 0, y = 0, radius = 0;
  bool operator==(const Stroke&) const = default;
};

/// What is done to the photo in the probes.
struct ProbeChange {
  float shift_x = 0, shift_y = 0;  // share of the photo's size
  float hue = 0;                   // degrees
  std::vector<Stroke> strokes;
  bool operator==(const ProbeChange&) const = default;
};

enum class PhotoStage { waiting, ready };

struct Photo {
  PhotoId id = 0;
  std::string name;           // File.name
  std::string label;          // the true class, empty where unknown
  std::optional<int> sample;  // number of the embedded sample
  PhotoStage stage = PhotoStage::waiting;
  bool asked_again = false;   // its pixels are being decoded once more for another input size
  bool gone = false;          // its file can no longer be read; what was found of it stays
  bool left_out = false;      // the user stopped its analysis
  int width = 0, height = 0;  // pixels of the photo as decoded
  std::map<int, PackedInput> inputs;  // by S; the photo's full pixels are never kept
  PerSlot<std::optional<PhotoResult>> results;
  ProbeChange probe;  // what the user has done to it
  Image thumbnail;    // RGBA, at most kThumbnailSide
  Texture thumbnail_texture;
};

/// A picture of moderate size for the screen.
struct DisplayCopy {
  PhotoId photo = 0;
  Image image;  // RGBA, at most kDisplaySide
  Texture texture;
  std::uint64_t used = 0;  // frame of the last use
};

struct WeightsPair {
  std::string name, baseline, camloss;  // paths relative to the site; either may be empty
  bool for_samples = false;             // trained on scenes, as the samples are
};

enum class Page { compare, split, probe, table };
inline constexpr int kPageCount = 4;

/// What of the photo is hidden, that is filled in smoothly from around: its subject, or what is around the subject.
enum class Hidden { nothing, subject, surroundings };

/// Bounds of ViewOptions::sure_from, in percent.
inline constexpr int kLeastSureFrom = 50, kMostSureFrom = 95;

struct ViewOptions {
  Page page = Page::compare;
  std::optional<Method> method;  // none: each head's own
  Drawn drawn = Drawn::predicted;
  bool common_scale = false;
  Colormap colours = Colormap::viridis;
  float opacity = 0.6F;
  bool contour = false;
  bool kernel = false;
  Hidden hidden = Hidden::nothing;
  float sure_from = static_cast<float>(kUndecidedBelow);  // share of the likelier class
  bool operator==(const ViewOptions&) const = default;
};

enum class SortBy { order, name, label, baseline, camloss, baseline_mass, camloss_mass, gap };

struct TableOptions {
  SortBy by = SortBy::order;
  bool descending = false;
  /// Chosen cell of a confusion matrix: slot, true class, verdict (0, 1, 2 = undecided).
  struct Cell {
    Slot slot = Slot::baseline;
    int truth = 0, verdict = 0;
    bool operator==(const Cell&) const = default;
  };
  std::optional<Cell> cell;
};

/// What a close look lays over each other.
enum class Layer { photo, baseline, camloss };

/// One picture over the whole page, enlarged, with a line between its two layers.
struct CloseLook {
  bool open = false;
  Layer left = Layer::photo, right = Layer::camloss;
  float divide = 0.5F;                     // where the line stands, share of the picture's width
  float zoom = 1;                          // 1: all of the picture is seen
  float centre_x = 0.5F, centre_y = 0.5F;  // what lies in the middle, unit coordinates of the photo
};

/// How the probes' picture is worked on.
struct ProbeTool {
  bool painting = false;  // a drag paints rather than moves
  float brush = 0.09F;    // radius, share of the photo's width
};

/// What both models say of the photo without its subject, and without what is around the subject.
struct ProofAnswer {
  PhotoId photo = 0;
  bool painted = false;  // the subject is what was painted over, rather than the middle
  PerSlot<std::optional<PhotoResult>> no_subject, no_surroundings;
  /// The picture that the view shows instead of the photo, while something is hidden.
  Hidden shown = Hidden::nothing;
  Image picture;  // RGBA
  Texture texture;

  [[nodiscard]] const PhotoResult* result(Hidden hidden, Slot slot) const {
    const auto& r = hidden == Hidden::subject ? no_subject[slot] : no_surroundings[slot];
    return hidden != Hidden::nothing && r ? &*r : nullptr;
  }
};

/// What both models say of the changed photo.
struct ProbeAnswer {
  PhotoId photo = 0;
  PerSlot<std::optional<PhotoResult>> results;
  Image picture;  // RGBA, the altered display copy
  Texture texture;
  double milliseconds = 0;  // of the last answer, both models and the picture
};

}  // namespace camloss::ui
