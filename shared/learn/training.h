// A training on the learning core: pictures and settings in, one batch a step, weights out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "shared/learn/augment.h"
#include "shared/learn/losses.h"
#include "shared/learn/net.h"
#include "shared/learn/settings.h"

namespace camloss::learn {

/// What one batch came to.
struct StepResult {
  bool finite = true;  // false: loss or norm is not a number, and the state is as before
  LossParts loss;
  double norm = 0;  // of the gradient, before it was bounded
  double rate = 0;
  std::size_t pictures = 0;
  std::size_t right = 0;  // of them, by the logit
};

/// Random numbers are a function of (seed, purpose, epoch, position), so weights, velocity, statistics and the place in
/// the training are its whole state.
class Training {
 public:
  /// @param settings  that pass `check`
  /// @param pictures  both classes must be there; (3, S, S) of the settings' input_size
  Training(const Settings& settings, std::vector<Picture> pictures, std::uint64_t seed,
           const Operators& table = operators(), const Crew& crew = {});

  /// Trains on the next batch of the epoch. Not to be called once finished.
  /// @param lambda_factor  of the map part, beside the settings' lambda
  StepResult step(double lambda_factor = 1);

  /// What the network as it is now says of a picture, as in use.
  /// @param rgb  (3, S, S), 0…255
  /// @return (N), the cells' logits, until the next call; their mean is z
  std::span<const float> judge(std::span<const float> rgb);

  [[nodiscard]] bool finished() const noexcept { return epoch_ >= settings_.epochs; }
  [[nodiscard]] int epoch() const noexcept { return epoch_; }          // under way, from 0
  [[nodiscard]] std::int64_t batch() const noexcept { return step_; }  // batches done of it
  [[nodiscard]] std::int64_t steps_per_epoch() const noexcept { return steps_per_epoch_; }
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }

  /// The state besides the place: weights, velocity, running statistics.
  [[nodiscard]] std::span<float> values() noexcept { return net_.values(); }
  [[nodiscard]] std::span<float> velocity() noexcept { return velocity_; }
  [[nodiscard]] std::span<float> statistics() noexcept { return net_.statistics(); }
  void go_to(int epoch, std::int64_t batch) noexcept;

  /// The model as it is now; of its info, head, size, context, mean and std are set.
  [[nodiscard]] Weights weights() const;

 private:
  Settings settings_;
  std::vector<Picture> pictures_;
  std::uint64_t seed_;
  Crew crew_;
  Augmenter augmenter_;
  std::vector<Augmenter::Workspace> workspaces_;  // one a lane
  Net net_;
  std::vector<float> kernel_;             // (N), K
  std::vector<float> velocity_;           // as Net::values
  std::vector<float> statistics_before_;  // of the step
  std::vector<float> slope_;              // (B, N)
  std::vector<float> targets_;            // (B)
  std::vector<std::size_t> order_;
  int order_of_ = -1;  // epoch that order_ belongs to
  std::int64_t steps_per_epoch_;
  int epoch_ = 0;
  std::int64_t step_ = 0;
};

}  // namespace camloss::learn
