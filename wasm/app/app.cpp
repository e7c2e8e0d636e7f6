// The application's core: selection, analysis a little each frame, mirror and link.
#include "wasm/app/app.h"

#include <algorithm>
#include <cmath>

#include "shared/picture/resample.h"
#include "wasm/app/platform.h"
#include "wasm/app/wording.h"

namespace camloss::ui {

namespace {
constexpr double kErrorMs = 14'000, kNoticeMs = 8'000;  // for how long a banner stays
constexpr double kMirrorEveryMs = 400;
}  // namespace

App::App() {
  state_.slots[0].role = "Baseline";
  state_.slots[1].role = "CAMLoss";
}

void App::start(std::string_view link) {
  apply_link(link);
  add_samples();
}

bool App::animating() const {
  for (const ModelSlot& slot : state_.slots) {
    if (slot.progress) return true;
  }
  return waiting() > 0 || !asked_displays_.empty();
}

void App::context_restored() {
  forget_textures();
  heat_.clear();
  for (DisplayCopy& copy : displays_) copy.texture.clear();
}

Photo* App::find(PhotoId id) {
  const auto it = std::find_if(state_.photos.begin(), state_.photos.end(),
                               [id](const Photo& p) { return p.id == id; });
  return it == state_.photos.end() ? nullptr : &*it;
}

Photo* App::selected() { return state_.selected ? find(*state_.selected) : nullptr; }

void App::select(PhotoId id) {
  choose_telling_ = false;
  if (state_.selected == id) return;
  if (const Photo* old = selected(); old != nullptr && old->stage == PhotoStage::ready)
    before_ = old->id;
  state_.selected = id;
  view_changed();
}

void App::select_relative(int step) {
  if (state_.photos.empty()) return;
  const auto n = static_cast<int>(state_.photos.size());
  int at = 0;
  for (int i = 0; i < n; ++i) {
    if (state_.selected == state_.photos[static_cast<std::size_t>(i)].id) at = i;
  }
  select(state_.photos[static_cast<std::size_t>(std::clamp(at + step, 0, n - 1))].id);
}

void App::remove_selected() {
  const auto it = std::find_if(state_.photos.begin(), state_.photos.end(),
                               [this](const Photo& p) { return state_.selected == p.id; });
  if (it == state_.photos.end()) return;
  const auto at = it - state_.photos.begin();
  if (!it->sample) platform::forget(it->id);
  state_.photos.erase(it);
  state_.selected.reset();
  if (!state_.photos.empty()) {
    const auto last = static_cast<std::ptrdiff_t>(state_.photos.size()) - 1;
    select(state_.photos[static_cast<std::size_t>(std::min(at, last))].id);
  }
  view_changed();
}

bool App::asks_for_truth(const Photo& photo) const {
  return !photo.sample && classes().size() == 2;
}

void App::set_truth(PhotoId id, std::optional<int> truth) {
  Photo* photo = find(id);
  if (photo == nullptr || !asks_for_truth(*photo)) return;
  photo->label = truth ? classes()[static_cast<std::size_t>(*truth)] : std::string();
  mirror_dirty_ = true;
}

void App::clear_photos() {
  platform::cancel_decoding();
  for (const Photo& photo : state_.photos) {
    if (!photo.sample) platform::forget(photo.id);
  }
  state_.photos.clear();
  displays_.clear();
  asked_displays_.clear();
  state_.selected.reset();
  state_.table.cell.reset();
  add_samples();
  follow_photos();
}

void App::cancel_waiting() {
  platform::cancel_decoding();
  std::erase_if(state_.photos, [](const Photo& p) { return p.stage == PhotoStage::waiting; });
  if (selected() == nullptr) state_.selected.reset();
  if (!state_.selected && !state_.photos.empty()) select(state_.photos.back().id);
  view_changed();
}

void App::message(std::string_view text, bool is_error) {
  platform::announce(text);
  show_banner(text, is_error);
}

void App::show_banner(std::string_view text, bool is_error) {
  constexpr std::size_t kMaxBanners = 5;
  if (state_.banners.size() >= kMaxBanners) state_.banners.erase(state_.banners.begin());
  // A name can be thousands of letters long; what is wrong stands behind it.
  constexpr std::size_t kShown = 280;
  state_.banners.push_back({without_middle(text, kShown),
                            platform::now_ms() + (is_error ? kErrorMs : kNoticeMs), is_error});
}

Method App::method_of(int slot) const {
  const auto& model = state_.slots[static_cast<std::size_t>(slot)].model;
  if (!model) return Method::cam;
  const Head head = model->info().head;
  if (state_.view.method && has_method(head, *state_.view.method)) return *state_.view.method;
  return default_method(head);
}

std::vector<Method> App::methods() const {
  std::vector<Method> all;
  for (const ModelSlot& slot : state_.slots) {
    if (!slot.model) continue;
    for (const Method m : methods_of(slot.model->info().head)) {
      if (std::find(all.begin(), all.end(), m) == all.end()) all.push_back(m);
    }
  }
  return all;
}

const std::vector<std::string>& App::classes() const {
  static const std::vector<std::string> none;
  for (const ModelSlot& slot : state_.slots) {
    if (slot.model) return slot.model->info().classes;
  }
  return none;
}

std::string App::label_name(int slot, int label) const {
  const auto& model = state_.slots[static_cast<std::size_t>(slot)].model;
  const std::vector<std::string>& names = model ? model->info().classes : classes();
  const auto i = static_cast<std::size_t>(label);
  return i < names.size() ? names[i] : "class " + std::to_string(label);
}

std::optional<int> App::truth(const Photo& photo) const {
  const auto& names = classes();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!photo.label.empty() && photo.label == names[i]) return static_cast<int>(i);
  }
  return std::nullopt;
}

const PhotoResult* App::result(const Photo& photo, int slot) const {
  const auto& r = photo.results[static_cast<std::size_t>(slot)];
  const ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
  return r && m.model && r->generation == m.generation ? &*r : nullptr;
}

void App::set_method(std::optional<Method> method) {
  state_.view.method = method;
  state_.probe.changed = true;
  view_changed();
}

bool App::wants_result(const Photo& photo, int slot) const {
  const ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
  if (!m.model || photo.stage != PhotoStage::ready) return false;
  const PhotoResult* r = result(photo, slot);
  return r == nullptr || r->method != method_of(slot);
}

int App::waiting() const {
  int n = 0;
  for (const Photo& photo : state_.photos) {
    n += photo.stage == PhotoStage::waiting || wants_result(photo, 0) || wants_result(photo, 1) ? 1
                                                                                                : 0;
  }
  return n;
}

std::optional<PhotoResult> App::explain(int slot, const PackedInput& input) {
  ModelSlot& m = state_.slots[static_cast<std::size_t>(slot)];
  if (!m.model) return std::nullopt;
  const ModelInfo& info = m.model->info();
  const auto side = static_cast<std::size_t>(info.input_size);
  if (input.size() != 3 * side * side) return std::nullopt;
  planes_.resize(input.size());
  for (std::size_t i = 0; i < input.size(); ++i)
    planes_[i] = static_cast<float>(input[i]) * (255.0F / 65535.0F);
  normalise(planes_, std::span<const float, 3>(info.mean), std::span<const float, 3>(info.std));
  const Method method = method_of(slot);
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

bool App::analyse_one() {
  const auto attempt = [this](Photo& photo) {
    for (int slot = 0; slot < kSlots; ++slot) {
      if (!wants_result(photo, slot)) continue;
      const int size = state_.slots[static_cast<std::size_t>(slot)].model->info().input_size;
      const auto input = photo.inputs.find(size);
      if (input == photo.inputs.end()) {
        want_input(photo);
        continue;
      }
      photo.results[static_cast<std::size_t>(slot)] = explain(slot, input->second);
      mirror_dirty_ = true;
      return true;
    }
    return false;
  };
  if (Photo* photo = selected(); photo != nullptr && attempt(*photo)) return true;
  return std::any_of(state_.photos.begin(), state_.photos.end(), attempt);
}

bool App::work(double budget) {
  const double end = platform::now_ms() + budget;
  bool more = true;
  while (more && platform::now_ms() < end) more = analyse_one();
  if (!more && choose_telling_) {
    const bool ready = !state_.photos.empty() && waiting() == 0 &&
                       (state_.slots[0].model || state_.slots[1].model) &&
                       !state_.slots[0].progress && !state_.slots[1].progress;
    if (ready) select_most_telling();
  }
  const double now = platform::now_ms();
  const bool banner_gone =
      std::erase_if(state_.banners, [now](const Banner& b) { return b.until < now; }) > 0;
  if (link_dirty_) write_link();
  if (mirror_dirty_ && now - mirrored_at_ > kMirrorEveryMs) mirror();
  return more || mirror_dirty_ || banner_gone;
}

void App::mirror() {
  mirror_dirty_ = false;
  mirrored_at_ = platform::now_ms();
  std::string text = results_text(*this);
  if (text == mirrored_) return;
  platform::mirror_results(text);
  mirrored_ = std::move(text);
}

void App::view_changed() {
  link_dirty_ = true;
  mirror_dirty_ = true;
}

void App::select_most_telling() {
  choose_telling_ = false;
  float best = -1;
  std::optional<PhotoId> chosen;
  for (const Photo& photo : state_.photos) {
    const PhotoResult* a = result(photo, 0);
    const PhotoResult* b = result(photo, 1);
    if (a == nullptr || b == nullptr) continue;
    float score = std::abs(a->probability - b->probability);
    // Most telling: the baseline falls for the background, CAMLoss does not.
    if (const auto t = truth(photo)) {
      const auto share = [&](const PhotoResult* r) {
        return *t == 1 ? r->probability : 1 - r->probability;
      };
      score = 1 + share(b) - share(a);
    }
    if (score > best) {
      best = score;
      chosen = photo.id;
    }
  }
  if (!chosen && !state_.photos.empty()) chosen = state_.photos.front().id;
  if (chosen) {
    state_.selected = chosen;
    mirror_dirty_ = true;
  }
}

bool App::take_png_request() {
  if (!png_requested_) return false;
  const Photo* photo = selected();
  // Kept until the picture that belongs on it is there.
  if (photo != nullptr && display(photo->id) == nullptr) return false;
  return std::exchange(png_requested_, false);
}

void App::request_png() {
  if (selected() != nullptr) png_requested_ = true;
}

void App::export_csv() {
  platform::save_file("camloss-results.csv", "text/csv;charset=utf-8", results_csv(*this));
}

}  // namespace camloss::ui
