// What both engines, LibTorch and the learning core, read of a recipe.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "shared/base/result.h"
#include "shared/maps/kernel.h"

namespace camloss::learn {

enum class Schedule { constant, cosine };  // of the learning rate, over the whole training

/// Distribution of the first weights.
/// torch: PyTorch's default, uniform in ±1/√fan_in, biases too; glorot: Keras' default, uniform in
/// ±√(6/(fan_in + fan_out)), biases zero (Glorot and Bengio 2010).
enum class Init { torch, glorot };

/// Stochastic gradient descent.
struct OptimizerSettings {
  double learning_rate = 0.01;
  double momentum = 0.9;
  double weight_decay = 0;
  double clip_norm = 1;  // largest gradient norm, 0: not clipped
  Schedule schedule = Schedule::constant;
  int warmup_epochs = 0;  // of linear rise from 0
};

/// Strengths of random colour changes: brightness, contrast and saturation by a factor in [1 − v, 1
/// + v], hue by a turn of up to ±v (0.5: half a circle). 0: none.
struct JitterSettings {
  double brightness = 0;
  double contrast = 0;
  double saturation = 0;
  double hue = 0;
  double channels = 0;  // each of red, green and blue by a factor of its own
};

/// The random changes of a training picture, and its normalisation.
struct AugmentSettings {
  int input_size = 96;    // S, pixels, a multiple of 8
  bool flip = true;       // mirror half of the time
  bool rotate90 = false;  // by −90°, 0° or +90°
  JitterSettings jitter;
  double greyscale = 0;  // probability
  double zoom = 0;       // enlarged by a factor in e^±this, the same in x and y
  double move = 0;       // moved by up to ±this in x and y, share of the side
  /// Share of the mixed pictures that show their subject, cut out, before another one's background; where a picture has no
  /// mask, as in a page, it is mixed by the kernel.
  double cut_outs = 0;
  /// Subject and background of such a picture each change their colours once more: every channel
  /// times 1 ± cut_out_channels, and grey with the probability cut_out_grey.
  double cut_out_channels = 0;
  double cut_out_grey = 0;
  /// Share of such pictures whose background still shows its own subject, behind the cut-out.
  double cut_out_whole = 0;
  double negatives = 0;  // probability of a picture without its subject, to be told neither class
  double mix = 0;        // probability of another picture's border around this one's centre
  double mix_sigma = static_cast<double>(kKernelSigma);  // of the kernel that joins the two
  double mix_sigma_spread = 0;                           // it is uniform in mix_sigma ± this
  /// The kernel's middle is moved by up to ± this in x and y; share of the side.
  double mix_offset = 0;
  std::array<float, 3> mean{0.5F, 0.5F, 0.5F};  // x = (rgb/255 − mean)/std
  std::array<float, 3> std{0.25F, 0.25F, 0.25F};
};

/// The loss of the learning core.
/// bce: cross-entropy of the logit; split: split evidence (losses.h).
enum class Loss { bce, split };

struct LossSettings {
  Loss loss = Loss::bce;
  double lambda = 1;           // weight of the map part
  bool lambda_yields = false;  // each picture's penalty times max(0, 1 − BCE_i/ln 2)
  double sigma = static_cast<double>(kKernelSigma);  // of K, as a share of the map's side
};

/// All of a training but its pictures.
struct Settings : AugmentSettings, LossSettings {
  int context = 1;           // K, side of fc0's convolution, cells
  int context_dilation = 1;  // d, cells between its taps
  Init init = Init::torch;
  int epochs = 40;
  int batch = 32;
  OptimizerSettings optimizer;
  double batch_norm_momentum = 0.1;  // share of the new batch in the running statistics
  bool balance = true;               // an epoch is twice the larger class
};

/// A number of the settings: the name of its field in a recipe, its range, and where it is kept. One of the three places
/// is set.
struct Setting {
  std::string_view name;
  double least = 0, most = 1;
  double* number = nullptr;
  int* whole = nullptr;
  bool* yes = nullptr;  // 0 or 1
};

/// All numbers but those of the normalisation. They point into `settings`.
[[nodiscard]] std::vector<Setting> settings_of(Settings& settings);
/// Error: out of its range, or not whole where it must be; it then stays as it was.
Status set(const Setting& setting, double value);

/// Whether a network of these settings can be made and trained: every number in its range, and what holds between them
/// (input size in whole cells, a context with a middle, a batch that fits the memory).
Status check(const Settings& settings);

}  // namespace camloss::learn
