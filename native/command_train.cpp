// `trainer train`: for every seed and recipe train, calibrate, evaluate and write; then compare.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <set>
#include <thread>

#include "camloss_version.h"
#include "native/calibrate.h"
#include "native/cli.h"
#include "native/console.h"
#include "native/error.h"
#include "native/evaluate.h"
#include "native/files.h"
#include "native/interrupt.h"
#include "native/mlflow.h"
#include "native/progress.h"
#include "native/recipe.h"
#include "native/report.h"
#include "native/report_json.h"
#include "native/run_folder.h"
#include "native/trainer.h"
#include "native/weights_io.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Mean |z| on val below which a map loss has silenced the model.
constexpr double kTimidLogit = 0.02;

/// Prints and logs the epochs of one run.
class RunObserver : public TrainingObserver {
 public:
  RunObserver(const Recipe& recipe, std::uint64_t seed, RunFolder& folder, std::FILE* out,
              bool quiet)
      : recipe_(recipe), seed_(seed), folder_(folder), out_(out), quiet_(quiet), bar_(stderr) {}

  void resumed(const std::vector<EpochRecord>& records, std::size_t batches) override {
    for (const EpochRecord& record : records)
      folder_.log_without_writing(recipe_.name, seed_, record);
    folder_.write_log();
    first_epoch_ = static_cast<int>(records.size());
    if (quiet_) return;
    print_line(out_, fmt::format("    resumed after epoch {}{}", records.size(),
                                 batches > 0 ? fmt::format(" and {} batches", batches) : ""));
  }

  void batch_done(int epoch, std::size_t done, std::size_t total, double loss) override {
    if (quiet_) return;
    const double epochs = epoch - 1 + static_cast<double>(done) / static_cast<double>(total);
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const double finished = epochs - first_epoch_;
    const double left = finished > 0 ? seconds / finished * (recipe_.epochs - epochs) : 0;
    bar_.update(epochs / recipe_.epochs, fmt::format("epoch {}/{}  loss {:.4f}  {} left", epoch,
                                                     recipe_.epochs, loss, clock_text(left)));
  }

  void epoch_done(const EpochRecord& record) override {
    folder_.log_epoch(recipe_.name, seed_, record);
    if (quiet_) return;
    bar_.clear();
    print_line(out_, epoch_table_row(record, recipe_.epochs));
  }

  [[nodiscard]] bool stop_requested() const override { return interrupt_signal() != 0; }

 private:
  const Recipe& recipe_;
  std::uint64_t seed_;
  RunFolder& folder_;
  std::FILE* out_;
  bool quiet_;
  ProgressBar bar_;
  int first_epoch_ = 0;
  Clock::time_point start_ = Clock::now();
};

/// The whole command.
class Experiment {
 public:
  explicit Experiment(const TrainCommand& command);
  int run();

 private:
  void load_recipes();
  void load_data();
  void report_data() const;
  /// False: interrupted.
  bool run_one(const Recipe& recipe, std::uint64_t seed);
  Calibration calibrate_weights(Weights& weights, const Recipe& recipe, const Dataset& data) const;
  [[nodiscard]] OrderedJson metrics() const;
  void print(const std::string& line) const {
    if (!command_.quiet) print_line(out_, line);
  }
  [[nodiscard]] Dataset& data_of(const Recipe& recipe) { return data_.at(recipe.input_size); }

  const TrainCommand& command_;
  std::FILE* out_;  // of tables
  int threads_;
  std::vector<Recipe> recipes_;
  std::map<int, Dataset> data_;  // by input size
  std::optional<RunFolder> folder_;
  OrderedJson runs_ = OrderedJson::array();
};

Experiment::Experiment(const TrainCommand& command)
    : command_(command),
      out_(command.json ? stderr : stdout),
      threads_(command.threads > 0
                   ? command.threads
                   : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))) {}

void Experiment::load_recipes() {
  std::vector<std::string> names = command_.recipes;
  if (names.empty()) names = {"baseline", "camloss"};
  std::set<std::string> seen;
  for (const std::string& name : names) {
    Recipe recipe = load_recipe(name);
    if (command_.head) set_head(recipe, *command_.head);
    if (command_.input_size) {
      if (*command_.input_size % 8 != 0) {
        throw UserError(fmt::format("--input-size {} is no multiple of 8", *command_.input_size),
                        fmt::format("take {}", std::max(8, (*command_.input_size + 4) / 8 * 8)), 2);
      }
      recipe.input_size = *command_.input_size;
    }
    if (command_.epochs) set_epochs(recipe, *command_.epochs);
    check_recipe(recipe);
    if (!seen.insert(recipe.name).second) {
      throw UserError("two recipes are called '" + recipe.name + "'",
                      "their files would overwrite each other", 2);
    }
    recipes_.push_back(std::move(recipe));
  }
  std::set<std::uint64_t> seeds;
  for (const std::uint64_t seed : command_.seeds) {
    if (!seeds.insert(seed).second)
      throw UserError(fmt::format("the seed {} is named twice", seed), "", 2);
  }
}

void Experiment::load_data() {
  for (const Recipe& recipe : recipes_) {
    if (data_.contains(recipe.input_size)) continue;
    DataOptions options;
    options.path = command_.data;
    options.classes = command_.classes;
    options.input_size = recipe.input_size;
    options.split_seed = command_.seeds.front();
    options.scene_seed = command_.scene_seed;
    options.split_file = command_.split_file;
    options.threads = threads_;
    for (const Recipe& other : recipes_) {
      options.cut_outs =
          options.cut_outs || (other.input_size == recipe.input_size && needs_cut_outs(other));
    }
    data_.emplace(recipe.input_size, load_dataset(options));
  }
}

void Experiment::report_data() const {
  const Dataset& data = data_.begin()->second;
  for (const std::string& warning : data.warnings) print_warning(warning);
  for (const Unreadable& picture : data.unreadable) {
    print_warning(fmt::format("{} is left out: {}", picture.name, picture.reason));
  }
  std::string counts;
  for (const Part part : {Part::train, Part::val, Part::shift}) {
    counts += fmt::format("{}{} {} + {}", counts.empty() ? "" : ", ", to_string(part),
                          data.count(part, 0), data.count(part, 1));
  }
  print(fmt::format(
      "{}: {} and {} ({}){}", data.name, data.classes[0], data.classes[1], counts,
      data.unreadable.empty() ? "" : fmt::format(", {} unreadable", data.unreadable.size())));
}

Calibration Experiment::calibrate_weights(Weights& weights, const Recipe& recipe,
                                          const Dataset& data) const {
  const std::vector<const Sample*> val = data.part(Part::val);
  if (!recipe.calibrate || val.empty()) return {};
  std::vector<int> labels;
  labels.reserve(val.size());
  for (const Sample* sample : val) labels.push_back(sample->label);
  const std::vector<double> logits = logits_of(weights, val, threads_);
  double magnitude = 0;
  for (const double z : logits) magnitude += std::abs(z) / static_cast<double>(logits.size());
  if (magnitude < kTimidLogit) {
    print_warning(
        fmt::format("'{}' hardly says anything: its logits on val are {:.4f} in the mean — {}",
                    recipe.name, magnitude, "train longer, or lower lambda"));
  }
  const Calibration fit = calibrate(logits, labels, recipe.offset);
  weights.info.temperature = static_cast<float>(fit.temperature);
  weights.tensors.at("fc4.bias").values.at(0) += static_cast<float>(fit.offset);
  return fit;
}

bool Experiment::run_one(const Recipe& recipe, std::uint64_t seed) {
  Dataset& data = data_of(recipe);
  if (command_.split_file.empty()) assign_parts(data, seed);
  folder_->write_split(seed, split_json(data));

  const std::string fingerprint = run_fingerprint(data, recipe, seed);
  if (command_.resume) {
    if (const auto finished = folder_->finished_run(recipe.name, seed, fingerprint)) {
      for (const OrderedJson& epoch : finished->at("epochs")) {
        folder_->log_without_writing(recipe.name, seed, epoch_from_json(epoch));
      }
      runs_.push_back(*finished);
      print(fmt::format("\n{}, seed {}: finished before", recipe.name, seed));
      return true;
    }
  }
  TrainingSettings settings;
  settings.recipe = recipe;
  settings.seed = seed;
  settings.device = command_.device;
  settings.threads = threads_;
  settings.checkpoint = folder_->checkpoint(recipe.name, seed);
  settings.resume = command_.resume;
  print(fmt::format("\n{}, seed {}: {} head, {} x {} pixels, {} epochs, {} thread{}", recipe.name,
                    seed, to_string(recipe.head), recipe.input_size, recipe.input_size,
                    recipe.epochs, threads_, threads_ == 1 ? "" : "s"));
  print(epoch_table_head());
  RunObserver observer(recipe, seed, *folder_, out_, command_.quiet);
  TrainingOutcome outcome = train_model(data, settings, observer);
  if (!outcome.finished) return false;

  Weights& weights = outcome.weights;
  const Calibration calibration = calibrate_weights(weights, recipe, data);
  PartsFigures parts;
  for (const Part part : {Part::train, Part::val, Part::shift}) {
    const auto samples = data.part(part);
    if (samples.empty()) continue;
    parts[part] = evaluate_samples(weights, samples,
                                   {threads_, static_cast<std::size_t>(command_.perturbed)});
  }
  weights.info.version = fmt::format("{} ({})", kVersion, kCommit);
  weights.info.metrics = parts_json(parts, data.classes).dump();
  const std::string name = folder_->weights_name(recipe.name, seed);
  save_weights(folder_->path() / name, weights, command_.dtype);

  OrderedJson run;
  run["recipe"] = recipe.name;
  run["seed"] = seed;
  run["weights"] = name;
  run["fingerprint"] = fingerprint;
  run["head"] = to_string(recipe.head);
  run["input_size"] = recipe.input_size;
  run["temperature"] = calibration.temperature;
  run["offset"] = calibration.offset;
  run["calibrated"] = calibration.fitted;
  double seconds = 0;
  std::int64_t pictures = 0;
  OrderedJson epochs = OrderedJson::array();
  for (const EpochRecord& record : outcome.epochs) {
    seconds += record.seconds;
    pictures += record.pictures;
    epochs.push_back(to_json(record));
  }
  run["seconds"] = seconds;
  run["pictures"] = pictures;
  run["worst_group_accuracy"] = number_or_null(worst_group_accuracy(parts));
  run["parts"] = parts_json(parts, data.classes);
  run["epochs"] = std::move(epochs);
  runs_.push_back(std::move(run));
  folder_->write_metrics(metrics());
  std::error_code unused;
  fs::remove(settings.checkpoint, unused);
  return true;
}

OrderedJson Experiment::metrics() const {
  const Dataset& data = data_.begin()->second;
  OrderedJson json;
  json["version"] = fmt::format("{} ({})", kVersion, kCommit);
  json["libraries"] = library_versions();
  json["command"] = command_.command_line;
  json["data"] = data.name;
  json["description"] = data.description;
  json["source"] = {
      {"path", command_.data}, {"classes", command_.classes}, {"scene_seed", command_.scene_seed}};
  json["classes"] = data.classes;
  json["threads"] = threads_;
  json["device"] = command_.device;
  json["unreadable"] = data.unreadable.size();
  json["summary"] = summary_json(runs_);
  json["runs"] = runs_;
  return json;
}

int Experiment::run() {
  load_recipes();
  load_data();
  const fs::path out =
      command_.out.empty() ? fs::path("runs") / data_.begin()->second.name : fs::path(command_.out);
  folder_.emplace(out, command_.format);
  if (!command_.resume && folder_->has_checkpoints()) {
    print_warning("an unfinished training lies in " + out.string() +
                  "; without --resume it starts anew");
  }
  report_data();
  for (const Recipe& recipe : recipes_) folder_->write_recipe(recipe);
  const InterruptGuard guard;
  for (const std::uint64_t seed : command_.seeds) {
    for (const Recipe& recipe : recipes_) {
      if (!command_.resume) fs::remove(folder_->checkpoint(recipe.name, seed));
      if (run_one(recipe, seed)) continue;
      print_line(
          stderr,
          fmt::format(
              "stopped; the state is saved — run the same command with --resume to continue"));
      return 128 + interrupt_signal();
    }
  }
  folder_->write_log();
  const OrderedJson all = metrics();
  folder_->write_metrics(all);
  // A report that cannot be written must not make a finished training look failed.
  try {
    ReportOptions report;
    report.threads = threads_;
    for (const std::string& warning : write_report(out, out / "report.html", report))
      print_warning(warning);
  } catch (const UserError& error) {
    print_warning(fmt::format("no report.html: {}", error.what()));
  }
  if (!command_.mlruns.empty()) track_runs(out, command_.mlruns);
  print("\n" + comparison_table(all.at("summary")));
  print(fmt::format("\nWeights, metrics.json, log.jsonl and report.html are in {}", out.string()));
  if (command_.json)
    print_line(stdout, all.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
  return 0;
}

}  // namespace

int run_train(const TrainCommand& command) { return Experiment(command).run(); }

}  // namespace camloss::train
