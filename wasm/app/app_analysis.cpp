// The analysis, a little each frame: of the photos, and of the changed photo in the probes.
#include <algorithm>
#include <cmath>

#include "wasm/app/app.h"
#include "wasm/app/outline.h"
#include "wasm/app/platform.h"
#include "wasm/app/probe.h"

namespace camloss::ui {

namespace {
constexpr double kMirrorEveryMs = 400;
constexpr int kProbePicture = 448;  // longer side on the screen while probing; pixels
}  // namespace

bool App::out_of_reach(const Photo& photo, Slot slot) const {
  const auto& model = comparison_.model(&photo, slot).model;
  return photo.gone && model && !photo.inputs.contains(model->info().input_size);
}

bool App::wants_result(const Photo& photo, Slot slot) const {
  const ModelSlot& m = comparison_.model(&photo, slot);
  if (!m.model || photo.stage != PhotoStage::ready) return false;
  // What the user stopped is analysed when somebody looks at it.
  if (photo.left_out && photos_.selected_id() != photo.id) return false;
  if (out_of_reach(photo, slot)) return false;
  const PhotoResult* r = result(photo, slot);
  return r == nullptr || r->method != comparison_.method_of(m, view_.method);
}

int App::waiting() const {
  const auto waits = [this](const Photo& p) {
    return p.stage == PhotoStage::waiting || wants_result(p, Slot::baseline) ||
           wants_result(p, Slot::camloss);
  };
  return static_cast<int>(std::count_if(photos_.all().begin(), photos_.all().end(), waits));
}

void App::want_input(Photo& photo) {
  if (photo.asked_again || photo.gone || photo.sample) return;
  photo.asked_again = true;
  platform::request_pixels(photo.id);
}

bool App::analyse_one() {
  const auto attempt = [this](Photo& photo) {
    for (const Slot slot : kBothSlots) {
      if (!wants_result(photo, slot)) continue;
      const int size = comparison_.model(&photo, slot).model->info().input_size;
      const auto input = photo.inputs.find(size);
      if (input == photo.inputs.end()) {
        want_input(photo);
        continue;
      }
      photo.results[slot] = comparison_.explain(photo, slot, input->second, view_.method);
      mirror_dirty_ = true;
      return true;
    }
    return false;
  };
  if (const auto id = photos_.selected_id()) {
    if (Photo* photo = photos_.find(*id); photo != nullptr && attempt(*photo)) return true;
  }
  const auto each = photos_.each();
  return std::any_of(each.begin(), each.end(), attempt);
}

bool App::work(double budget) {
  const double end = platform::now_ms() + budget;
  bool more = true;
  while (more && platform::now_ms() < end) more = analyse_one();
  if (!more && choose_telling_) {
    const bool ready =
        !photos_.empty() && waiting() == 0 && pair().any_model() && !comparison_.loading();
    if (ready) select_most_telling({});
  }
  if (!more && !drop_.empty() && waiting() == 0 && !comparison_.loading()) finish_drop();
  follow_proof();
  const int waiting_now = waiting();
  most_waiting_ = std::max(most_waiting_, waiting_now);
  if (waiting_now == 0 && !comparison_.loading()) {
    if (std::exchange(most_waiting_, 0) > 1) say(analysed_sentence(*this));
  }
  const double now = platform::now_ms();
  const bool banner_gone = banners_.expire(now);
  if (link_dirty_) write_link();
  if (mirror_dirty_ && now - mirrored_at_ > kMirrorEveryMs) mirror();
  return more || mirror_dirty_ || banner_gone;
}

void App::finish_drop() {
  const std::vector<PhotoId> drop = std::exchange(drop_, {});
  if (drop.size() < 2 || !pair().any_model()) return;
  if (table_.by == SortBy::order) table_.by = SortBy::gap;
  if (choose_in_drop_) select_most_telling(drop);
  mirror_dirty_ = true;
}

void App::select_most_telling(std::span<const PhotoId> among) {
  choose_telling_ = false;
  float best = -1;
  std::optional<PhotoId> chosen;
  for (const Photo& photo : photos_.all()) {
    const PhotoResult* a = result(photo, Slot::baseline);
    const PhotoResult* b = result(photo, Slot::camloss);
    if (a == nullptr || b == nullptr) continue;
    if (!among.empty() && std::find(among.begin(), among.end(), photo.id) == among.end()) continue;
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
  if (!chosen && among.empty() && !photos_.empty()) chosen = photos_.all().front().id;
  if (chosen && photos_.select(*chosen)) mirror_dirty_ = true;
}

const ProbeAnswer& App::answer_probe() {
  const Photo* photo = selected();
  if (photo == nullptr) return probe_answer_;
  follow_probe();
  const DisplayCopy* copy = display(photo->id);
  const bool stale = probe_changed_ || !probe_answer_.texture.filled();
  if (copy == nullptr || photo->stage != PhotoStage::ready || !stale) return probe_answer_;
  const double start = platform::now_ms();
  const float aspect =
      static_cast<float>(copy->image.width) / static_cast<float>(copy->image.height);
  bool complete = true;
  PackedInput altered;  // shared by models of the same input size
  int altered_side = 0;
  for (const Slot slot : kBothSlots) {
    const auto& model = comparison_.model(photo, slot).model;
    auto& result = probe_answer_.results[slot];
    if (!model) {
      result.reset();
      continue;
    }
    const int side = model->info().input_size;
    const auto input = photo->inputs.find(side);
    if (input == photo->inputs.end()) {
      // A former model's answer is none of this one's.
      result.reset();
      want_input(*photos_.find(photo->id));
      complete = complete && photo->gone;
      continue;
    }
    if (altered_side != side) {
      altered = probed_input(input->second, side, probe_, aspect);
      altered_side = side;
    }
    result = comparison_.explain(*photo, slot, altered, view_.method);
  }
  Image& picture = probe_answer_.picture;
  probed_picture(copy->image, kProbePicture, probe_, picture);
  probe_answer_.texture.fill(picture.pixels, picture.width, picture.height, false);
  probe_answer_.milliseconds = platform::now_ms() - start;
  probe_changed_ = !complete;
  mirror_dirty_ = true;
  return probe_answer_;
}

}  // namespace camloss::ui
