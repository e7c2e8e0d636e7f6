// Recipes: everything about a training that is not the data, as JSON with a default for every
// field.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "shared/learn/settings.h"
#include "shared/weights/weights.h"

namespace camloss::train {

/// The loss; formulas are in the file that implements them.
/// bce: cross-entropy alone; split: split evidence; quotient, absolute: its variants; talk: the
/// talk's slides; talk_code: the talk's program.
enum class Loss { bce, split, quotient, absolute, talk, talk_code };
[[nodiscard]] std::string_view to_string(Loss loss);

/// What tells the centre from the rest in training.
/// gaussian: K, the inverted Gaussian; mask: the picture's own, 1 on the background and 0 on its
/// subject (see cutout.h), and the Gaussian where no subject was found.
enum class Kernel { gaussian, mask };
[[nodiscard]] std::string_view to_string(Kernel kernel);

using learn::Init;
using learn::JitterSettings;
using learn::OptimizerSettings;
using learn::Schedule;
[[nodiscard]] std::string_view to_string(Schedule schedule);
[[nodiscard]] std::string_view to_string(Init init);

/// A stretch of epochs with its own weights of the loss's two parts.
struct Phase {
  int epochs = 1;
  double classify = 1;  // factor of the cross-entropy part, 0 leaves it out
  double map = 1;       // factor of the map part (on top of lambda), 0 leaves it out
  double rate = 1;      // factor of the learning rate
};

/// The random changes of the pictures, input size and normalisation are the fields of AugmentSettings.
struct Recipe : learn::AugmentSettings {
  std::string name;
  std::string description;
  Head head = Head::fcn;
  /// Side K of the first head layer's convolution, in cells, odd; fcn only. 1: a cell sees itself.
  int context = 1;
  int context_dilation = 1;  // d, cells between its taps; a cell sees 16 + 8 d (K - 1) pixels
  Loss loss = Loss::bce;
  double lambda = 1;  // weight of the map part
  /// Split evidence: each picture's penalty is taken times max(0, 1 − BCE_i/ln 2), BCE_i being
  /// what its centre's answer costs. So no picture is told to be silent off the centre before its
  /// centre has an answer, and a model of subjects that are not centred is not put out.
  bool lambda_yields = false;
  /// Split evidence: the centre classifies by this share of the cells, those of the largest W|M|.
  double strongest = 1;
  int lambda_ramp_epochs = 0;                        // epochs over which it rises linearly from 0
  double sigma = static_cast<double>(kKernelSigma);  // of K, as a share of the map's side
  Kernel kernel = Kernel::gaussian;
  Init init = Init::torch;
  int epochs = 40;
  /// Few pictures make short epochs, and there are as many more of them as make this many batches.
  int least_steps = 0;
  int batch = 32;
  OptimizerSettings optimizer;
  double batch_norm_momentum = 0.1;  // share of the new batch in the running statistics
  bool balance = true;        // an epoch is twice the larger class; the smaller is over-sampled
  bool calibrate = true;      // fit the temperature on val
  bool offset = false;        // fit an offset on val and fold it into the last bias
  double weight_average = 0;  // decay of the exponential average of the weights, 0: none
  std::vector<Phase>
      phases;  // empty: one phase over all epochs; else their epochs must sum to `epochs`
};

/// Largest recipe file: 1 MiB.
inline constexpr std::size_t kMaxRecipeBytes = std::size_t{1} << 20;

/// Parses a recipe; a missing field keeps its default. `file` is for messages, and its stem the name where none is
/// given.
/// Throws UserError that names the field: unknown (with the nearest known one), wrong type, out of range.
[[nodiscard]] Recipe parse_recipe(std::string_view json, std::string_view file);

/// All fields, in a fixed order; parse_recipe gives the same recipe back.
[[nodiscard]] std::string recipe_json(const Recipe& recipe);

/// Names of the built-in recipes (native/recipes/), in the order of a menu.
[[nodiscard]] std::vector<std::string> recipe_names();

/// A built-in recipe by name, or a JSON file by its path.
/// Throws UserError: neither (lists the names), or what parse_recipe throws.
[[nodiscard]] Recipe load_recipe(const std::string& name_or_file);

/// Whether a training by it looks for the pictures' subjects (DataOptions::cut_outs).
[[nodiscard]] bool needs_cut_outs(const Recipe& recipe);

/// Changes the head; the input size follows where the head does change: 192 for dense, 96 for fcn.
void set_head(Recipe& recipe, Head head);

/// Changes the number of epochs; phases are stretched or shortened in proportion.
/// Throws UserError: fewer epochs than phases.
void set_epochs(Recipe& recipe, int epochs);

/// Raises the number of epochs until they make the recipe's least_steps.
/// @param pictures  to train on, of each class
void reach_least_steps(Recipe& recipe, const std::array<int, 2>& pictures);

/// Checks what fields must fulfil together (the phases' sum, losses that need the dense head). After overrides.
/// Throws UserError.
void check_recipe(const Recipe& recipe);

}  // namespace camloss::train
