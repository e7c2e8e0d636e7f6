// `trainer evaluate`: figures of weights files on a data set, computed by the core.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "native/cli.h"
#include "native/console.h"
#include "native/epoch_json.h"
#include "native/error.h"
#include "native/evaluate.h"
#include "native/weights_io.h"

namespace camloss::train {
namespace {

/// A set of pictures that is evaluated by itself.
struct Group {
  std::string name;  // of the part; "all" for data without parts
  std::vector<const Sample*> samples;
};

std::vector<Group> groups_of(const Dataset& data, std::optional<Part> wanted) {
  if (!data.has_parts) {
    if (wanted) {
      throw UserError(fmt::format("the data have no part '{}'", to_string(*wanted)),
                      "leave --part out, or name a folder with train/, val/ and shift/");
    }
    Group all{"all", {}};
    for (const Sample& sample : data.samples) all.samples.push_back(&sample);
    return {all};
  }
  std::vector<Group> groups;
  for (const Part part : {Part::train, Part::val, Part::shift}) {
    if (wanted && *wanted != part) continue;
    Group group{std::string(to_string(part)), data.part(part)};
    if (!group.samples.empty()) groups.push_back(std::move(group));
  }
  if (groups.empty())
    throw UserError(fmt::format("the data have no picture in the part '{}'", to_string(*wanted)));
  return groups;
}

OrderedJson run_json(const std::string& weights, const std::string& part,
                     const PartFigures& figures, const std::vector<std::string>& classes) {
  OrderedJson json;
  json["weights"] = weights;
  json["part"] = part;
  json["n"] = figures.n;
  json["accuracy"] = figures.accuracy;
  OrderedJson per_class = OrderedJson::object();
  for (std::size_t c = 0; c < 2; ++c) per_class[classes[c]] = number_or_null(figures.per_class[c]);
  json["per_class"] = std::move(per_class);
  json["off_centre_mass"] = number_or_null(figures.map.off_centre_mass);
  json["energy_in_mask"] = number_or_null(figures.map.energy_in_mask);
  json["pointing_game"] = number_or_null(figures.map.pointing_game);
  return json;
}

std::string figure(std::optional<double> value) {
  return value ? fmt::format("{:.3f}", *value) : "–";
}

void print_run(const std::string& weights, const std::string& part, const PartFigures& figures,
               const std::vector<std::string>& classes) {
  print_line(stdout, fmt::format("{}, {}: {} pictures", weights, part, figures.n));
  print_line(stdout,
             fmt::format("  accuracy         {:.3f}   ({} {}, {} {})", figures.accuracy, classes[0],
                         figure(figures.per_class[0]), classes[1], figure(figures.per_class[1])));
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
  std::map<std::pair<int, std::vector<std::string>>, Dataset> loaded;
  OrderedJson runs = OrderedJson::array();
  for (const std::string& file : command.weights) {
    const Weights weights = load_weights(file);
    const ModelInfo& info = weights.info;
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
      options.threads = threads;
      found = loaded.emplace(key, load_dataset(options)).first;
      for (const std::string& warning : found->second.warnings) print_warning(warning);
      for (const Unreadable& picture : found->second.unreadable) {
        print_warning(fmt::format("{} is left out: {}", picture.name, picture.reason));
      }
    }
    const Dataset& data = found->second;
    for (const Group& group : groups_of(data, command.part)) {
      EvaluateOptions options;
      options.threads = threads;
      const PartFigures figures = evaluate_samples(weights, group.samples, options);
      if (command.json) {
        runs.push_back(run_json(file, group.name, figures, info.classes));
      } else {
        print_run(file, group.name, figures, info.classes);
      }
    }
  }
  if (command.json) {
    const OrderedJson json{{"runs", runs}};
    print_line(stdout, json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  }
  return 0;
}

}  // namespace camloss::train
