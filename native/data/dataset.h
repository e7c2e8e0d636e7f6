// The pictures of an experiment, decoded, resampled to the network's input and divided into parts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/data/training_cutout.h"
#include "shared/scenes/scenes.h"

namespace camloss::train {

/// train and val are what training may read; shift has unusual backgrounds and is for evaluation
/// only. swapped and background are made by the program (counterfactual.h): subjects before the
/// other class's backgrounds, and backgrounds without their subject.
enum class Part { train, val, shift, swapped, background };
inline constexpr std::array<Part, 5> kAllParts{Part::train, Part::val, Part::shift, Part::swapped,
                                               Part::background};
/// The parts that pictures of the data can be divided into.
inline constexpr std::array<Part, 3> kDataParts{Part::train, Part::val, Part::shift};
[[nodiscard]] std::string_view to_string(Part part);
/// Throws UserError (exit code 2): unknown name.
[[nodiscard]] Part part_from_name(std::string_view name);

/// One picture.
struct Sample {
  std::string name;  // path within the data, '/' between folders; unique
  int label = 0;     // index into Dataset::classes
  Part part = Part::train;
  std::vector<std::uint16_t> packed;  // (3, S, S), not yet normalised; see shared/picture/packed.h
  std::vector<float>
      mask;  // (cells, cells), covered share of each cell; empty where there is no mask
  std::shared_ptr<const CutOut> cut_out;  // null: not asked for, or no subject was found
  std::uint64_t hash = 0;                 // FNV-1a of the file's bytes (of the pixels, for scenes)

  /// (3, S, S), 0…255, to within a 512th of a grey level of what was resampled.
  [[nodiscard]] std::vector<float> rgb() const;

  // What the division into parts is made from; see split.h.
  std::optional<Part> given;  // part the data came with
  float contradiction = 0;    // share of the border in the other class's hue, 0…1
  /// Pictures that show the same (duplicates, mirror images) share a number; −1: alone.
  int group = -1;
};

/// A file that could not be used.
struct Unreadable {
  std::string name;
  std::string reason;
};

struct DataOptions {
  std::string path;     // folder or .tar; empty: the embedded scenes
  std::string classes;  // text of --classes: "A,B", "FOLDER=NAME,…"; empty: told from the folders
  std::vector<std::string>
      expected_classes;  // of a weights file: sets the index order, other names are an error
  int input_size = 96;   // S, a multiple of 8
  std::uint64_t split_seed = 1;  // of the division into train and val
  std::uint64_t scene_seed = 1;
  std::string split_file;  // split.json to take the parts from; empty: as given or made anew
  /// False: leave the pictures of a folder without parts all in Part::train (evaluate).
  bool split = true;
  bool cut_outs = false;  // look for each picture's subject (half a second each)
  int threads = 0;        // 0: as many as the machine has; the result does not depend on it
  /// Called while a folder or an archive is read, by the calling thread. May be empty.
  /// @param read  pictures done, of `all`
  std::function<void(std::size_t read, std::size_t all)> progress = nullptr;
};

struct Dataset {
  std::string name;                  // last part of the path, "scenes" for the embedded scenes
  std::string description;           // in words, for a weights file's trained_on
  std::vector<std::string> classes;  // names in index order, two
  int input_size = 0;                // S, pixels
  bool has_parts = false;            // the data came with parts (or are the scenes)
  bool has_masks = false;            // at least one sample has a mask
  bool is_divided = false;           // val and shift stand for something: given, or divided here
  bool shift_is_chosen = false;      // shift was taken by border colour, nobody gave it
  /// How far the colours of the two classes' borders overlap: Σ min over hues of their mean shares,
  /// 0 (no colour in common) … 1; nothing where it was not measured.
  std::optional<double> border_overlap;
  /// What it was loaded with, so that pictures can be read again; nothing for one made in memory.
  std::optional<DataOptions> origin;
  std::uint64_t split_seed = 0;
  std::vector<Sample> samples;  // sorted by name, whatever the order on the disk
  std::size_t made = 0;         // of them, at the end: added by append_made (counterfactual.h)
  std::vector<Unreadable> unreadable;
  std::vector<std::vector<std::string>>
      duplicates;                     // names of each group of pictures that show the same
  std::vector<std::string> warnings;  // lines for stderr, e.g. duplicates that straddle given parts

  [[nodiscard]] int cells() const { return input_size / 8; }
  [[nodiscard]] std::vector<const Sample*> part(Part which) const;
  /// Number of samples of a class in a part.
  [[nodiscard]] int count(Part which, int label) const;
};

/// More than this share of unreadable pictures is an error.
inline constexpr double kMaxUnreadableShare = 0.10;
/// Largest number of pictures, and of the bytes that they take in memory, all that is kept of each counted (8 GiB).
inline constexpr std::size_t kMaxPictures = 200'000;
inline constexpr std::size_t kMaxDatasetBytes = std::size_t{8} << 30;

inline constexpr std::string_view kScenesName = "scenes";

/// What the data of a path are called: "photos" of "/data/photos/", "caltech" of "caltech.tar.gz", kScenesName of "".
[[nodiscard]] std::string dataset_name(const std::string& path);

/// How many pictures that allows at the input size and with the cut-outs of some options.
[[nodiscard]] std::size_t most_pictures(const DataOptions& options);

/// Reads a data set: two sub-folders of pictures; a folder with train/, val/ and shift/ parts of such; a Caltech-256
/// tree; a .tar of any of these; or the embedded scenes. The content depends on the files' names and bytes alone.
/// Throws UserError: path absent, no pictures, not two classes, an absent class (lists what is there), more than 10 %
/// unreadable, a damaged .tar, a split file of other pictures.
[[nodiscard]] Dataset load_dataset(const DataOptions& options);

/// Largest split file: 64 MiB.
inline constexpr std::size_t kMaxSplitBytes = std::size_t{64} << 20;

/// Where an embedded scene is written and what it is called in a data set: "train/leopard/007.png".
[[nodiscard]] std::string scene_name(ScenePart part, SceneClass animal, int index);

/// The embedded scenes as a data set; what load_dataset makes of an empty path.
[[nodiscard]] Dataset scenes_dataset(std::uint64_t scene_seed, int input_size, int threads = 0,
                                     bool cut_outs = false);

/// Divides loaded samples anew by another seed (given parts stay; the shift part does not depend on
/// the seed).
void assign_parts(Dataset& dataset, std::uint64_t seed);

/// A picture of the shift part contradicts its class where at least this share of its border has
/// the other class's dominant hue.
inline constexpr float kContradicting = 0.25F;

/// The division as JSON text for split-s<seed>.json; a function of the content alone.
[[nodiscard]] std::string split_json(const Dataset& dataset);

/// Takes the parts from the text of a split file. `file` is for messages only.
/// Throws UserError: no such JSON, other version or classes, names unknown or missing, pictures
/// that changed.
void apply_split(Dataset& dataset, std::string_view json, std::string_view file);

}  // namespace camloss::train
