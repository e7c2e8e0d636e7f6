// `trainer evaluate`: figures of weights files on a data set, computed by the core.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/base/parallel.h"
#include "native/cli/command.h"
#include "native/cli/console.h"
#include "native/evaluate/counterfactual.h"
#include "native/evaluate/evaluate.h"
#include "native/io/files.h"
#include "native/io/weights_io.h"
#include "native/record/run_record.h"

namespace camloss::train {
namespace {

struct EvaluateCommand {
  std::vector<std::string> weights;
  std::string data;
  std::string classes;
  std::optional<Part> part;
  std::string split_file;  // division to take; empty: as given
  std::uint64_t scene_seed = 1;
  int threads = 0;
  bool json = false;
};

/// A set of pictures that is evaluated by itself.
struct Group {
  std::string name;  // of the part; "all" for data without parts
  std::vector<const Sample*> samples;
};

/// The pictures that are evaluated together: the data's parts, then what the program makes of them.
std::vector<Group> groups_of(const Dataset& data, const MadeParts& made,
                             std::optional<Part> wanted) {
  std::vector<Group> groups;
  const bool wants_made = wanted == Part::swapped || wanted == Part::background;
  if (!data.is_divided && !wants_made) {
    if (wanted) {
      throw UserError(
          fmt::format("the data have no part '{}'", to_string(*wanted)),
          "leave --part out, take the division of a training with --split, or name a folder with "
          "train/, val/ and shift/");
    }
    Group all{"all", {}};
    for (const Sample& sample : data.samples) all.samples.push_back(&sample);
    groups.push_back(std::move(all));
  }
  for (const Part part : kAllParts) {
    if (wanted && *wanted != part) continue;
    Group group{std::string(to_string(part)), {}};
    if (data.is_divided) group.samples = data.part(part);
    if (group.samples.empty()) group.samples = made.part(part);
    if (!group.samples.empty()) groups.push_back(std::move(group));
  }
  if (groups.empty()) {
    throw UserError(
        wants_made ? std::string("no subject could be cut out of these pictures")
                   : fmt::format("the data have no picture in the part '{}'", to_string(*wanted)),
        wants_made ? "give masks as NAME.mask.png beside the pictures" : "");
  }
  return groups;
}

/// Hashes of the pictures a model was trained on, by the split file that training leaves beside the
/// weights; empty where there is none that can be read.
std::set<std::string> training_pictures(const std::string& weights, const std::string& seed) {
  std::set<std::string> hashes;
  if (seed.empty() || seed.find_first_not_of("0123456789") != std::string::npos) return hashes;
  const std::filesystem::path file =
      std::filesystem::path(weights).parent_path() / fmt::format("split-s{}.json", seed);
  std::error_code unused;
  if (!std::filesystem::is_regular_file(file, unused)) return hashes;
  try {
    const auto json = Json::parse(io::read_text(file, kMaxSplitBytes), nullptr, false);
    if (!json.is_object() || !json.contains("pictures")) return hashes;
    for (const Json& picture : json.at("pictures")) {
      if (picture.at("part") == "train") hashes.insert(picture.at("hash").get<std::string>());
    }
  } catch (const std::exception&) {
    hashes.clear();  // a foreign file of that name
  }
  return hashes;
}

std::size_t count_seen(const Group& group, const std::set<std::string>& trained_on) {
  return static_cast<std::size_t>(std::ranges::count_if(
      group.samples, [&](const Sample* sample) { return trained_on.contains(hex(sample->hash)); }));
}

Json run_json(const std::string& weights, const std::string& part, const PartFigures& figures,
              std::size_t seen, const std::vector<std::string>& classes) {
  Json json{{"weights", weights}, {"part", part}, {"n", figures.n}, {"seen_in_training", seen}};
  const Json all =
      to_json(part == to_string(Part::background) ? Part::background : Part::val, figures, classes);
  for (const Figure& figure : kFigures) {
    if (figure.is_of_training || !all.contains(figure.key)) continue;
    json[std::string(figure.key)] = all.at(std::string(figure.key));
    // Of `background` as of every part the classes' shares are in sure_per_class.
    if (figure.by_class.empty() || figure.is_of_background) continue;
    json[std::string(figure.by_class)] = all.at(std::string(figure.by_class));
  }
  return json;
}

std::string text_of(std::optional<double> value) {
  return value ? fmt::format("{:.3f}", *value) : "–";
}

void print_run(const std::string& weights, const std::string& part, const PartFigures& figures,
               std::size_t seen, const std::vector<std::string>& classes) {
  print_line(stdout, fmt::format("{}, {}: {} picture{}", weights, part, figures.n,
                                 figures.n == 1 ? "" : "s"));
  const auto line = [&](const Figure& row, const std::string& rest) {
    print_line(stdout,
               fmt::format("  {:<15}  {}   {}", row.title, text_of(value_of(row, figures)), rest));
  };
  const auto by_class = [&](const Figure& row) {
    return fmt::format("({} {}, {} {})", classes[0], text_of(value_of(row, figures, Of::class0)),
                       classes[1], text_of(value_of(row, figures, Of::class1)));
  };
  if (part == to_string(Part::background)) {
    const Figure& row = figure("still_says");
    line(row,
         by_class(row) + fmt::format(", the subject is gone: {} is better", to_string(row.better)));
    return;
  }
  if (seen > 0) {
    print_line(stdout, fmt::format("  includes {} picture{} the model was trained on{}", seen,
                                   seen == 1 ? "" : "s",
                                   part == "all" ? "; --split keeps the parts apart" : ""));
  }
  line(figure("accuracy"), by_class(figure("accuracy")));
  const auto beside = [&](const Figure& row) {
    return fmt::format("{} {}", row.title, text_of(value_of(row, figures)));
  };
  line(figure("sure_right"), beside(figure("unsure")) + ", " + beside(figure("sure_wrong")));
  for (const Figure& row : kFigures) {
    if (!is_of_map(row) || row.is_of_training) continue;
    // Without masks two of them have no value; off-centre mass shows a dash where a map is all zero.
    if (!value_of(row, figures) && &row != &figure("off_centre_mass")) continue;
    line(row, fmt::format("{} is better", to_string(row.better)));
  }
}

int run_evaluate(const EvaluateCommand& command) {
  const int threads = threads_or_all(command.threads);
  // Weights of one input size and one pair of classes share the pictures.
  std::map<std::pair<int, std::vector<std::string>>, std::pair<Dataset, MadeParts>> loaded;
  Counterfactuals counterfactuals(threads);
  const bool needs_made =
      !command.part || *command.part == Part::swapped || *command.part == Part::background;
  Json runs = Json::array();
  for (const std::string& file : command.weights) {
    const CheckedWeights weights = io::load_weights(file);
    const ModelInfo& info = weights.info();
    const auto key = std::pair(info.input_size, info.classes);
    auto found = loaded.find(key);
    if (found == loaded.end()) {
      const DataOptions options{.path = command.data,
                                .classes = command.classes,
                                .expected_classes = info.classes,
                                .input_size = info.input_size,
                                .scene_seed = command.scene_seed,
                                .split_file = command.split_file,
                                .split = false,
                                .threads = threads};
      found = loaded.emplace(key, std::pair(load_dataset(options), MadeParts{})).first;
      auto& [data, made] = found->second;
      warn_of_data(data);
      if (needs_made) made = counterfactuals.of(data);
      if (!command.json && made.cut_outs[0].pictures + made.cut_outs[1].pictures > 0)
        print_line(stdout, cut_out_text(made.cut_outs, info.classes));
    }
    const auto& [data, made] = found->second;
    const std::set<std::string> trained_on = training_pictures(file, info.seed);
    for (const Group& group : groups_of(data, made, command.part)) {
      EvaluateOptions options;
      options.threads = threads;
      const PartFigures figures = evaluate_samples(weights, group.samples, options);
      if (command.json) {
        Json run = run_json(file, group.name, figures, count_seen(group, trained_on), info.classes);
        if (!made.samples.empty() && (group.name == "swapped" || group.name == "background"))
          run["cut_outs"] = cut_outs_json(made.cut_outs, info.classes);
        runs.push_back(std::move(run));
      } else {
        print_run(file, group.name, figures, count_seen(group, trained_on), info.classes);
      }
    }
  }
  if (command.json) {
    const Json json{{"runs", runs}};
    print_line(stdout, to_line(json));
  }
  return 0;
}

std::function<int(const Call&)> declare_evaluate(Options& options) {
  const auto c = std::make_shared<EvaluateCommand>();
  std::vector<std::pair<std::string, Part>> parts;
  for (const Part part : kAllParts) parts.emplace_back(to_string(part), part);
  options.texts("--weights,files", c->weights, "FILE", "Weights files; may be repeated")
      ->required();
  options.data_as_of_train(c->data);
  options.text("--classes", c->classes, "A,B",
               "FOLDER=NAME,… where folders are not named as the weights' classes");
  options.choice("--part", c->part, parts,
                 "train, val, shift, or one that is made of the pictures: swapped, background. "
                 "Default: each by itself");
  options.text("--split", c->split_file, "FILE",
               "Take the parts from a split-s<seed>.json that training wrote");
  options.scene_seed(c->scene_seed);
  options.threads(c->threads);
  options.flag("--json", c->json, "Print one JSON object");
  options.footer(
      "Examples:\n"
      "  trainer evaluate --weights runs/photos/camloss-s1.safetensors --data photos \\\n"
      "                   --split runs/photos/split-s1.json\n"
      "  trainer evaluate --weights runs/photos/camloss-s1.safetensors --data photos --part "
      "swapped\n"
      "\nThe part swapped shows subjects before backgrounds of the other class, background shows "
      "pictures without\n"
      "their subject; both are made here, see composites.");
  return [c](const Call&) { return run_evaluate(*c); };
}

}  // namespace

const Command kEvaluate{"evaluate", "Accuracy and map figures of weights on pictures", false,
                        declare_evaluate};

}  // namespace camloss::train
