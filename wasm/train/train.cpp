// The C interface: settings, pictures, one training, and the model that judges.
#include "wasm/train/train.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "camloss_version.h"
#include "shared/learn/calibrate.h"
#include "shared/learn/counterfactual.h"
#include "shared/learn/training.h"
#include "shared/learn/verdict.h"
#include "shared/maps/metrics.h"
#include "shared/picture/colormap.h"
#include "shared/picture/packed.h"
#include "shared/picture/resample.h"
#include "shared/scenes/scenes.h"
#include "train_recipes.h"

namespace {

using namespace camloss;

struct Kept {
  std::vector<std::uint16_t> rgb;  // (3, S, S), 1/256 of 0…255
  int label;
  int part;
};

/// Up to here every whole number is a double.
constexpr double kMaxSeed = 9007199254740992;

struct State {
  learn::Settings settings;
  std::vector<Kept> pictures;
  std::unique_ptr<learn::Training> training;
  float temperature = 1;
  std::string error, text;
  std::vector<float> input;  // of the last resampling
  ResampleScratch scratch;
  std::vector<float> judged;    // (3, S, S), 0…255, the picture of the last judgement
  std::vector<float> evidence;  // (cells, cells), what is drawn of it
  std::vector<std::uint8_t> drawn, bytes;
  TrainFigures figures{};
  TrainStep step{};
  TrainRules rules{learn::kFewPictures, learn::kRight, learn::kSilent, learn::kSpread};
};

State& now() {
  static State state;
  return state;
}

template <class Zero>
Zero fail(std::string message, Zero zero) {
  now().error = std::move(message);
  return zero;
}

std::size_t floats() {
  const auto side = static_cast<std::size_t>(now().settings.input_size);
  return 3 * side * side;
}

Status set_number(std::string_view name, double value) {
  learn::Settings& s = now().settings;
  for (const learn::Setting& setting : learn::settings_of(s)) {
    if (setting.name == name) return learn::set(setting, value);
  }
  if (name == "loss") {
    s.loss = value != 0 ? learn::Loss::split : learn::Loss::bce;
  } else if (name == "init") {
    s.init = value != 0 ? learn::Init::glorot : learn::Init::torch;
  } else if (name == "optimizer.schedule") {
    s.optimizer.schedule = value != 0 ? learn::Schedule::cosine : learn::Schedule::constant;
  } else {
    return Error{"the core has no setting " + std::string(name), {}};
  }
  return ok();
}

/// @param rgb  (3, S, S), 0…255; kept for the overlay
const TrainFigures* judge(std::vector<float> rgb) {
  State& state = now();
  const TrainFigures* const none = nullptr;
  if (state.training == nullptr) return fail("no training was begun", none);
  state.judged = std::move(rgb);
  const std::span<const float> cells = state.training->judge(state.judged);
  double logit = 0;
  for (const float cell : cells)
    logit += static_cast<double>(cell) / static_cast<double>(cells.size());
  if (!std::isfinite(logit)) return fail("the logit is not a number", none);
  state.evidence.resize(cells.size());
  drawn_evidence(cells, Drawn::predicted, static_cast<float>(logit), state.evidence);
  const double p = probability(logit, static_cast<double>(state.temperature));
  const auto off = off_centre_mass(cells, state.settings.input_size / kCellStride);
  state.figures = {logit, p, off.value_or(0.0F), static_cast<double>(verdict(p))};
  return &state.figures;
}

std::vector<float> unpacked(const Kept& kept) {
  std::vector<float> rgb(kept.rgb.size());
  unpack(kept.rgb, rgb);
  return rgb;
}

const Kept* picture_at(std::int32_t index) {
  const auto& pictures = now().pictures;
  if (index >= 0 && static_cast<std::size_t>(index) < pictures.size()) {
    return &pictures[static_cast<std::size_t>(index)];
  }
  return fail<const Kept*>("there is no picture " + std::to_string(index), nullptr);
}

/// What a state begins with; the values follow.
struct StateHead {
  std::uint32_t magic;
  std::int32_t epoch;
  std::int64_t batch;
};
constexpr std::uint32_t kStateMagic = 0x314C4143;  // "CAL1"

std::vector<std::span<float>> state_parts(learn::Training& training) {
  return {training.values(), training.velocity(), training.statistics()};
}

void note(const learn::StepResult& result) {
  const learn::Training& training = *now().training;
  now().step = {static_cast<double>(training.epoch()),
                static_cast<double>(training.batch()),
                static_cast<double>(training.steps_per_epoch()),
                training.finished() ? 1.0 : 0.0,
                result.loss.total,
                result.loss.classify,
                result.loss.map,
                result.norm,
                result.rate,
                static_cast<double>(result.pictures),
                static_cast<double>(result.right)};
}

}  // namespace

extern "C" {

void* train_alloc(std::uint32_t size) { return std::malloc(size); }
void train_free(void* bytes) { std::free(bytes); }
const char* train_error() { return now().error.c_str(); }

const char* train_recipe(const char* name) {
  const std::string_view which = name;
  std::string& text = now().text;
  text.clear();
  if (which == "baseline") text.assign(recipe_baseline.begin(), recipe_baseline.end());
  if (which == "camloss") text.assign(recipe_camloss.begin(), recipe_camloss.end());
  return text.c_str();
}

std::int32_t train_setting(const char* name, double value) {
  if (!now().pictures.empty()) return fail("settings come before pictures", 0);
  const Status status = set_number(name, value);
  return status ? 1 : fail(status.error().message(), 0);
}

const float* train_resample(const std::uint8_t* pixels, std::int32_t width, std::int32_t height) {
  State& state = now();
  state.input.resize(floats());
  const Status status = resample_picture({pixels, width, height, 4}, state.settings.input_size,
                                         state.input, state.scratch);
  return status ? state.input.data() : fail<const float*>(status.error().message(), nullptr);
}

const float* train_scene(std::int32_t label, std::int32_t part, std::int32_t index) {
  State& state = now();
  const Scene scene =
      draw_scene(1, static_cast<ScenePart>(part), static_cast<SceneClass>(label), index);
  state.input.resize(floats());
  const Status status = resample_picture({scene.picture.pixels.data(), kSceneSize, kSceneSize, 3},
                                         state.settings.input_size, state.input, state.scratch);
  return status ? state.input.data() : fail<const float*>(status.error().message(), nullptr);
}

std::int32_t train_picture(const float* rgb, std::uint32_t count, std::int32_t label,
                           std::int32_t part) {
  if (count != floats()) return train_picture_packed(nullptr, count, label, part);
  std::vector<std::uint16_t> packed(floats());
  std::transform(rgb, rgb + packed.size(), packed.begin(), camloss::packed);
  return train_picture_packed(packed.data(), count, label, part);
}

std::int32_t train_picture_packed(const std::uint16_t* rgb, std::uint32_t count, std::int32_t label,
                                  std::int32_t part) {
  const Status status = learn::check(now().settings);
  if (!status) return fail(status.error().message(), -1);
  if (count != floats()) {
    return fail("the picture has " + std::to_string(count) + " numbers — input_size " +
                    std::to_string(now().settings.input_size) + " takes " +
                    std::to_string(floats()),
                -1);
  }
  if (label != 0 && label != 1) return fail("the label is neither 0 nor 1", -1);
  now().pictures.push_back({{rgb, rgb + floats()}, label, part});
  return static_cast<std::int32_t>(now().pictures.size() - 1);
}

std::int32_t train_start(double seed) {
  State& state = now();
  std::vector<learn::Picture> pictures;
  bool has[2] = {false, false};
  for (const Kept& kept : state.pictures) {
    if (kept.part != 0) continue;
    pictures.push_back({{}, kept.label, {}, {}, kept.rgb});
    has[kept.label == 1 ? 1 : 0] = true;
  }
  if (!has[0] || !has[1]) return fail("both classes need pictures to train on", 0);
  if (!(seed >= 0 && seed <= kMaxSeed && seed == std::floor(seed)))
    return fail("the seed is not a whole number from 0 to 2^53", 0);
  state.temperature = 1;
  state.training = std::make_unique<learn::Training>(state.settings, std::move(pictures),
                                                     static_cast<std::uint64_t>(seed));
  note({});
  return 1;
}

std::int32_t train_step() {
  State& state = now();
  if (state.training == nullptr || state.training->finished())
    return fail("there is nothing to train", 0);
  const learn::StepResult result = state.training->step();
  note(result);
  return result.finite ? 1 : fail("the loss or its gradient is not a number any more", 0);
}

const TrainStep* train_progress() { return &now().step; }

const std::uint8_t* train_state() {
  State& state = now();
  if (state.training == nullptr) return fail<const std::uint8_t*>("no training was begun", nullptr);
  learn::Training& training = *state.training;
  const StateHead head{kStateMagic, training.epoch(), training.batch()};
  state.bytes.resize(sizeof head);
  std::memcpy(state.bytes.data(), &head, sizeof head);
  for (const std::span<float> part : state_parts(training)) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(part.data());
    state.bytes.insert(state.bytes.end(), first, first + part.size_bytes());
  }
  return state.bytes.data();
}

std::uint32_t train_state_size() { return static_cast<std::uint32_t>(now().bytes.size()); }

std::int32_t train_restore(const std::uint8_t* bytes, std::uint32_t size) {
  State& state = now();
  if (state.training == nullptr) return fail("no training was begun", 0);
  StateHead head{};
  std::size_t expected = sizeof head;
  for (const std::span<float> part : state_parts(*state.training)) expected += part.size_bytes();
  if (size == expected) std::memcpy(&head, bytes, sizeof head);
  const learn::Training& training = *state.training;
  if (size != expected || head.magic != kStateMagic || head.epoch < 0 || head.batch < 0 ||
      head.epoch > training.settings().epochs || head.batch >= training.steps_per_epoch()) {
    return fail("what was kept of the training does not fit it", 0);
  }
  std::size_t at = sizeof head;
  for (const std::span<float> part : state_parts(*state.training)) {
    std::memcpy(part.data(), bytes + at, part.size_bytes());
    at += part.size_bytes();
  }
  state.training->go_to(head.epoch, head.batch);
  note({});
  return 1;
}

std::int32_t train_finish() {
  State& state = now();
  state.temperature = 1;
  std::vector<double> logits;
  std::vector<int> labels;
  for (const Kept& kept : state.pictures) {
    if (kept.part != 1) continue;
    const TrainFigures* const figures = judge(unpacked(kept));
    if (figures == nullptr) return 0;
    logits.push_back(figures->logit);
    labels.push_back(kept.label);
  }
  const learn::Calibration calibration = learn::calibrate(logits, labels, false);
  if (calibration.fitted) state.temperature = static_cast<float>(calibration.temperature);
  return 1;
}

const TrainFigures* train_judge(std::int32_t picture) {
  const Kept* const kept = picture_at(picture);
  return kept != nullptr ? judge(unpacked(*kept)) : nullptr;
}

const TrainFigures* train_judge_swapped(std::int32_t picture, std::int32_t border) {
  const Kept *const kept = picture_at(picture), *const other = picture_at(border);
  if (kept == nullptr || other == nullptr) return nullptr;
  return judge(
      learn::swapped_by_kernel(unpacked(*kept), unpacked(*other), now().settings.input_size));
}

const TrainFigures* train_judge_background(std::int32_t picture) {
  const Kept* const kept = picture_at(picture);
  return kept != nullptr ? judge(learn::without_centre(unpacked(*kept), now().settings.input_size))
                         : nullptr;
}

const std::uint8_t* train_overlay() {
  State& state = now();
  const int side = state.settings.input_size, cells = side / kCellStride;
  const std::size_t pixels = state.judged.size() / 3;
  if (pixels == 0) return fail<const std::uint8_t*>("nothing was judged yet", nullptr);
  std::vector<std::uint8_t> rgb(3 * pixels);
  for (std::size_t i = 0; i < rgb.size(); ++i) {
    rgb[i] = static_cast<std::uint8_t>(
        std::clamp(state.judged[i % 3 * pixels + i / 3] + 0.5F, 0.0F, 255.0F));
  }
  OverlayStyle style;
  style.scale = largest_magnitude(state.evidence);
  const Image over = overlay({rgb.data(), side, side, 3}, state.evidence, cells, style);
  state.drawn.assign(4 * pixels, 255);
  for (std::size_t i = 0; i < 3 * pixels; ++i) state.drawn[i / 3 * 4 + i % 3] = over.pixels[i];
  return state.drawn.data();
}

const std::uint8_t* train_weights(const char* about) {
  State& state = now();
  const std::uint8_t* const none = nullptr;
  if (state.training == nullptr) return fail("no training was begun", none);
  std::vector<std::string> lines(1);
  for (const char c : std::string_view(about)) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += c;
    }
  }
  lines.resize(6);
  Weights weights = state.training->weights();
  ModelInfo& info = weights.info;
  info.classes = {lines[0], lines[1]};
  info.recipe = lines[2];
  info.seed = lines[3];
  info.trained_on = lines[4];
  info.metrics = lines[5];
  info.temperature = state.temperature;
  info.version = std::string(kVersion) + " (" + std::string(kCommit) + ")";
  const auto checked = check(std::move(weights));
  if (!checked) return fail(checked.error().message(), none);
  auto written = write_safetensors(*checked, DType::f32);
  if (!written) return fail(written.error().message(), none);
  state.bytes = *std::move(written);
  return state.bytes.data();
}

std::uint32_t train_weights_size() { return static_cast<std::uint32_t>(now().bytes.size()); }

const TrainRules* train_rules() { return &now().rules; }

const char* train_verdict(double usual, double usual_after, double before, double after,
                          double sure_right, double unsure) {
  const bool has_mark = false;  // nobody looks for marks here
  const learn::VerdictFigures figures{usual,      usual_after, before,  after,
                                      sure_right, unsure,      has_mark};
  now().text = learn::to_string(learn::verdict_word(figures));
  return now().text.c_str();
}
}
