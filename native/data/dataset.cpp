// Loading: list, read, decode in parallel, resample, compare, divide.
#include "native/data/dataset.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/base/parallel.h"
#include "native/base/text.h"
#include "native/data/border_colour.h"
#include "native/data/classes.h"
#include "native/data/duplicates.h"
#include "native/data/layout.h"
#include "native/data/picture_source.h"
#include "native/data/resampled.h"
#include "native/io/decode.h"
#include "native/io/files.h"
#include "shared/maps/metrics.h"
#include "shared/picture/packed.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFewPictures = 10;  // of a class: below, it is warned
constexpr int kBorderSide = 64;  // pixels; the division must not depend on the network's input size

/// Whether pictures are compared and their borders looked at: where they are divided here, and
/// where a division is taken back, whose shift part was chosen by them.
bool needs_borders(const DataOptions& options) {
  return options.split || !options.split_file.empty();
}

/// What one picture file becomes.
struct Loaded {
  Sample sample;
  Fingerprint print;
  BorderHues hues{};
  std::string unreadable;    // reason, or empty
  std::string mask_warning;  // or empty
};

/// Covered shares of the cells from a mask picture: light and opaque pixels are the animal.
std::vector<float> cells_of_mask(const Image& mask, int cells) {
  std::vector<std::uint8_t> animal(static_cast<std::size_t>(mask.width) *
                                   static_cast<std::size_t>(mask.height));
  const auto channels = static_cast<std::size_t>(mask.channels);
  for (std::size_t i = 0; i < animal.size(); ++i) {
    const std::uint8_t* p = mask.pixels.data() + i * channels;
    const bool light = std::max({p[0], p[1], p[2]}) >= 128;
    animal[i] = light && (channels == 3 || p[3] >= 128) ? 255 : 0;
  }
  return mask_to_cells(animal, mask.width, mask.height, cells);
}

class Loader {
 public:
  Loader(PictureSource& source, const DataOptions& options) : source_(source), options_(options) {}

  /// Reads in batches: bytes in the source's order by this thread, decoding by all.
  std::vector<Loaded> load(const std::vector<PictureFile>& pictures) {
    std::vector<Loaded> all(pictures.size());
    std::vector<std::size_t> order(pictures.size());  // pictures by position in the source
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return pictures[a].file < pictures[b].file; });
    constexpr std::size_t kBatch = 32;
    for (std::size_t begin = 0; begin < order.size(); begin += kBatch) {
      const std::size_t count = std::min(kBatch, order.size() - begin);
      const std::span<const std::size_t> batch(order.data() + begin, count);
      const std::vector<Raw> raw = read(pictures, batch);
      parallel_for(count, options_.threads,
                   [&](std::size_t i) { all[batch[i]] = decode(pictures[batch[i]], raw[i]); });
      if (options_.progress) options_.progress(begin + count, order.size());
    }
    return all;
  }

 private:
  /// The bytes of a picture and of its mask, or why there are none.
  struct Raw {
    std::vector<std::uint8_t> picture;
    std::vector<std::uint8_t> mask;
    std::string picture_error;
    std::string mask_error;
  };

  std::vector<Raw> read(const std::vector<PictureFile>& pictures,
                        std::span<const std::size_t> batch) {
    struct Wish {
      std::size_t file;
      std::vector<std::uint8_t>* bytes;
      std::string* error;
    };
    std::vector<Raw> raw(batch.size());
    std::vector<Wish> wishes;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const PictureFile& picture = pictures[batch[i]];
      wishes.push_back({picture.file, &raw[i].picture, &raw[i].picture_error});
      if (picture.mask) wishes.push_back({*picture.mask, &raw[i].mask, &raw[i].mask_error});
    }
    std::stable_sort(wishes.begin(), wishes.end(),
                     [](const Wish& a, const Wish& b) { return a.file < b.file; });
    for (const Wish& wish : wishes) {
      try {
        *wish.bytes = source_.read(wish.file);
      } catch (const DamagedSource&) {
        throw;
      } catch (const UserError& error) {
        *wish.error = error.what();
      }
    }
    return raw;
  }

  [[nodiscard]] Loaded decode(const PictureFile& picture, const Raw& raw) const {
    Loaded loaded;
    loaded.sample.name = picture.name;
    loaded.sample.label = picture.label;
    loaded.sample.given = picture.given;
    loaded.sample.part = picture.given.value_or(Part::train);
    Image image;
    std::optional<Image> mask;
    try {
      if (!raw.picture_error.empty()) throw UserError(raw.picture_error);
      image = io::decode_picture(raw.picture, picture.name);
      loaded.sample.packed = resampled_packed(image.view(), options_.input_size, picture.name);
      loaded.sample.hash = fnv1a(raw.picture);
      if (needs_borders(options_)) {
        loaded.print = fingerprint(resampled(image.view(), kThumbnailSide, picture.name));
        loaded.hues = border_hues(resampled(image.view(), kBorderSide, picture.name), kBorderSide);
      }
    } catch (const UserError& error) {
      loaded.unreadable = error.reason;
      return loaded;
    }
    if (picture.mask) {
      const std::string& mask_name = source_.files()[*picture.mask];
      try {
        if (!raw.mask_error.empty()) throw UserError(raw.mask_error);
        mask = io::decode_picture(raw.mask, mask_name);
        loaded.sample.mask = cells_of_mask(*mask, options_.input_size / 8);
      } catch (const UserError& error) {
        loaded.mask_warning = "the mask " + mask_name + " is left out: " + error.reason;
        mask.reset();
      }
    }
    if (options_.cut_outs) {
      loaded.sample.cut_out = training_cutout(image, mask ? &*mask : nullptr, options_.input_size);
    }
    return loaded;
  }

  PictureSource& source_;
  const DataOptions& options_;
};

/// What a picture takes while the data are loaded, the most of it for as long as they are: its
/// tensor, its mask, its cut-out, and what it is compared by, which is there twice for a moment.
std::size_t bytes_each(const DataOptions& options) {
  const auto side = static_cast<std::size_t>(options.input_size);
  const std::size_t pixels = side * side;
  constexpr std::size_t kNames = 1024;  // the name, in the data and in the split file
  std::size_t bytes = sizeof(Loaded) + sizeof(Fingerprint) + kNames;
  bytes += 3 * pixels * sizeof(std::uint16_t) + pixels / 64 * sizeof(float);  // cells of the mask
  if (options.cut_outs) bytes += 4 * pixels;  // mask and background, a byte each
  return bytes;
}

void check_limits(const DataOptions& options, std::size_t pictures) {
  if (pictures > kMaxPictures) {
    throw UserError(
        options.path + " holds " + std::to_string(pictures) + " pictures of the two classes",
        "at most " + std::to_string(kMaxPictures) + " are loaded");
  }
  if (pictures > most_pictures(options)) {
    throw UserError(std::to_string(pictures) + " pictures at " +
                        std::to_string(options.input_size) + " pixels need more than " +
                        std::to_string(kMaxDatasetBytes >> 30U) + " GiB",
                    "take " + std::to_string(most_pictures(options)) +
                        " pictures or fewer, or a smaller --input-size");
  }
}

/// Moves what could be read into the data set; names and counts the rest.
void keep_readable(Dataset& dataset, std::vector<Loaded>& loaded, const DataOptions& options) {
  std::erase_if(loaded, [&](Loaded& one) {
    if (!one.mask_warning.empty()) dataset.warnings.push_back(one.mask_warning);
    if (one.unreadable.empty()) return false;
    dataset.unreadable.push_back({one.sample.name, one.unreadable});
    return true;
  });
  const std::size_t bad = dataset.unreadable.size();
  const std::size_t all = bad + loaded.size();
  if (static_cast<double>(bad) > kMaxUnreadableShare * static_cast<double>(all)) {
    std::vector<std::string> lines;
    for (const Unreadable& one : dataset.unreadable)
      lines.push_back(one.name + " (" + one.reason + ")");
    const bool is_heic = std::ranges::any_of(dataset.unreadable, [](const Unreadable& one) {
      return one.reason.find("HEIC") != std::string::npos;
    });
    throw UserError(options.path + ": " + std::to_string(bad) + " of " + std::to_string(all) +
                        " pictures cannot be read: " + listed(lines, 3),
                    is_heic ? "convert them to JPEG, with libheif-examples installed: find " +
                                  options.path + " -iname '*.heic' -exec heif-convert {} {}.jpg ';'"
                            : "mend or remove them; up to 10 % are skipped");
  }
  for (Loaded& one : loaded) {
    dataset.has_masks = dataset.has_masks || !one.sample.mask.empty();
    dataset.samples.push_back(std::move(one.sample));
  }
  std::array<std::size_t, 2> count{};
  for (const Sample& sample : dataset.samples) ++count[static_cast<std::size_t>(sample.label)];
  for (std::size_t label = 0; label < 2; ++label) {
    if (count[label] == 0 || count[label] >= kFewPictures) continue;
    dataset.warnings.push_back(
        dataset.classes[label] + " has " + std::to_string(count[label]) +
        (count[label] == 1 ? " picture" : " pictures") +
        ": too few to learn from or to measure on; thirty a class are a start");
  }
  for (int label = 0; label < 2; ++label) {
    const bool any = std::any_of(dataset.samples.begin(), dataset.samples.end(),
                                 [&](const Sample& sample) { return sample.label == label; });
    if (!any) {
      throw UserError(options.path + ": no picture of " +
                          dataset.classes[static_cast<std::size_t>(label)] + " can be read",
                      "every class needs at least one");
    }
  }
}

/// Groups of pictures that look alike, and a warning for each that straddles given parts.
void find_duplicates(Dataset& dataset, const std::vector<Loaded>& loaded) {
  std::vector<Fingerprint> prints;
  prints.reserve(loaded.size());
  for (const Loaded& one : loaded) prints.push_back(one.print);
  const std::vector<int> groups = duplicate_groups(prints);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    dataset.samples[i].group = groups[i];
    if (groups[i] < 0) continue;
    const auto group = static_cast<std::size_t>(groups[i]);
    if (group >= dataset.duplicates.size()) dataset.duplicates.resize(group + 1);
    dataset.duplicates[group].push_back(dataset.samples[i].name);
  }
  std::vector<std::set<Part>> parts(dataset.duplicates.size());
  std::vector<std::set<int>> labels(dataset.duplicates.size());
  for (const Sample& sample : dataset.samples) {
    if (sample.group < 0) continue;
    if (sample.given) parts[static_cast<std::size_t>(sample.group)].insert(*sample.given);
    labels[static_cast<std::size_t>(sample.group)].insert(sample.label);
  }
  for (std::size_t group = 0; group < parts.size(); ++group) {
    const std::string names = listed(dataset.duplicates[group], 6);
    if (parts[group].size() > 1) {
      dataset.warnings.push_back(
          "pictures that look alike lie in different parts, which are used as given: " + names);
    }
    if (labels[group].size() > 1) {
      dataset.warnings.push_back("pictures that look alike are in both classes: " + names);
    }
  }
}

void find_contradictions(Dataset& dataset, const std::vector<Loaded>& loaded) {
  std::vector<BorderHues> hues;
  std::vector<int> labels;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    hues.push_back(loaded[i].hues);
    labels.push_back(dataset.samples[i].label);
  }
  dataset.border_overlap = border_overlap(hues, labels);
  const std::vector<float> shares = contradictions(hues, labels);
  for (std::size_t i = 0; i < shares.size(); ++i) dataset.samples[i].contradiction = shares[i];
}

/// Training needs both classes in train, whoever made the parts.
void check_train(const Dataset& dataset, const DataOptions& options) {
  for (int label = 0; label < 2; ++label) {
    if (dataset.count(Part::train, label) == 0) {
      throw UserError(options.path + ": the train part has no picture of " +
                          dataset.classes[static_cast<std::size_t>(label)],
                      "training needs pictures of both classes in train");
    }
  }
}

void describe(Dataset& dataset) {
  std::array<std::size_t, 2> count{};
  for (const Sample& sample : dataset.samples) ++count[static_cast<std::size_t>(sample.label)];
  dataset.description = dataset.name + ": " + std::to_string(count[0]) + " pictures of " +
                        dataset.classes[0] + ", " + std::to_string(count[1]) + " of " +
                        dataset.classes[1];
}

Dataset load_pictures(const DataOptions& options) {
  const auto source = open_source(options.path);
  Layout layout = find_pictures(*source, options.path, options.classes, options.expected_classes);
  check_limits(options, layout.pictures.size());

  Dataset dataset;
  dataset.name = dataset_name(options.path);
  dataset.classes = layout.classes;
  dataset.input_size = options.input_size;
  dataset.has_parts = layout.has_parts;
  dataset.is_divided = layout.has_parts;
  dataset.origin = options;
  dataset.origin->progress = nullptr;  // its owner may be gone when the pictures are read again
  dataset.split_seed = options.split_seed;
  dataset.warnings = std::move(layout.warnings);
  std::vector<Loaded> loaded = Loader(*source, options).load(layout.pictures);
  keep_readable(dataset, loaded, options);
  describe(dataset);
  if (needs_borders(options)) {
    find_duplicates(dataset, loaded);
    find_contradictions(dataset, loaded);
  }
  return dataset;
}

/// The scenes have two classes of their own names.
Dataset load_scenes(const DataOptions& options) {
  if (!options.classes.empty()) {
    throw UserError("--classes needs --data", "the embedded scenes have their own two classes", 2);
  }
  Dataset dataset =
      scenes_dataset(options.scene_seed, options.input_size, options.threads, options.cut_outs);
  dataset.split_seed = options.split_seed;
  dataset.origin = options;
  if (options.expected_classes.empty()) return dataset;
  const std::vector<ClassFolder> chosen =
      choose_classes(dataset.classes, "", options.expected_classes);
  if (chosen[0].name != dataset.classes[0]) {
    std::swap(dataset.classes[0], dataset.classes[1]);
    for (Sample& sample : dataset.samples) sample.label = 1 - sample.label;
  }
  return dataset;
}

}  // namespace

std::string dataset_name(const std::string& path) {
  if (path.empty()) return std::string(kScenesName);
  std::error_code ignored;
  fs::path whole = fs::weakly_canonical(path, ignored);
  if (whole.empty()) whole = path;
  std::string name =
      (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
  for (const std::string_view ending : {".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar"}) {
    if (name.size() > ending.size() && name.ends_with(ending)) {
      name.erase(name.size() - ending.size());
    }
  }
  return name.empty() || name == "/" ? "data" : name;
}

std::vector<float> Sample::rgb() const {
  std::vector<float> levels(packed.size());
  unpack(packed, levels);
  return levels;
}

std::size_t most_pictures(const DataOptions& options) {
  return std::min(kMaxPictures, kMaxDatasetBytes / bytes_each(options));
}

Dataset load_dataset(const DataOptions& options) {
  if (options.input_size < 8 || options.input_size > 1024 || options.input_size % 8 != 0) {
    throw UserError("the input size is " + std::to_string(options.input_size),
                    "it must be a multiple of 8 from 8 to 1024", 2);
  }
  if (options.path.empty()) {
    Dataset scenes = load_scenes(options);
    if (!options.split_file.empty()) {
      apply_split(scenes, io::read_text(options.split_file, kMaxSplitBytes), options.split_file);
    }
    return scenes;
  }
  Dataset dataset = load_pictures(options);
  if (!options.split_file.empty()) {
    apply_split(dataset, io::read_text(options.split_file, kMaxSplitBytes), options.split_file);
  } else if (options.split) {
    assign_parts(dataset, options.split_seed);
  }
  if (options.split) check_train(dataset, options);
  return dataset;
}

}  // namespace camloss::train
