// The training loop: a data set and a recipe in, weights and a record of every epoch out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "native/data/dataset.h"
#include "native/recipes/recipe.h"
#include "native/record/epoch.h"
#include "shared/weights/weights.h"

namespace camloss::train {

/// What follows a training while it runs, and may end it.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  /// Before the first batch of a continued training.
  /// @param records  of the epochs before
  /// @param batches  done of the next one
  virtual void resumed(const std::vector<EpochRecord>& records, std::size_t batches) = 0;
  /// After each batch.
  /// @param done  batches of this epoch, of `total`
  virtual void batch_done(int epoch, std::size_t done, std::size_t total, double loss) = 0;
  virtual void epoch_done(const EpochRecord& record) = 0;
  /// Asked after each batch; true saves the state and ends the training unfinished.
  [[nodiscard]] virtual bool stop_requested() const = 0;
};

/// What trains: LibTorch, or the learning core (shared/learn), which is what trains in a page too.
enum class Engine { torch, core };

struct TrainingSettings {
  Recipe recipe;
  std::uint64_t seed = 1;
  Engine engine = Engine::torch;
  std::string device = "cpu";  // or "cuda"; the core has the CPU alone
  int threads = 1;
  std::filesystem::path checkpoint;  // written after each epoch; empty: none
  bool resume = false;               // continue from the checkpoint if there is one
};

struct TrainingOutcome {
  bool finished = false;  // false: ended by the observer, the checkpoint holds the state
  Weights weights;        // where finished; info has head, size, classes, mean, std, recipe, seed
  std::vector<EpochRecord> epochs;  // those before a resumption included
};

/// Writes into a finished model what it was trained on and how it is named.
void describe(ModelInfo& info, const Dataset& data, const TrainingSettings& settings);

/// Tells trainings apart that must not be continued as each other: recipe, seed, classes and every
/// training and val picture, and the engine, as 16 hexadecimal digits.
[[nodiscard]] std::string run_fingerprint(const Dataset& data, const Recipe& recipe,
                                          std::uint64_t seed, Engine engine = Engine::torch);

/// Throws UserError: no such device, or what this engine cannot train by (see core_settings).
void check_engine(const Recipe& recipe, Engine engine, const std::string& device);

/// Trains one model. The same data, recipe, seed, device and number of threads give the same
/// weights bit by bit, interrupted and resumed or not. Only the train and val parts are read.
/// Throws UserError: an empty class, pictures of another size, what check_engine throws, a loss that is not finite (names epoch and
/// batch), a checkpoint that is damaged or of another training, a full disk.
[[nodiscard]] TrainingOutcome train_model(const Dataset& data, const TrainingSettings& settings,
                                          TrainingObserver& observer);

/// Versions of LibTorch and its parallel back end, for --version.
[[nodiscard]] std::string torch_description();

}  // namespace camloss::train
