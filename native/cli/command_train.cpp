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
#include "native/base/error.h"
#include "native/cli/cli.h"
#include "native/cli/console.h"
#include "native/cli/interrupt.h"
#include "native/cli/run_observer.h"
#include "native/evaluate/calibrate.h"
#include "native/evaluate/counterfactual.h"
#include "native/evaluate/evaluate.h"
#include "native/io/files.h"
#include "native/io/weights_io.h"
#include "native/recipes/recipe.h"
#include "native/record/metrics_json.h"
#include "native/record/run_folder.h"
#include "native/record/verdict.h"
#include "native/report/mlflow.h"
#include "native/report/report.h"
#include "native/train/trainer.h"

namespace camloss::train {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Mean |z| on val below which a map loss has silenced the model.
constexpr double kTimidLogit = 0.02;

/// The model with its figures and the version of this program in its metadata.
CheckedWeights described(CheckedWeights checked, std::string metrics) {
  Weights weights = std::move(checked).release();
  weights.info.version = fmt::format("{} ({})", kVersion, kCommit);
  weights.info.metrics = std::move(metrics);
  return value_or_throw(check(std::move(weights)));
}

/// The whole command.
class Experiment {
 public:
  explicit Experiment(const TrainCommand& command);
  int run();

 private:
  void refuse_out_inside_data(const std::filesystem::path& out) const;
  void load_recipes();
  void load_data();
  void report_data() const;
  /// False: interrupted.
  bool run_one(const Recipe& recipe, std::uint64_t seed);
  Calibration fit_calibration(const CheckedWeights& weights, const Recipe& recipe,
                              const Dataset& data) const;
  /// The counterfactual parts of the data as they are divided now; kept for the next recipe.
  const MadeParts& made_parts(const Dataset& data, const Recipe& recipe, std::uint64_t seed);
  [[nodiscard]] Json metrics() const;
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
  Json runs_ = Json::array();
  std::optional<JobClock> job_;
  std::vector<MlflowRun> tracked_;
  Counterfactuals counterfactuals_;
  std::pair<std::uint64_t, int> made_for_{0, 0};  // seed and input size
  MadeParts made_;
};

Experiment::Experiment(const TrainCommand& command)
    : command_(command),
      out_(command.json ? stderr : stdout),
      threads_(command.threads > 0
                   ? command.threads
                   : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))),
      counterfactuals_(threads_) {}

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
  for (const Part part : kDataParts) {
    counts += fmt::format("{}{} {} + {}", counts.empty() ? "" : ", ", to_string(part),
                          data.count(part, 0), data.count(part, 1));
  }
  std::string line =
      fmt::format("{}: {} and {} ({})", data.name, data.classes[0], data.classes[1], counts);
  if (!data.duplicates.empty()) {
    line += fmt::format(", {} group{} that look alike", data.duplicates.size(),
                        data.duplicates.size() == 1 ? "" : "s");
  }
  if (!data.unreadable.empty()) line += fmt::format(", {} unreadable", data.unreadable.size());
  print(printable(line, true));
  if (!data.shift_is_chosen) return;
  const Json shift = shift_json(data);
  const std::string overlap =
      data.border_overlap ? fmt::format("{:.0f} %", 100 * *data.border_overlap) : "unknown";
  const auto contradicting = shift.at("contradicting").get<std::size_t>();
  print(
      fmt::format("  shift was chosen by border colour; {} of its {} pictures contradict their "
                  "class, and the borders of the classes overlap by {}",
                  contradicting, shift.at("of").get<std::size_t>(), overlap));
  if (contradicting == 0) {
    print_warning(fmt::format(
        "no picture of {} has a border in the colours of {}, or the other way round: the part "
        "shift does not show whether a model goes by the background — look at the part swapped, "
        "or give a shift part of your own",
        data.classes[0], data.classes[1]));
  }
}

Calibration Experiment::fit_calibration(const CheckedWeights& weights, const Recipe& recipe,
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
  return calibrate(logits, labels, recipe.offset);
}

bool Experiment::run_one(const Recipe& recipe, std::uint64_t seed) {
  Dataset& data = data_of(recipe);
  if (command_.split_file.empty()) assign_parts(data, seed);
  folder_->write_split(seed, split_json(data));

  const std::string fingerprint = run_fingerprint(data, recipe, seed);
  if (command_.resume) {
    if (const auto finished = folder_->finished_run(recipe.name, seed, fingerprint)) {
      for (const Json& epoch : finished->at("epochs")) {
        folder_->log_without_writing(recipe.name, seed, epoch_from_json(epoch));
      }
      runs_.push_back(*finished);
      job_->run_done(recipe);
      job_->skip(recipe.epochs * JobClock::cost(recipe));
      print(fmt::format("\n{}, seed {}: finished before", recipe.name, seed));
      return true;
    }
    if (!command_.overwrite && folder_->has_other_run(recipe.name, seed, fingerprint)) {
      throw UserError(fmt::format("the finished training of {} with seed {} in {} is of other data "
                                  "or options",
                                  recipe.name, seed, folder_->path().string()),
                      "give the same options, name another --out, or replace it with --overwrite");
    }
  }
  TrainingSettings settings;
  settings.recipe = recipe;
  settings.seed = seed;
  settings.device = command_.device;
  settings.threads = threads_;
  settings.checkpoint = folder_->checkpoint(recipe.name, seed);
  settings.resume = command_.resume;
  print(fmt::format("\n{}, seed {}: {} head, {} x {} pixels, {} epoch{}, {} thread{}", recipe.name,
                    seed, to_string(recipe.head), recipe.input_size, recipe.input_size,
                    recipe.epochs, recipe.epochs == 1 ? "" : "s", threads_,
                    threads_ == 1 ? "" : "s"));
  print(epoch_table_head());
  const std::int64_t started = milliseconds_now();
  std::optional<MlflowRun> tracked;
  if (!command_.mlruns.empty()) {
    tracked = MlflowStore(command_.mlruns, data.name)
                  .start_run({recipe, seed, data.name, data.classes, command_.command_line,
                              fmt::format("{} ({})", kVersion, kCommit)},
                             started);
  }
  RunObserver observer(recipe, seed, *folder_, out_, command_.quiet, *job_,
                       tracked ? &*tracked : nullptr);
  TrainingOutcome outcome = train_model(data, settings, observer);
  if (!outcome.finished) {
    if (tracked) tracked->stop(milliseconds_now());
    return false;
  }
  job_->run_done(recipe);

  CheckedWeights weights = value_or_throw(check(std::move(outcome.weights)), recipe.name);
  const Calibration calibration = fit_calibration(weights, recipe, data);
  if (calibration.fitted) weights = calibrated(std::move(weights), calibration);
  PartsFigures parts;
  for (const Part part : kAllParts) {
    const auto samples = data.part(part);
    if (samples.empty()) continue;
    parts[part] = evaluate_samples(weights, samples,
                                   {threads_, static_cast<std::size_t>(command_.perturbed)});
  }
  const MadeParts& made = made_parts(data, recipe, seed);
  for (const Part part : {Part::swapped, Part::background}) {
    const auto samples = made.part(part);
    if (!samples.empty()) parts[part] = evaluate_samples(weights, samples, {threads_, 0});
  }
  const std::string name = folder_->weights_name(recipe.name, seed);
  io::save_weights(folder_->path() / name,
                   described(std::move(weights), parts_json(parts, data.classes).dump()),
                   command_.dtype);

  Json run;
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
  Json epochs = Json::array();
  for (const EpochRecord& record : outcome.epochs) {
    seconds += record.seconds;
    pictures += record.pictures;
    epochs.push_back(to_json(record));
  }
  run["seconds"] = seconds;
  run["pictures"] = pictures;
  run["cut_outs"] = cut_outs_json(made.cut_outs, data.classes);
  run["worst_group_accuracy"] = number_or_null(worst_group_accuracy(parts));
  run["parts"] = parts_json(parts, data.classes);
  run["epochs"] = std::move(epochs);
  run["started"] = started;
  run["ended"] = milliseconds_now();
  if (tracked) {
    tracked->finish(run, folder_->path(), run["ended"].get<std::int64_t>());
    tracked_.push_back(*tracked);
  }
  runs_.push_back(std::move(run));
  folder_->write_metrics(metrics());
  std::error_code unused;
  fs::remove(settings.checkpoint, unused);
  return true;
}

const MadeParts& Experiment::made_parts(const Dataset& data, const Recipe& recipe,
                                        std::uint64_t seed) {
  const std::pair key{seed, recipe.input_size};
  if (made_for_ == key) return made_;
  const auto start = Clock::now();
  made_ = counterfactuals_.of(data);
  made_for_ = key;
  if (made_.cut_outs[0].pictures + made_.cut_outs[1].pictures > 0) {
    print(fmt::format("    {} ({:.0f} s)", cut_out_text(made_.cut_outs, data.classes),
                      std::chrono::duration<double>(Clock::now() - start).count()));
  }
  return made_;
}

Json Experiment::metrics() const {
  const Dataset& data = data_.begin()->second;
  Json json;
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
  json["look_alikes"] = data.duplicates.size();
  json["shift"] = shift_json(data);
  json["summary"] = summary_json(runs_);
  json["marks"] = marks_json(data);
  json["verdict"] =
      verdict_json(runs_, json["summary"], data.classes, json["shift"], json["marks"]);
  json["runs"] = runs_;
  return json;
}

void Experiment::refuse_out_inside_data(const fs::path& out) const {
  if (command_.data.empty()) return;
  std::error_code error;
  const fs::path data = fs::weakly_canonical(command_.data, error);
  const fs::path folder = fs::weakly_canonical(fs::absolute(out), error);
  if (error || !fs::is_directory(data, error)) return;
  const auto [rest, unused] = std::ranges::mismatch(data, folder);
  if (rest != data.end()) return;
  throw UserError(fmt::format("the results would lie in the data: {} is inside {}", out.string(),
                              command_.data),
                  "name a folder elsewhere with --out", 2);
}

int Experiment::run() {
  if (const std::size_t scheme = command_.mlruns.find("://");
      scheme != std::string::npos || command_.mlruns.starts_with("sqlite:") ||
      command_.mlruns.starts_with("file:")) {
    throw UserError("--mlruns " + command_.mlruns + " names a server or a database",
                    "runs are written to a folder: --mlruns DIR, then mlflow ui "
                    "--backend-store-uri DIR",
                    2);
  }
  load_recipes();
  load_data();
  const fs::path out =
      command_.out.empty() ? fs::path("runs") / data_.begin()->second.name : fs::path(command_.out);
  refuse_out_inside_data(out);
  folder_.emplace(out, command_.format);
  if (!command_.resume && !command_.overwrite && folder_->has_finished_runs()) {
    throw UserError("a finished training lies in " + out.string(),
                    "name another folder with --out, go on with --resume, or replace it with "
                    "--overwrite");
  }
  if (!command_.resume && command_.overwrite) folder_->remove_finished_runs();
  if (!command_.resume && folder_->has_checkpoints()) {
    print_warning("an unfinished training lies in " + out.string() +
                  "; without --resume it starts anew");
  }
  report_data();
  for (const Recipe& recipe : recipes_) folder_->write_recipe(recipe);
  const InterruptGuard guard;
  double work = 0;
  for (const Recipe& recipe : recipes_) {
    work += static_cast<double>(command_.seeds.size()) * recipe.epochs * JobClock::cost(recipe);
  }
  job_.emplace(work);
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
  const Json all = metrics();
  folder_->write_metrics(all);
  print("\n" + comparison_table(all.at("summary")));
  print("\n" + verdict_text(all));
  data_.clear();  // the report reads what it needs itself
  made_ = {};
  // A report that cannot be written must not lose a finished training; the exit code tells.
  bool has_report = true;
  try {
    ReportOptions report;
    report.threads = threads_;
    for (const std::string& warning : write_report(out, out / "report.html", report))
      print_warning(warning);
  } catch (const UserError& error) {
    print_warning(fmt::format("no report.html: {}; the training itself is finished", error.what()));
    has_report = false;
  }
  for (const MlflowRun& run : tracked_) run.add_artifact(out / "report.html");
  print(fmt::format("\nWeights, metrics.json, log.jsonl{} are in {}",
                    has_report ? " and report.html" : "", out.string()));
  if (command_.json) print_line(stdout, to_line(all));
  return has_report ? 0 : 1;
}

}  // namespace

int run_train(const TrainCommand& command) { return Experiment(command).run(); }

}  // namespace camloss::train
