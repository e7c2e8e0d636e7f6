// Chooses pictures by what the models say of them, and draws them.
#include "native/report/report_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <span>

#include "native/base/error.h"
#include "native/data/read_again.h"
#include "native/data/resampled.h"
#include "native/evaluate/counterfactual.h"
#include "native/evaluate/models_in_threads.h"
#include "native/io/files.h"
#include "native/io/weights_io.h"
#include "shared/maps/metrics.h"
#include "shared/model.h"
#include "shared/picture/colormap.h"
#include "shared/picture/resample.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxColumns = 4;

/// The run of a recipe and a seed, or null.
const RunRecord* run_of(const Records& records, std::size_t recipe, std::uint64_t seed) {
  const auto found = std::ranges::find_if(records.runs, [&](const RunRecord& run) {
    return run.recipe == records.recipe_names[recipe] && run.seed == seed;
  });
  return found == records.runs.end() ? nullptr : &*found;
}

std::vector<std::size_t> shown_recipes(const Records& records) {
  std::vector<std::size_t> recipes(records.recipe_names.size());
  std::iota(recipes.begin(), recipes.end(), std::size_t{0});
  if (recipes.size() > kMaxColumns) recipes = {records.baseline(), records.candidate()};
  return recipes;
}

std::uint64_t common_seed(const Records& records, std::span<const std::size_t> recipes) {
  for (const RunRecord& run : records.runs) {
    const std::uint64_t seed = run.seed;
    if (std::ranges::all_of(recipes,
                            [&](std::size_t r) { return run_of(records, r, seed) != nullptr; }))
      return seed;
  }
  throw UserError("the recipes have no seed in common",
                  "their maps cannot be shown beside each other");
}

Dataset data_of(const Records& records, const std::string& path, const fs::path& split,
                int input_size, int threads) {
  DataOptions options;
  options.path = path;
  options.input_size = input_size;
  options.split_file = split.string();
  options.threads = threads;
  if (records.source) {
    options.classes = records.source->classes;
    options.scene_seed = records.source->scene_seed;
  }
  if (options.classes.empty()) options.expected_classes = records.classes;
  return load_dataset(options);
}

Prediction predict(Model& model, const Sample& sample) {
  const ModelInfo& info = model.info();
  std::vector<float> input = sample.rgb();
  normalise(input, info.mean, info.std);
  const Explanation explained =
      value_or_throw(model.explain_tensor(input, default_method(info.head)), sample.name);
  Prediction prediction;
  prediction.label = explained.label;
  const auto p = static_cast<double>(explained.probability);
  prediction.confidence = explained.label == 1 ? p : 1 - p;
  prediction.truth = sample.label == 1 ? p : 1 - p;
  prediction.logit = explained.logit;
  prediction.off_centre_mass = explained.off_centre_mass;
  prediction.map.assign(explained.map.begin(), explained.map.end());
  prediction.cells = info.cells();
  return prediction;
}

std::vector<Prediction> predict_all(const CheckedWeights& weights, const Dataset& data,
                                    int threads) {
  std::vector<Prediction> predictions(data.samples.size());
  for_each_with_model(weights, predictions.size(), threads, [&](Model& model, std::size_t i) {
    predictions[i] = predict(model, data.samples[i]);
  });
  return predictions;
}

/// A picture as the report shows it: an RGB square of kThumbSide.
Image thumb(const Image& whole) {
  return image_of(resampled(whole.view(), kThumbSide), kThumbSide);
}

/// Fills in the originals of the chosen pictures, which alone are read again whole.
/// @param chosen  by the sample's name
void add_originals(const Dataset& data, Counterfactuals& counterfactuals, int threads,
                   std::map<std::string, std::vector<ReportPicture*>>& chosen) {
  std::vector<std::size_t> samples;
  bool any_made = false;
  for (std::size_t i = 0; i < data.samples.size(); ++i) {
    if (!chosen.contains(data.samples[i].name)) continue;
    if (i >= data.samples.size() - data.made) {
      any_made = true;
    } else {
      samples.push_back(i);
    }
  }
  const auto put = [&](const std::string& name, const Image& whole) {
    for (ReportPicture* picture : chosen.at(name)) picture->original = thumb(whole);
  };
  read_again(data, samples, threads, [&](std::size_t k, const Image& whole, const Image*) {
    put(data.samples[samples[k]].name, whole);
  });
  if (!any_made) return;
  counterfactuals.each(data, [&](const MadePicture& made) {
    if (chosen.contains(made.name)) put(made.name, made.picture);
  });
}

/// Pictures of a part in the order of preference → at most kPicturesOfAKind, the classes in turn.
std::vector<std::size_t> take(std::span<const std::size_t> order, const Dataset& data,
                              std::vector<bool>& used) {
  std::vector<std::size_t> chosen;
  int wanted = 0;
  while (chosen.size() < kPicturesOfAKind) {
    const auto next = [&](bool any_class) {
      return std::ranges::find_if(order, [&](std::size_t i) {
        return !used[i] && (any_class || data.samples[i].label == wanted);
      });
    };
    auto found = next(false);
    if (found == order.end()) found = next(true);
    if (found == order.end()) break;
    chosen.push_back(*found);
    used[*found] = true;
    wanted = 1 - wanted;
  }
  return chosen;
}

}  // namespace

bool is_mistaken(Part part, int label, const Prediction& prediction) {
  if (part != Part::background) return prediction.label != label;
  return prediction.label == label && prediction.confidence > kUndecidedBelow;
}

Galleries choose_pictures(const Records& records, const std::string& path, int threads) {
  Galleries galleries;
  galleries.recipes = shown_recipes(records);
  galleries.seed = common_seed(records, galleries.recipes);

  Counterfactuals counterfactuals(threads);
  std::map<int, Dataset> data;  // by input size; names and their order are the same in all
  const auto data_at = [&](int size, const fs::path& folder) -> const Dataset& {
    const auto found = data.find(size);
    if (found != data.end()) return found->second;
    const fs::path split = folder / fmt::format("split-s{}.json", galleries.seed);
    Dataset loaded = data_of(records, path, split, size, threads);
    append_made(loaded, counterfactuals.of(loaded));
    return data.emplace(size, std::move(loaded)).first->second;
  };
  std::vector<std::vector<Prediction>> predictions;
  for (const std::size_t recipe : galleries.recipes) {
    const RunRecord& run = *run_of(records, recipe, galleries.seed);
    const CheckedWeights weights = io::load_weights(run.folder / run.weights);
    predictions.push_back(
        predict_all(weights, data_at(weights.info().input_size, run.folder), threads));
  }
  const Dataset& shown = data.begin()->second;
  const auto column = [&](std::size_t recipe) {
    return static_cast<std::size_t>(std::ranges::find(galleries.recipes, recipe) -
                                    galleries.recipes.begin());
  };
  const auto& before = predictions[column(records.baseline())];
  const auto& after = predictions[column(records.candidate())];
  const bool pair = &before != &after;
  // Of the probability of the true class; on `background` naming it is the fault.
  std::vector<double> gain(shown.samples.size());
  for (std::size_t i = 0; i < gain.size(); ++i) {
    gain[i] = after[i].truth - (pair ? before[i].truth : 0);
    if (shown.samples[i].part == Part::background) gain[i] = -gain[i];
  }

  for (const Part part : kAllParts) {
    std::vector<std::size_t> members;
    for (std::size_t i = 0; i < shown.samples.size(); ++i) {
      if (shown.samples[i].part == part) members.push_back(i);
    }
    if (members.empty()) continue;
    Gallery gallery;
    gallery.part = part;
    gallery.n = members.size();
    const auto wrong = [&](std::size_t i) {
      return is_mistaken(gallery.part, shown.samples[i].label, after[i]);
    };
    gallery.failures = static_cast<std::size_t>(std::ranges::count_if(members, wrong));

    std::vector<bool> used(shown.samples.size(), false);
    const auto pictures = [&](std::span<const std::size_t> order) {
      std::vector<ReportPicture> result;
      for (const std::size_t i : take(order, shown, used)) {
        ReportPicture picture{shown.samples[i].name, shown.samples[i].label, {}, {}};
        for (const auto& of_model : predictions) picture.predictions.push_back(of_model[i]);
        result.push_back(std::move(picture));
      }
      return result;
    };
    std::vector<std::size_t> failing;
    std::ranges::copy_if(members, std::back_inserter(failing), wrong);
    std::ranges::stable_sort(failing, {}, [&](std::size_t i) {
      return part == Part::background ? -after[i].truth : after[i].truth;
    });
    gallery.failing = pictures(failing);
    std::vector<std::size_t> order;
    std::ranges::copy_if(members, std::back_inserter(order),
                         [&](std::size_t i) { return !wrong(i); });
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return gain[i]; });
    gallery.telling = pictures(order);
    order = members;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return gain[i]; });
    const double median = gain[order[order.size() / 2]];
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::abs(gain[i] - median); });
    gallery.average = pictures(order);
    galleries.parts.push_back(std::move(gallery));
  }
  std::map<std::string, std::vector<ReportPicture*>> chosen;
  for (Gallery& gallery : galleries.parts) {
    for (auto* list : {&gallery.telling, &gallery.average, &gallery.failing}) {
      for (ReportPicture& picture : *list) chosen[picture.name].push_back(&picture);
    }
  }
  add_originals(shown, counterfactuals, threads, chosen);
  for (const auto& [name, shown_as] : chosen) {
    if (!shown_as.front()->original.pixels.empty()) continue;
    throw UserError(name + " cannot be read any more", "it was there when the report began");
  }
  return galleries;
}

Image with_map(const ReportPicture& picture, const Prediction& prediction) {
  std::vector<float> drawn(prediction.map.size());
  drawn_evidence(prediction.map, Drawn::predicted, prediction.logit, drawn);
  OverlayStyle style;
  style.scale = largest_magnitude(drawn);
  return overlay(picture.original.view(), drawn, prediction.cells, style);
}

std::string png_data_uri(const Image& picture) {
  const cv::Mat rgb(picture.height, picture.width, CV_8UC3,
                    const_cast<std::uint8_t*>(picture.pixels.data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".png", bgr, bytes, {cv::IMWRITE_PNG_COMPRESSION, 9}))
    throw UserError("cannot encode a picture as PNG");
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text = "data:image/png;base64,";
  text.reserve(text.size() + (bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](std::size_t k) {
      return i + k < bytes.size() ? std::uint32_t{bytes[i + k]} : 0U;
    };
    const std::uint32_t three = at(0) << 16U | at(1) << 8U | at(2);
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kDigits[three >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace camloss::train
