// The loop: order, batches, losses, updates, evaluation of val, checkpoints.
#include "native/train/trainer.h"

#include <fmt/format.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <chrono>
#include <cmath>
#include <utility>

#include "native/base/error.h"
#include "native/base/hash.h"
#include "native/record/epoch.h"
#include "native/train/augment.h"
#include "native/train/checkpoint.h"
#include "native/train/core_engine.h"
#include "native/train/export.h"
#include "native/train/loop.h"
#include "native/train/losses.h"
#include "native/train/memory_reuse.h"
#include "native/train/net.h"
#include "native/train/optimizer.h"
#include "shared/maps/metrics.h"

namespace camloss::train {
namespace {

using torch::Tensor;

torch::Device find_device(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name != "cuda") throw UserError("unknown device '" + name + "'", "cpu or cuda", 2);
  if (!torch::cuda::is_available()) {
    throw UserError("--device cuda: this LibTorch sees no CUDA device",
                    "use --device cpu, or build with a LibTorch made for CUDA");
  }
  return torch::kCUDA;
}

void check_data(const Dataset& data, const Recipe& recipe) {
  for (const int label : {0, 1}) {
    if (data.count(Part::train, label) == 0) {
      throw UserError("no training picture of the class '" +
                          data.classes[static_cast<std::size_t>(label)] + "'",
                      "both classes need some");
    }
  }
  if (data.input_size != recipe.input_size) {
    throw UserError(fmt::format("the pictures have {} pixels a side, the recipe '{}' takes {}",
                                data.input_size, recipe.name, recipe.input_size));
  }
}

/// Numbers below 1e-38 count as zero while it lives: they cost a hundred times the usual and mean
/// nothing here.
class FlushDenormals {
 public:
  FlushDenormals() : before_(at::globalContext().setFlushDenormal(true)) {}
  ~FlushDenormals() {
    if (before_) at::globalContext().setFlushDenormal(false);
  }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  bool before_;
};

class Trainer {
 public:
  Trainer(const Dataset& data, const TrainingSettings& settings, TrainingObserver& observer);
  TrainingOutcome run();

 private:
  // --- training
  bool run_epoch();  // false: stopped between two batches
  void train_step(std::span<const std::size_t> batch, std::size_t position);
  [[nodiscard]] std::vector<const Sample*> samples_at(std::span<const std::size_t> indices) const;
  Tensor batch_of(std::size_t pictures) const;
  [[nodiscard]] LossFactors factors() const;
  [[nodiscard]] const Phase& phase() const;
  void finish_weights();
  // --- evaluation
  [[nodiscard]] EpochRecord finish_epoch();
  void evaluate_val(EpochRecord& record);
  // --- state
  void save() const;
  void load();
  [[nodiscard]] TrainingOutcome outcome(bool finished);

  const Dataset& data_;
  const TrainingSettings& settings_;
  const Recipe& recipe_;
  TrainingObserver& observer_;
  torch::Device device_;
  std::string fingerprint_;
  std::vector<const Sample*> train_, val_;
  Augmenter augmenter_;
  Net net_;
  LossFunction loss_;
  Optimizer optimizer_;
  Phase whole_;  // the phase of a recipe that names none
  std::int64_t steps_per_epoch_;
  std::vector<float> inputs_;   // (batch, S + 2, S + 2, 4)
  std::vector<float> kernels_;  // (batch, cells²), K of each picture; empty: the Gaussian's

  int epoch_ = 0;          // under way, from 0
  std::int64_t step_ = 0;  // batches done of it
  EpochSums sums_;
  std::vector<EpochRecord> records_;
};

Trainer::Trainer(const Dataset& data, const TrainingSettings& settings, TrainingObserver& observer)
    : data_(data),
      settings_(settings),
      recipe_(settings.recipe),
      observer_(observer),
      device_(find_device(settings.device)),
      fingerprint_(run_fingerprint(data, settings.recipe, settings.seed)),
      train_(data.part(Part::train)),
      val_(data.part(Part::val)),
      augmenter_(recipe_, train_, settings.seed),
      net_(recipe_.head, recipe_.input_size, recipe_.batch_norm_momentum, recipe_.init,
           settings.seed, Context{recipe_.context, recipe_.context_dilation}),
      loss_(recipe_, device_),
      optimizer_((net_->to(device_), *net_), recipe_.optimizer, recipe_.weight_average) {
  const std::size_t pictures = epoch_order(train_, recipe_.balance, settings.seed, 0).size();
  const auto batch = static_cast<std::size_t>(recipe_.batch);
  steps_per_epoch_ = static_cast<std::int64_t>((pictures + batch - 1) / batch);
  inputs_.resize(batch * augmenter_.input_floats());
  if (recipe_.kernel == Kernel::mask) {
    kernels_.resize(batch * static_cast<std::size_t>(net_->cells() * net_->cells()));
  }
}

const Phase& Trainer::phase() const {
  int end = 0;
  for (const Phase& candidate : recipe_.phases) {
    end += candidate.epochs;
    if (epoch_ < end) return candidate;
  }
  return whole_;
}

LossFactors Trainer::factors() const {
  return {phase().classify,
          recipe_.lambda * phase().map * lambda_ramp(recipe_, epoch_, step_, steps_per_epoch_)};
}

std::vector<const Sample*> Trainer::samples_at(std::span<const std::size_t> indices) const {
  std::vector<const Sample*> samples;
  for (const std::size_t index : indices) samples.push_back(train_[index]);
  return samples;
}

Tensor Trainer::batch_of(std::size_t pictures) const {
  const std::int64_t rim_side = recipe_.input_size + 2;
  // The memory is (B, height, width, channel); the view is what LibTorch calls channels last. It is
  // read in this step only, so nothing is copied on the CPU.
  Tensor nhwc = torch::from_blob(const_cast<float*>(inputs_.data()),
                                 {static_cast<std::int64_t>(pictures), rim_side, rim_side, 4});
  return nhwc.permute({0, 3, 1, 2}).to(device_);
}

void Trainer::train_step(std::span<const std::size_t> batch, std::size_t position) {
  // 1 sample
  const std::vector<float> labels =
      augmenter_.augmented(samples_at(batch), epoch_, position, inputs_, kernels_);
  Tensor kernels;
  if (!kernels_.empty()) {
    const std::int64_t cells = std::int64_t{net_->cells()} * net_->cells();
    kernels = torch::from_blob(kernels_.data(), {static_cast<std::int64_t>(batch.size()), cells})
                  .to(device_);
  }
  const Tensor y = torch::tensor(labels).to(device_);
  // 2 forward
  const LossFactors now = factors();
  const LossTerms terms = loss_(*net_, net_->features(batch_of(batch.size())), y, now, kernels);
  const double loss = terms.total.defined() ? terms.total.item<double>() : 0;
  const auto stop = [&](const char* what, double value) {
    return not_finite(settings_, what, value, epoch_, step_, steps_per_epoch_);
  };
  if (!std::isfinite(loss)) throw stop("loss", loss);
  const std::int64_t done_steps = epoch_ * steps_per_epoch_ + step_;
  const double rate =
      phase().rate * scheduled_rate(recipe_.optimizer, done_steps,
                                    recipe_.epochs * steps_per_epoch_, steps_per_epoch_);
  if (terms.total.defined()) {
    // 3 backward
    optimizer_.clear_gradients();
    terms.total.backward();
    // 4 optimise
    const double norm = optimizer_.step(rate);
    if (!std::isfinite(norm)) throw stop("gradient's norm", norm);
  }
  const auto pictures = static_cast<std::int64_t>(batch.size());
  const double weight = static_cast<double>(pictures);
  sums_.loss += loss * weight;
  if (terms.classify.defined()) {
    sums_.classify += terms.classify.item<double>() * weight;
    sums_.classify_pictures += pictures;
  }
  if (terms.map.defined()) {
    sums_.map += terms.map.item<double>() * weight;
    sums_.map_pictures += pictures;
  }
  sums_.pictures += pictures;
  sums_.right += ((terms.logit > 0) == (y > 0.5)).sum().item<std::int64_t>();
  sums_.rate = rate;
}

bool Trainer::run_epoch() {
  using Clock = std::chrono::steady_clock;
  const std::vector<std::size_t> order =
      epoch_order(train_, recipe_.balance, settings_.seed, epoch_);
  net_->train();
  const auto batch = static_cast<std::size_t>(recipe_.batch);
  while (step_ < steps_per_epoch_) {
    if (observer_.stop_requested()) return false;
    const auto start = Clock::now();
    const std::size_t first = static_cast<std::size_t>(step_) * batch;
    train_step(std::span(order).subspan(first, std::min(batch, order.size() - first)), first);
    sums_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    ++step_;
    observer_.batch_done(epoch_ + 1, static_cast<std::size_t>(step_),
                         static_cast<std::size_t>(steps_per_epoch_),
                         sums_.loss / static_cast<double>(sums_.pictures));
  }
  return true;
}

void Trainer::evaluate_val(EpochRecord& record) {
  if (val_.empty()) return;
  const torch::NoGradGuard no_grad;
  net_->eval();
  ValSums sums;
  const auto batch = static_cast<std::size_t>(recipe_.batch);
  const auto cells = static_cast<std::size_t>(net_->cells());
  for (std::size_t first = 0; first < val_.size(); first += batch) {
    const std::size_t count = std::min(batch, val_.size() - first);
    augmenter_.plain(std::span(val_).subspan(first, count), inputs_);
    const Evidence evidence = net_->evidence(net_->features(batch_of(count)));
    const Tensor logit = evidence.logit.to(torch::kCPU).contiguous();
    const Tensor map = evidence.map.to(torch::kCPU).contiguous();
    for (std::size_t i = 0; i < count; ++i) {
      const double z = static_cast<double>(logit.data_ptr<float>()[i]);
      const auto mass = off_centre_mass({map.data_ptr<float>() + i * cells * cells, cells * cells},
                                        static_cast<int>(cells));
      sums.add(z, val_[first + i]->label, mass);
    }
  }
  sums.write(record);
}

EpochRecord Trainer::finish_epoch() {
  EpochRecord record = record_of(sums_, epoch_ + 1);
  evaluate_val(record);
  return record;
}

void Trainer::finish_weights() {
  if (!optimizer_.use_average()) return;
  // The running statistics belong to the last weights, not to their average: estimate them anew
  // over one epoch.
  const torch::NoGradGuard no_grad;
  net_->train();
  const std::vector<std::size_t> order =
      epoch_order(train_, recipe_.balance, settings_.seed, recipe_.epochs);
  const auto batch = static_cast<std::size_t>(recipe_.batch);
  for (std::size_t first = 0, k = 1; first < order.size(); first += batch, ++k) {
    const std::size_t count = std::min(batch, order.size() - first);
    augmenter_.augmented(samples_at(std::span(order).subspan(first, count)), recipe_.epochs, first,
                         inputs_);
    net_->set_batch_norm_momentum(1.0 / static_cast<double>(k));  // a plain mean over the batches
    net_->features(batch_of(count));
  }
  net_->set_batch_norm_momentum(recipe_.batch_norm_momentum);
}

void Trainer::save() const {
  if (settings_.checkpoint.empty()) return;
  Checkpoint checkpoint;
  checkpoint.fingerprint = fingerprint_;
  checkpoint.epoch = epoch_;
  checkpoint.step = step_;
  checkpoint.records = progress_json(records_, sums_);
  const auto add = [&checkpoint](std::string name, const Tensor& value) {
    const Tensor plain = value.detach().to(torch::kCPU).contiguous();
    const float* first = plain.data_ptr<float>();
    checkpoint.tensors.push_back(
        {std::move(name), std::vector<float>(first, first + plain.numel())});
  };
  for (const auto& [name, tensor] : export_weights(*net_).tensors) {
    checkpoint.tensors.push_back({name, tensor.values});
  }
  for (const Optimizer::Slot& slot : const_cast<Optimizer&>(optimizer_).slots()) {
    add("velocity/" + slot.name, slot.velocity);
    if (slot.average.defined()) add("average/" + slot.name, slot.average);
  }
  write_checkpoint(settings_.checkpoint, checkpoint);
}

void Trainer::load() {
  std::optional<Checkpoint> found_checkpoint = checkpoint_to_resume(settings_, fingerprint_);
  if (!found_checkpoint) return;
  Checkpoint& checkpoint = *found_checkpoint;
  const torch::NoGradGuard no_grad;
  std::map<std::string, Tensor> targets;
  for (const auto& item : net_->named_parameters()) targets[item.key()] = item.value();
  for (const auto& item : net_->named_buffers()) targets[item.key()] = item.value();
  for (Optimizer::Slot& slot : optimizer_.slots()) {
    targets["velocity/" + slot.name] = slot.velocity;
    if (slot.average.defined()) targets["average/" + slot.name] = slot.average;
  }
  for (Checkpoint::Tensor& tensor : checkpoint.tensors) {
    const auto found = targets.find(tensor.name);
    if (found == targets.end() ||
        found->second.numel() != static_cast<std::int64_t>(tensor.values.size())) {
      throw UserError("the checkpoint " + settings_.checkpoint.string() +
                          " has no use for its tensor " + tensor.name,
                      "start the training anew, without --resume");
    }
    found->second.copy_(torch::from_blob(tensor.values.data(), found->second.sizes()));
  }
  read_progress(checkpoint.records, settings_.checkpoint.string(), records_, sums_);
  epoch_ = checkpoint.epoch;
  step_ = checkpoint.step;
}

TrainingOutcome Trainer::outcome(bool finished) {
  TrainingOutcome result;
  result.finished = finished;
  result.epochs = records_;
  if (!finished) return result;
  result.weights = export_weights(*net_);
  ModelInfo& info = result.weights.info;
  info.mean = recipe_.mean;
  info.std = recipe_.std;
  describe(info, data_, settings_);
  return result;
}

TrainingOutcome Trainer::run() {
  load();
  if (epoch_ > 0 || step_ > 0) observer_.resumed(records_, static_cast<std::size_t>(step_));
  while (epoch_ < recipe_.epochs) {
    if (!run_epoch()) {
      save();
      return outcome(false);
    }
    records_.push_back(finish_epoch());
    ++epoch_;
    step_ = 0;
    sums_ = {};
    save();
    observer_.epoch_done(records_.back());
  }
  finish_weights();
  return outcome(true);
}

}  // namespace

void describe(ModelInfo& info, const Dataset& data, const TrainingSettings& settings) {
  info.classes = data.classes;
  info.recipe = settings.recipe.name;
  info.seed = std::to_string(settings.seed);
  info.trained_on = data.description;
}

std::string run_fingerprint(const Dataset& data, const Recipe& recipe, std::uint64_t seed,
                            Engine engine) {
  std::uint64_t hash = fnv1a(recipe_json(recipe) + "\n" + std::to_string(seed));
  if (engine == Engine::core) hash = fnv1a("core\n", hash);
  for (const std::string& name : data.classes) hash = fnv1a(name + "\n", hash);
  for (const Sample& sample : data.samples) {
    if (sample.part != Part::train && sample.part != Part::val) continue;
    hash = fnv1a(fmt::format("{}\n{} {} {}\n", sample.name, sample.label,
                             static_cast<int>(sample.part), sample.hash),
                 hash);
  }
  return fmt::format("{:016x}", hash);
}

void check_engine(const Recipe& recipe, Engine engine, const std::string& device) {
  if (engine == Engine::torch) {
    (void)find_device(device);
    return;
  }
  if (device != "cpu") {
    throw UserError("--engine core trains on the CPU alone", "leave out --device, or --engine", 2);
  }
  (void)core_settings(recipe);
}

TrainingOutcome train_model(const Dataset& data, const TrainingSettings& settings,
                            TrainingObserver& observer) {
  try {
    check_engine(settings.recipe, settings.engine, settings.device);
    check_data(data, settings.recipe);
    const FlushDenormals flush;
    const MemoryReuse reuse;
    at::set_num_threads(settings.threads);
    if (settings.engine == Engine::core) return train_with_core(data, settings, observer);
    at::globalContext().setDeterministicCuDNN(true);
    at::globalContext().setBenchmarkCuDNN(false);
    return Trainer(data, settings, observer).run();
  } catch (const c10::Error& error) {
    throw std::runtime_error(std::string("LibTorch: ") + error.what_without_backtrace());
  } catch (const nlohmann::json::exception& error) {
    throw UserError(
        "the checkpoint " + settings.checkpoint.string() + " is damaged: " + error.what(),
        "start the training anew, without --resume");
  }
}

std::string torch_description() { return fmt::format("LibTorch {}", TORCH_VERSION); }

}  // namespace camloss::train
