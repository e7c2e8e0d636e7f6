// A training from its recipes and data to weights, figures and report.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "camloss_version.h"
#include "native/base/error.h"
#include "native/base/parallel.h"
#include "native/cli/cli.h"
#include "native/cli/command_train.h"
#include "native/cli/console.h"
#include "native/cli/data_lines.h"
#include "native/cli/interrupt.h"
#include "native/cli/progress.h"
#include "native/cli/run_observer.h"
#include "native/cli/usage.h"
#include "native/evaluate/calibrate.h"
#include "native/evaluate/counterfactual.h"
#include "native/evaluate/evaluate.h"
#include "native/io/files.h"
#include "native/io/weights_io.h"
#include "native/recipes/recipe.h"
#include "native/record/run_folder.h"
#include "native/record/run_record.h"
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
  void load_recipes();
  void load_data();
  void report_data() const;
  [[nodiscard]] std::filesystem::path out_folder() const;
  /// Opens the folder of the results.
  void open_folder(const std::filesystem::path& out);
  /// With --resume: what lies in the folder is of these data and recipes, as far as it is kept or asked for again.
  void check_earlier_runs();
  /// False: interrupted.
  bool run_one(const Recipe& recipe, std::uint64_t seed);
  /// Trains, measures and saves one model.
  bool train_one(const Recipe& recipe, std::uint64_t seed, const std::string& fingerprint,
                 std::optional<MlflowRun>& tracked);
  [[nodiscard]] bool is_asked(const RunRecord& run) const;
  /// Divides the data as a seed does; a division that was given stays.
  Dataset& divided(const Recipe& recipe, std::uint64_t seed);
  Calibration fit_calibration(const CheckedWeights& weights, const Recipe& recipe,
                              const Dataset& data) const;
  /// The counterfactual parts of the data as they are divided now; kept for the next recipe.
  const MadeParts& made_parts(const Dataset& data, const Recipe& recipe, std::uint64_t seed);
  [[nodiscard]] TrainingRecord metrics() const;
  void print(const std::string& line) const {
    if (!command_.quiet) print_line(out_, line);
  }
  [[nodiscard]] Dataset& data_of(const Recipe& recipe) { return data_.at(recipe.input_size); }

  const TrainCommand& command_;
  std::FILE* out_;  // of tables
  Engine engine_;
  int threads_;
  std::vector<Recipe> recipes_;
  std::map<int, Dataset> data_;  // by input size
  std::optional<RunFolder> folder_;
  std::vector<RunRecord> runs_;
  std::optional<JobClock> job_;
  std::vector<MlflowRun> tracked_;
  Counterfactuals counterfactuals_;
  std::pair<std::uint64_t, int> made_for_{0, 0};  // seed and input size
  MadeParts made_;
};

Experiment::Experiment(const TrainCommand& command)
    : command_(command),
      out_(command.json ? stderr : stdout),
      engine_(command.engine == "core" ? Engine::core : Engine::torch),
      threads_(threads_or_all(command.threads)),
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
        throw UserError(fmt::format("--input-size {} is not a multiple of 8", *command_.input_size),
                        fmt::format("take {}", std::max(8, (*command_.input_size + 4) / 8 * 8)), 2);
      }
      recipe.input_size = *command_.input_size;
    }
    if (command_.epochs) set_epochs(recipe, *command_.epochs);
    check_recipe(recipe);
    check_engine(recipe, engine_, command_.device);
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
    ProgressBar bar(stderr);
    if (!command_.quiet) {
      options.progress = [&](std::size_t read, std::size_t all) {
        bar.update(
            static_cast<double>(read) / static_cast<double>(all),
            fmt::format("reading pictures{}, {} of {}",
                        options.cut_outs ? " and looking for their subjects" : "", read, all));
      };
    }
    data_.emplace(recipe.input_size, load_dataset(options));
  }
  if (command_.epochs) return;
  for (Recipe& recipe : recipes_) {
    const Dataset& data = data_of(recipe);
    reach_least_steps(recipe, {data.count(Part::train, 0), data.count(Part::train, 1)});
  }
}

void Experiment::report_data() const {
  const Dataset& data = data_.begin()->second;
  warn_of_data(data);
  print(printable(data_line(data), true));
  if (std::ranges::any_of(recipes_, needs_cut_outs)) print(printable(subjects_line(data), true));
  if (!data.shift_is_chosen) return;
  const ShiftRecord shift = shift_record(data);
  print(shift_line(shift));
  if (shift.contradicting.value_or(0) == 0) print_warning(no_contradiction_text(data));
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
    print_warning(fmt::format(
        "'{}' hardly says anything: its logits on val are {:.4f} in the mean — {}", recipe.name,
        magnitude, recipe.loss == Loss::bce ? "train longer" : "train longer, or lower lambda"));
  }
  return calibrate(logits, labels, recipe.offset);
}

Dataset& Experiment::divided(const Recipe& recipe, std::uint64_t seed) {
  Dataset& data = data_of(recipe);
  if (command_.split_file.empty()) assign_parts(data, seed);
  return data;
}

bool Experiment::is_asked(const RunRecord& run) const {
  return std::ranges::find(command_.seeds, run.seed) != command_.seeds.end() &&
         std::ranges::find(recipes_, run.recipe, &Recipe::name) != recipes_.end();
}

void Experiment::check_earlier_runs() {
  const auto refuse = [&](const std::string& what) {
    throw UserError(fmt::format("the finished training{} in {} is of other data or options", what,
                                folder_->path().string()),
                    "give the same options, name another --out, or replace it with --overwrite");
  };
  for (const std::uint64_t seed : command_.seeds) {
    for (const Recipe& recipe : recipes_) {
      const Dataset& data = divided(recipe, seed);
      if (folder_->has_other_run(recipe.name, seed, run_fingerprint(data, recipe, seed, engine_)))
        refuse(fmt::format(" of {} with seed {}", recipe.name, seed));
    }
  }
  // Runs that are not asked for again stay on record beside the new ones.
  const TrainingRecord& earlier = folder_->earlier();
  const Dataset& data = data_.begin()->second;
  const bool is_same_data = earlier.data == data.name && earlier.classes == data.classes &&
                            earlier.description == data.description;
  for (const RunRecord& run : earlier.runs) {
    if (is_asked(run)) continue;
    const auto recipe = std::ranges::find(recipes_, run.recipe, &Recipe::name);
    if (!is_same_data || (recipe != recipes_.end() && folder_->has_other_recipe(*recipe)))
      refuse(fmt::format(" of {} with seed {}", run.recipe, run.seed));
    for (const EpochRecord& epoch : run.epochs)
      folder_->log_without_writing(run.recipe, run.seed, epoch);
  }
}

bool Experiment::run_one(const Recipe& recipe, std::uint64_t seed) {
  const Dataset& data = divided(recipe, seed);
  folder_->write_split(seed, split_json(data));

  const std::string fingerprint = run_fingerprint(data, recipe, seed, engine_);
  if (command_.resume) {
    if (const auto finished = folder_->finished_run(recipe.name, seed, fingerprint)) {
      for (const EpochRecord& epoch : finished->epochs) {
        folder_->log_without_writing(recipe.name, seed, epoch);
      }
      runs_.push_back(*finished);
      job_->run_done(recipe);
      job_->skip(recipe.epochs * JobClock::cost(recipe));
      print(fmt::format("\n{}, seed {}: finished before", recipe.name, seed));
      return true;
    }
  }
  std::optional<MlflowRun> tracked;
  try {
    return train_one(recipe, seed, fingerprint, tracked);
  } catch (...) {
    // Whoever follows the run sees that it has ended. What could not be written before may fail here, too.
    try {
      if (tracked) tracked->fail(milliseconds_now());
    } catch (const UserError& error) {
      print_warning(error.what());
    }
    throw;
  }
}

bool Experiment::train_one(const Recipe& recipe, std::uint64_t seed, const std::string& fingerprint,
                           std::optional<MlflowRun>& tracked) {
  const Dataset& data = data_of(recipe);
  TrainingSettings settings;
  settings.recipe = recipe;
  settings.seed = seed;
  settings.engine = engine_;
  settings.device = command_.device;
  settings.threads = threads_;
  settings.checkpoint = folder_->checkpoint(recipe.name, seed);
  settings.resume = command_.resume;
  print(fmt::format("\n{}, seed {}: {} head, {} x {} pixels, {} epoch{}, {}{} thread{}",
                    recipe.name, seed, to_string(recipe.head), recipe.input_size, recipe.input_size,
                    recipe.epochs, recipe.epochs == 1 ? "" : "s",
                    engine_ == Engine::core ? "engine core, " : "", threads_,
                    threads_ == 1 ? "" : "s"));
  print(epoch_table_head());
  const std::int64_t started = milliseconds_now();
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

  RunRecord run;
  run.recipe = recipe.name;
  run.seed = seed;
  run.weights = name;
  run.fingerprint = fingerprint;
  run.head = to_string(recipe.head);
  run.input_size = recipe.input_size;
  run.temperature = calibration.temperature;
  run.offset = calibration.offset;
  run.calibrated = calibration.fitted;
  run.seconds = 0;
  run.pictures = 0;
  for (const EpochRecord& record : outcome.epochs) {
    *run.seconds += record.seconds;
    *run.pictures += record.pictures;
  }
  run.cut_outs = made.cut_outs;
  run.worst_group_accuracy = worst_group_accuracy(parts);
  run.parts = std::move(parts);
  run.epochs = std::move(outcome.epochs);
  run.started = started;
  run.ended = milliseconds_now();
  if (tracked) {
    tracked->finish(run, folder_->path(), *run.ended);
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

TrainingRecord Experiment::metrics() const {
  const Dataset& data = data_.begin()->second;
  TrainingRecord training;
  training.version = fmt::format("{} ({})", kVersion, kCommit);
  training.libraries = library_versions();
  training.command = command_.command_line;
  training.data = data.name;
  training.description = data.description;
  training.source = {command_.data, command_.classes, command_.scene_seed};
  training.classes = data.classes;
  training.threads = threads_;
  training.engine = command_.engine;
  training.device = command_.device;
  training.unreadable = data.unreadable.size();
  training.look_alikes = data.duplicates.size();
  training.shift = shift_record(data);
  training.marks = central_marks(data);
  training.runs = folder_->earlier().runs;
  for (const RunRecord& run : runs_) {
    const auto same = std::ranges::find_if(training.runs, [&](const RunRecord& other) {
      return other.recipe == run.recipe && other.seed == run.seed;
    });
    if (same == training.runs.end()) {
      training.runs.push_back(run);
    } else {
      *same = run;
    }
  }
  return training;
}

fs::path Experiment::out_folder() const {
  if (!command_.out.empty()) return command_.out;
  return fs::path("runs") / dataset_name(command_.data);
}

void Experiment::open_folder(const fs::path& out) {
  folder_.emplace(out, command_.format);
  if (command_.resume || command_.overwrite || !folder_->has_finished_runs()) return;
  throw UserError("a finished training lies in " + out.string(),
                  "name another folder with --out, go on with --resume, or replace it with "
                  "--overwrite");
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
  const fs::path out = out_folder();
  refuse_inside_data(out, command_.data);
  // Reading takes minutes where subjects are cut out, so what can be refused is refused before it. A folder that is not
  // there yet is made when the data are known to be good.
  std::error_code unused;
  if (fs::exists(out, unused)) open_folder(out);
  load_data();
  if (!folder_) open_folder(out);
  if (command_.resume && !command_.overwrite) check_earlier_runs();
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
  const TrainingRecord all = metrics();
  folder_->write_metrics(all);
  print("\n" + comparison_table(all.runs, all.classes));
  const TrainingVerdict verdict = verdict_of_runs(all.runs, all.classes, all.shift, all.marks);
  print("\n" + verdict_text(verdict, all.runs, all.classes));
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
  if (command_.json) print_line(stdout, to_line(to_json(all)));
  return has_report ? 0 : 1;
}

}  // namespace

int run_train(const TrainCommand& command) { return Experiment(command).run(); }

}  // namespace camloss::train
