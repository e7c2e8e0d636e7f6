// The ranges of a training's settings, and what must hold between them.
#include "shared/learn/settings.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "shared/weights/architecture.h"

namespace camloss::learn {
namespace {

constexpr int kMaxEpochs = 100000;
/// Floats of one feature map of a batch: 1 GiB, a quarter of what WebAssembly can address.
constexpr std::int64_t kMaxMapFloats = std::int64_t{1} << 28;

Error refusal(std::string what, std::string hint) { return {std::move(what), std::move(hint)}; }

std::string number_text(double value) {
  if (std::isnan(value)) return "not a number";
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

bool is_within(const Setting& setting, double value) {
  const bool is_in_range = value >= setting.least && value <= setting.most;  // false for NaN
  return is_in_range && (setting.number != nullptr || value == std::floor(value));
}

Status check_range(const Setting& setting, double value) {
  if (is_within(setting, value)) return ok();
  return refusal("the setting " + std::string(setting.name) + " is " + number_text(value),
                 std::string(setting.number != nullptr ? "take a number" : "take a whole number") +
                     " from " + number_text(setting.least) + " to " + number_text(setting.most));
}

double value_of(const Setting& setting) {
  if (setting.number != nullptr) return *setting.number;
  if (setting.whole != nullptr) return *setting.whole;
  return *setting.yes ? 1 : 0;
}

Setting number(std::string_view name, double least, double most, double& at) {
  return {name, least, most, &at};
}
Setting whole(std::string_view name, int least, int most, int& at) {
  return {name, static_cast<double>(least), static_cast<double>(most), nullptr, &at};
}
Setting yes_or_no(std::string_view name, bool& at) { return {name, 0, 1, nullptr, nullptr, &at}; }

}  // namespace

std::vector<Setting> settings_of(Settings& s) {
  return {number("lambda", 0, 1e6, s.lambda),
          number("sigma", 0.01, 10, s.sigma),
          number("batch_norm_momentum", 0, 1, s.batch_norm_momentum),
          number("greyscale", 0, 1, s.greyscale),
          number("zoom", 0, 1, s.zoom),
          number("move", 0, 0.5, s.move),
          number("cut_outs", 0, 1, s.cut_outs),
          number("cut_out_channels", 0, 1, s.cut_out_channels),
          number("cut_out_grey", 0, 1, s.cut_out_grey),
          number("cut_out_whole", 0, 1, s.cut_out_whole),
          number("negatives", 0, 1, s.negatives),
          number("mix", 0, 1, s.mix),
          number("mix_sigma", 0.05, 10, s.mix_sigma),
          number("mix_sigma_spread", 0, 0.2, s.mix_sigma_spread),
          number("mix_offset", 0, 0.5, s.mix_offset),
          number("jitter.brightness", 0, 1, s.jitter.brightness),
          number("jitter.contrast", 0, 1, s.jitter.contrast),
          number("jitter.saturation", 0, 1, s.jitter.saturation),
          number("jitter.hue", 0, 0.5, s.jitter.hue),
          number("jitter.channels", 0, 1, s.jitter.channels),
          number("optimizer.learning_rate", 1e-9, 1000, s.optimizer.learning_rate),
          number("optimizer.momentum", 0, 1, s.optimizer.momentum),
          number("optimizer.weight_decay", 0, 10, s.optimizer.weight_decay),
          number("optimizer.clip_norm", 0, 1e9, s.optimizer.clip_norm),
          whole("input_size", kCellStride, 1024, s.input_size),
          whole("context", 1, kMaxContext, s.context),
          whole("context_dilation", 1, 16, s.context_dilation),
          whole("epochs", 1, kMaxEpochs, s.epochs),
          whole("batch", 1, 65536, s.batch),
          whole("optimizer.warmup_epochs", 0, kMaxEpochs, s.optimizer.warmup_epochs),
          yes_or_no("lambda_yields", s.lambda_yields),
          yes_or_no("balance", s.balance),
          yes_or_no("flip", s.flip),
          yes_or_no("rotate90", s.rotate90)};
}

Status set(const Setting& setting, double value) {
  if (Status status = check_range(setting, value); !status) return status;
  if (setting.number != nullptr) *setting.number = value;
  if (setting.whole != nullptr) *setting.whole = static_cast<int>(value);
  if (setting.yes != nullptr) *setting.yes = value != 0;
  return ok();
}

Status check(const Settings& settings) {
  Settings copy = settings;
  for (const Setting& setting : settings_of(copy)) {
    if (Status status = check_range(setting, value_of(setting)); !status) return status;
  }
  if (settings.input_size % kCellStride != 0) {
    return refusal("the setting input_size is " + std::to_string(settings.input_size),
                   "take a multiple of " + std::to_string(kCellStride));
  }
  if (settings.context % 2 == 0) {
    return refusal("the setting context is " + std::to_string(settings.context) +
                       ", and the convolution needs a middle",
                   "take 1, 3, 5 or 7");
  }
  if (settings.context == 1 && settings.context_dilation != 1) {
    return refusal("the setting context_dilation spreads a context of one cell",
                   "set context to 3, 5 or 7, or leave the dilation out");
  }
  // The largest maps are those before the first max-pool, and the features with what the context reads around them.
  const std::int64_t side = settings.input_size + 2;
  const std::int64_t around = settings.input_size / kCellStride +
                              std::int64_t{settings.context - 1} * settings.context_dilation;
  const std::int64_t largest =
      std::max(side * side * kTrunkChannels[1], around * around * kFeatureChannels);
  if (settings.batch > kMaxMapFloats / largest) {
    return refusal("a batch of " + std::to_string(settings.batch) + " pictures of " +
                       std::to_string(settings.input_size) + " pixels is too large",
                   "lower batch to " + std::to_string(kMaxMapFloats / largest) + ", or input_size");
  }
  return ok();
}

}  // namespace camloss::learn
