// The command line: options of each command, and the commands themselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/record/epoch.h"
#include "shared/weights/weights.h"

namespace camloss::train {

/// `trainer train`, and `trainer` alone with every default.
struct TrainCommand {
  std::string data;                  // empty: the embedded scenes
  std::string classes;               // empty: told from the data
  std::vector<std::string> recipes;  // names or files; empty: baseline and camloss
  std::optional<Head> head;          // of the recipe otherwise
  std::optional<int> epochs;         // of the recipe otherwise
  std::optional<int> input_size;     // of the recipe otherwise
  std::vector<std::uint64_t> seeds{1};
  std::string out;  // empty: runs/<data name>
  int threads = 0;  // 0: as many as the machine has
  std::string device = "cpu";
  std::string format = "safetensors";
  DType dtype = DType::f32;
  std::uint64_t scene_seed = 1;
  std::string split_file;  // division to take; empty: as given or made anew
  int perturbed = 32;      // pictures of a part that deletion and insertion are measured on
  bool resume = false;
  bool overwrite = false;  // a finished training in `out` is replaced
  bool quiet = false;
  bool json = false;         // metrics.json on stdout, the tables on stderr
  std::string mlruns;        // MLflow file store to add the runs to; empty: none
  std::string command_line;  // as typed, for the record
};

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

/// `trainer composites`.
struct CompositesCommand {
  std::string data;  // empty: the embedded scenes
  std::string classes;
  std::string split_file;
  std::string out;
  std::uint64_t seed = 1;  // of the division and of the backgrounds
  std::uint64_t scene_seed = 1;
  int threads = 0;
  bool json = false;
};

struct ExplainCommand {
  /// Pictures, folders of pictures and weights in any order, told apart by what they are called.
  std::vector<std::string> files;
  std::string method;              // empty: each head's default
  std::string out;                 // empty: no overlays
  bool json = false;
  bool quiet = false;
};

struct ScenesCommand {
  std::string out;
  std::uint64_t seed = 1;
  int threads = 0;
  bool json = false;
};

struct ConvertCommand {
  std::string in, out;
  DType dtype = DType::f32;
  bool json = false;
};

struct ReportCommand {
  std::string runs, out;
  std::optional<std::string> data;  // where the data lies now; nothing: where it lay in training
  int threads = 0;
  bool json = false;
};

/// `trainer reproduce talk`.
struct ReproduceCommand {
  std::string what;
  TrainCommand train;  // its recipes are set by the command
};

/// Each returns the exit code and throws UserError.
int run_train(const TrainCommand& command);
int run_evaluate(const EvaluateCommand& command);
int run_composites(const CompositesCommand& command);
int run_explain(const ExplainCommand& command);
int run_scenes(const ScenesCommand& command);
int run_convert(const ConvertCommand& command);
int run_report(const ReportCommand& command);
int run_reproduce(const ReproduceCommand& command);

/// The talk's claims beside a summary of metrics.json, as a table for people.
[[nodiscard]] std::string talk_table(const Json& summary);

/// Versions of the libraries the trainer runs with, in one line.
[[nodiscard]] std::string library_versions();

/// Parses the arguments and runs the command. Prints errors as `error: what — hint` on stderr.
/// @return exit code: 0, 1, 2 for wrong usage, 128 + signal for a training that was interrupted
int run_trainer(int argc, const char* const* argv);

}  // namespace camloss::train
