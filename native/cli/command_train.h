// What `trainer train` is asked for; `trainer reproduce` trains, too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  std::string out;               // empty: runs/<data name>
  int threads = 0;               // 0: as many as the machine has
  std::string engine = "torch";  // or "core"
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

/// @return the exit code.
/// Throws UserError.
int run_train(const TrainCommand& command);

}  // namespace camloss::train
