// `trainer evaluate`: figures of weights files on a data set, computed by the core.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/cli/cli.h"
#include "native/cli/console.h"
#include "native/evaluate/counterfactual.h"
#include "native/evaluate/evaluate.h"
#include "native/io/files.h"
#include "native/io/weights_io.h"
#include "native/record/epoch.h"
#include "native/record/metrics_json.h"

namespace camloss::train {
namespace {

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
  Json json;
  json["weights"] = weights;
  json["part"] = part;
  json["n"] = figures.n;
  json["seen_in_training"] = seen;
  json["accuracy"] = figures.accuracy;
  Json per_class = Json::object();
  for (std::size_t c = 0; c < 2; ++c) per_class[classes[c]] = number_or_null(figures.per_class[c]);
  json["per_class"] = std::move(per_class);
  const Json all = to_json(figures, classes);
  for (const char* key : {"sure_right", "unsure", "sure_wrong", "sure_per_class"}) {
    json[key] = all.at(key);
  }
  if (part == to_string(Part::background)) json["still_says"] = figures.sureness.sure_right;
  json["off_centre_mass"] = number_or_null(figures.map.off_centre_mass);
  json["energy_in_mask"] = number_or_null(figures.map.energy_in_mask);
  json["pointing_game"] = number_or_null(figures.map.pointing_game);
  return json;
}

std::string figure(std::optional<double> value) {
  return value ? fmt::format("{:.3f}", *value) : "–";
}

void print_run(const std::string& weights, const std::string& part, const PartFigures& figures,
               std::size_t seen, const std::vector<std::string>& classes) {
  print_line(stdout, fmt::format("{}, {}: {} picture{}", weights, part, figures.n,
                                 figures.n == 1 ? "" : "s"));
  if (part == to_string(Part::background)) {
    const auto by_class = [&](std::size_t c) {
      const auto& sure = figures.sureness_per_class[c];
      return figure(sure ? std::optional(sure->sure_right) : std::nullopt);
    };
    print_line(
        stdout,
        fmt::format("  still says       {:.3f}   ({} {}, {} {}), the subject is gone: "
                    "lower is better",
                    figures.sureness.sure_right, classes[0], by_class(0), classes[1], by_class(1)));
    return;
  }
  if (seen > 0) {
    print_line(stdout, fmt::format("  includes {} picture{} the model was trained on{}", seen,
                                   seen == 1 ? "" : "s",
                                   part == "all" ? "; --split keeps the parts apart" : ""));
  }
  print_line(stdout,
             fmt::format("  accuracy         {:.3f}   ({} {}, {} {})", figures.accuracy, classes[0],
                         figure(figures.per_class[0]), classes[1], figure(figures.per_class[1])));
  print_line(stdout,
             fmt::format("  surely right     {:.3f}   undecided {:.3f}, surely wrong {:.3f}",
                         figures.sureness.sure_right, figures.sureness.unsure,
                         figures.sureness.sure_wrong));
  print_line(stdout, fmt::format("  off-centre mass  {}   lower is better",
                                 figure(figures.map.off_centre_mass)));
  if (figures.map.energy_in_mask) {
    print_line(stdout, fmt::format("  energy in mask   {}   higher is better",
                                   figure(figures.map.energy_in_mask)));
    print_line(stdout, fmt::format("  pointing game    {}   higher is better",
                                   figure(figures.map.pointing_game)));
  }
}

}  // namespace

int run_evaluate(const EvaluateCommand& command) {
  const int threads = command.threads > 0
                          ? command.threads
                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
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
      DataOptions options;
      options.path = command.data;
      options.classes = command.classes;
      options.expected_classes = info.classes;
      options.input_size = info.input_size;
      options.scene_seed = command.scene_seed;
      options.split = false;
      options.split_file = command.split_file;
      options.threads = threads;
      found = loaded.emplace(key, std::pair(load_dataset(options), MadeParts{})).first;
      auto& [data, made] = found->second;
      for (const std::string& warning : data.warnings) print_warning(warning);
      for (const Unreadable& picture : data.unreadable) {
        print_warning(fmt::format("{} is left out: {}", picture.name, picture.reason));
      }
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

}  // namespace camloss::train
