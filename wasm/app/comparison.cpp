// Which pair is loaded for whom, and a model's answer.
#include "wasm/app/comparison.h"

#include <algorithm>

#include "shared/picture/resample.h"
#include "wasm/app/platform.h"

namespace camloss::ui {
namespace {

constexpr std::string_view kRoles[] = {"Baseline", "CAMLoss"};

/// What the platform gets to name a slot: the pair's number times two, and the slot's.
constexpr int kSlotsOfPair = 2;

}  // namespace

bool ModelPair::any_model() const {
  return slots[Slot::baseline].model.has_value() || slots[Slot::camloss].model.has_value();
}

bool ModelPair::loading() const {
  return slots[Slot::baseline].progress.has_value() || slots[Slot::camloss].progress.has_value();
}

bool speaks_of_map_loss(const CheckedWeights& weights, const std::string& name) {
  const std::string& text = weights.info().recipe.empty() ? name : weights.info().recipe;
  if (text.find("baseline") != std::string::npos) return false;
  return text.find("camloss") != std::string::npos || text.find("talk") != std::string::npos;
}

Comparison::Comparison() {
  for (ModelPair* pair : {&photos_, &samples_}) {
    for (const Slot slot : kBothSlots) pair->slots[slot].role = kRoles[index_of(slot)];
  }
}

const ModelPair& Comparison::judge_of(const Photo* photo) const {
  return apart_ && photo != nullptr && photo->sample ? samples_ : photos_;
}

ModelSlot& Comparison::slot_of(const Photo* photo, Slot slot) {
  return (&judge_of(photo) == &samples_ ? samples_ : photos_).slots[slot];
}

std::string Comparison::pair_name(const ModelPair& pair) const {
  if (pair.index >= 0) return shipped_[static_cast<std::size_t>(pair.index)].name;
  return pair.any_model() ? "own" : "none";
}

Method Comparison::method_of(const ModelSlot& slot, std::optional<Method> wish) const {
  if (!slot.model) return Method::cam;
  const Head head = slot.model->info().head;
  return wish && has_method(head, *wish) ? *wish : default_method(head);
}

std::vector<Method> Comparison::methods(const ModelPair& pair) const {
  std::vector<Method> all;
  for (const Slot slot : kBothSlots) {
    if (!pair.slots[slot].model) continue;
    for (const Method m : methods_of(pair.slots[slot].model->info().head)) {
      if (std::find(all.begin(), all.end(), m) == all.end()) all.push_back(m);
    }
  }
  return all;
}

const std::vector<std::string>& Comparison::classes(const ModelPair& pair) const {
  static const std::vector<std::string> none;
  for (const Slot slot : kBothSlots) {
    if (pair.slots[slot].model) return pair.slots[slot].model->info().classes;
  }
  return none;
}

std::string Comparison::label_name(const Photo* photo, Slot slot, int label) const {
  const ModelPair& pair = judge_of(photo);
  const auto& model = pair.slots[slot].model;
  const std::vector<std::string>& names = model ? model->info().classes : classes(pair);
  const auto i = static_cast<std::size_t>(label);
  return i < names.size() ? names[i] : "class " + std::to_string(label);
}

std::optional<int> Comparison::truth(const Photo& photo) const {
  const auto& names = classes(judge_of(&photo));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!photo.label.empty() && photo.label == names[i]) return static_cast<int>(i);
  }
  return std::nullopt;
}

const PhotoResult* Comparison::result(const Photo& photo, Slot slot) const {
  const auto& r = photo.results[slot];
  const ModelSlot& m = model(&photo, slot);
  return r && m.model && r->generation == m.generation ? &*r : nullptr;
}

std::vector<int> Comparison::input_sizes(const Photo& photo) const {
  std::vector<int> sizes;
  for (const Slot slot : kBothSlots) {
    const ModelSlot& m = model(&photo, slot);
    if (!m.model) continue;
    const int s = m.model->info().input_size;
    if (std::find(sizes.begin(), sizes.end(), s) == sizes.end()) sizes.push_back(s);
  }
  return sizes;
}

bool Comparison::load(ModelPair& pair, int index) {
  if (pair.index == index) return false;
  pair.index = index;
  const WeightsPair& files = shipped_[static_cast<std::size_t>(index)];
  const int first = &pair == &samples_ ? kSlotsOfPair : 0;
  for (const Slot slot : kBothSlots) {
    ModelSlot& m = pair.slots[slot];
    m = ModelSlot{};
    m.role = kRoles[index_of(slot)];
    m.path = slot == Slot::baseline ? files.baseline : files.camloss;
    if (m.path.empty()) continue;
    m.progress = 0.0F;
    platform::load_weights(first + static_cast<int>(slot), m.path);
  }
  return true;
}

bool Comparison::follow(bool has_samples, bool has_photos) {
  if (chosen_ || shipped_.empty()) return false;
  const auto suiting = [this](bool samples) {
    const auto found = std::find_if(shipped_.begin(), shipped_.end(),
                                    [samples](const auto& p) { return p.for_samples == samples; });
    return found == shipped_.end() ? 0 : static_cast<int>(found - shipped_.begin());
  };
  const int for_samples = suiting(true), for_photos = suiting(false);
  const bool was_apart = std::exchange(apart_, for_samples != for_photos);
  bool changed = was_apart != apart_;
  if (apart_ && has_samples) changed = load(samples_, for_samples) || changed;
  if (!apart_ || has_photos) changed = load(photos_, for_photos) || changed;
  return changed;
}

bool Comparison::choose(int index) {
  if (index < 0 || index >= static_cast<int>(shipped_.size())) return false;
  chosen_ = true;
  // What is loaded for the samples already need not be fetched again.
  if (apart_ && samples_.index == index) std::swap(photos_, samples_);
  apart_ = false;
  samples_.index = -1;
  // Chosen again, what could not be had is asked for once more.
  if (!load(photos_, index)) retry();
  return true;
}

void Comparison::retry() {
  for (ModelPair* pair : {&photos_, &samples_}) {
    for (const Slot slot : kBothSlots) {
      ModelSlot& m = pair->slots[slot];
      if (!m.failed || m.own) continue;
      m.failed = false;
      m.progress = 0.0F;
      platform::load_weights((pair == &samples_ ? kSlotsOfPair : 0) + static_cast<int>(slot),
                             m.path);
    }
  }
}

ModelSlot* Comparison::awaited(int ticket, std::string_view path) {
  // A pair may have changed places since the file was asked for; the path tells.
  ModelPair& first = ticket / kSlotsOfPair == 1 ? samples_ : photos_;
  ModelPair& second = ticket / kSlotsOfPair == 1 ? photos_ : samples_;
  for (ModelPair* pair : {&first, &second}) {
    ModelSlot& m = pair->slots[static_cast<Slot>(ticket % kSlotsOfPair)];
    if (m.progress && m.path == path) return &m;
  }
  return nullptr;
}

void Comparison::progress(int ticket, float share) {
  ModelPair& pair = ticket / kSlotsOfPair == 1 ? samples_ : photos_;
  ModelSlot& m = pair.slots[static_cast<Slot>(ticket % kSlotsOfPair)];
  if (m.progress) m.progress = share;
}

void Comparison::install(ModelSlot& m, std::string path, const CheckedWeights& weights, bool own) {
  m.progress.reset();
  m.model.emplace(weights);
  m.path = std::move(path);
  m.own = own;
  m.failed = false;
  m.generation = next_generation_++;
}

void Comparison::use_own(std::vector<std::pair<std::string, CheckedWeights>> files) {
  // What the samples were judged by is what stands beside a single file.
  if (apart_ && !photos_.any_model()) std::swap(photos_, samples_);
  apart_ = false;
  samples_.index = -1;
  photos_.index = -1;
  chosen_ = true;
  if (files.size() == 2 && speaks_of_map_loss(files[0].second, files[0].first) &&
      !speaks_of_map_loss(files[1].second, files[1].first)) {
    std::swap(files[0], files[1]);
  }
  Slot slot = files.size() == 2 || !speaks_of_map_loss(files[0].second, files[0].first)
                  ? Slot::baseline
                  : Slot::camloss;
  if (files.size() == 1) {
    ModelSlot& beside = photos_.slots[other(slot)];
    if (beside.model && beside.model->info().classes != files[0].second.info().classes) {
      beside.model.reset();
      beside.path.clear();
    }
  }
  for (auto& [name, weights] : files) {
    install(photos_.slots[slot], name, weights, true);
    slot = other(slot);
  }
}

std::optional<PhotoResult> Comparison::explain(const Photo& photo, Slot slot,
                                               const PackedInput& input,
                                               std::optional<Method> wish) {
  ModelSlot& m = slot_of(&photo, slot);
  if (!m.model) return std::nullopt;
  const ModelInfo& info = m.model->info();
  const auto side = static_cast<std::size_t>(info.input_size);
  if (input.size() != 3 * side * side) return std::nullopt;
  planes_.resize(input.size());
  for (std::size_t i = 0; i < input.size(); ++i)
    planes_[i] = static_cast<float>(input[i]) * (255.0F / 65535.0F);
  normalise(planes_, std::span<const float, 3>(info.mean), std::span<const float, 3>(info.std));
  const Method method = method_of(m, wish);
  const double start = platform::now_ms();
  auto explained = m.model->explain_tensor(planes_, method);
  PhotoResult r;
  r.milliseconds = platform::now_ms() - start;
  r.serial = next_serial_++;
  r.method = method;
  r.generation = m.generation;
  r.side = info.cells();
  if (!explained) {
    // The input is finite, so only weights can make a logit overflow: the photo counts as
    // undecided.
    r.map.assign(static_cast<std::size_t>(r.side) * static_cast<std::size_t>(r.side), 0.0F);
    return r;
  }
  r.logit = explained->logit;
  r.probability = explained->probability;
  r.label = explained->label;
  r.beta = explained->beta;
  r.off_centre_mass = explained->off_centre_mass;
  r.residual = explained->residual;
  r.map.assign(explained->map.begin(), explained->map.end());
  r.split = split_evidence(r.map, r.side);
  return r;
}

}  // namespace camloss::ui
