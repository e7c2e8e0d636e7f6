// One step: sample, forward, loss, backward, update.
#include "shared/learn/training.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "shared/learn/first_weights.h"
#include "shared/learn/optimizer.h"

namespace camloss::learn {

Training::Training(const Settings& settings, std::vector<Picture> pictures, std::uint64_t seed,
                   const Operators& table, const Crew& crew)
    : settings_(settings),
      pictures_(std::move(pictures)),
      seed_(seed),
      crew_(crew),
      augmenter_(settings, pictures_, seed),
      workspaces_(static_cast<std::size_t>(crew.lanes)),
      net_({settings.input_size, settings.context, settings.context_dilation, settings.batch},
           table, crew),
      kernel_(inverted_gaussian(settings.input_size / kCellStride,
                                static_cast<float>(settings.sigma))) {
  net_.load(first_weights(settings.input_size, settings.context, settings.context_dilation,
                          settings.init, seed));
  const auto batch = static_cast<std::size_t>(settings.batch);
  velocity_.resize(net_.values().size());
  statistics_before_.resize(net_.statistics().size());
  slope_.resize(batch * kernel_.size());
  targets_.resize(batch);
  const std::size_t count = epoch_order(pictures_, settings.balance, seed, 0).size();
  steps_per_epoch_ = static_cast<std::int64_t>((count + batch - 1) / batch);
}

StepResult Training::step(double lambda_factor) {
  // 1 sample
  if (order_of_ != epoch_) {
    order_ = epoch_order(pictures_, settings_.balance, seed_, epoch_);
    order_of_ = epoch_;
  }
  const auto batch = static_cast<std::size_t>(settings_.batch);
  const std::size_t first = static_cast<std::size_t>(step_) * batch;
  const std::size_t count = std::min(batch, order_.size() - first);
  crew_.each(static_cast<int>(count), [&](int lane, int b) {
    const auto i = static_cast<std::size_t>(b);
    targets_[i] = augmenter_.augmented(pictures_[order_[first + i]], epoch_, first + i,
                                       net_.input(b), workspaces_[static_cast<std::size_t>(lane)]);
  });
  // 2 forward
  std::copy(net_.statistics().begin(), net_.statistics().end(), statistics_before_.begin());
  const std::span<const float> cells =
      net_.forward(static_cast<int>(count), settings_.batch_norm_momentum);
  const std::span<const float> targets(targets_.data(), count);
  const std::span<float> slope(slope_.data(), cells.size());
  StepResult result;
  result.pictures = count;
  result.loss = batch_loss<float>(settings_, settings_.lambda * lambda_factor, cells, targets,
                                  kernel_, slope);
  for (std::size_t i = 0; i < count; ++i) {
    double logit = 0;
    for (const float cell : cells.subspan(i * kernel_.size(), kernel_.size())) {
      logit += static_cast<double>(cell);
    }
    result.right += (logit > 0) == (targets[i] > 0.5F) ? 1 : 0;
  }
  // 3 backward
  result.finite = std::isfinite(result.loss.total);
  if (result.finite) {
    net_.backward(slope);
    result.norm = norm_of(net_.gradient());
    result.finite = std::isfinite(result.norm);
  }
  if (!result.finite) {
    std::copy(statistics_before_.begin(), statistics_before_.end(), net_.statistics().begin());
    return result;
  }
  // 4 optimise
  result.rate = scheduled_rate(settings_.optimizer, epoch_ * steps_per_epoch_ + step_,
                               settings_.epochs * steps_per_epoch_, steps_per_epoch_);
  sgd_step(settings_.optimizer, result.rate, clip_factor(settings_.optimizer, result.norm),
           net_.gradient(), velocity_, net_.values());
  if (++step_ == steps_per_epoch_) go_to(epoch_ + 1, 0);
  return result;
}

std::span<const float> Training::judge(std::span<const float> rgb) {
  augmenter_.plain({rgb, 0, {}, {}}, net_.input(0), workspaces_[0]);
  return net_.answer(1);
}

void Training::go_to(int epoch, std::int64_t batch) noexcept {
  epoch_ = epoch;
  step_ = batch;
}

Weights Training::weights() const {
  Weights weights = net_.weights();
  weights.info.mean = settings_.mean;
  weights.info.std = settings_.std;
  return weights;
}

}  // namespace camloss::learn
