// What comes in from the platform and the views, and the analysis a little each frame.
#include "wasm/app/app.h"

#include <algorithm>
#include <cmath>

#include "wasm/app/link.h"
#include "wasm/app/outline.h"
#include "wasm/app/platform.h"
#include "wasm/app/probe.h"
#include "wasm/app/samples.h"
#include "wasm/app/state_json.h"
#include "wasm/app/wording.h"

namespace camloss::ui {

namespace {
constexpr double kMirrorEveryMs = 400;
constexpr int kProbePicture = 448;  // longer side on the screen while probing; pixels
}  // namespace

// -- start and frames --

void App::start(std::string_view text) {
  const Link link = decode_link(text);
  wanted_weights_ = link.weights;
  view_ = link.view;
  add_samples();
  choose_telling_ = true;
  for (const Photo& photo : photos_.all()) {
    if (photo.name != link.sample) continue;
    photos_.select(photo.id);
    choose_telling_ = false;
  }
}

void App::add_samples() {
  for (int number = 0; number < kSamples; ++number) photos_.add(make_sample(number));
  photos_.select(photos_.all().front().id);
  refresh_samples();
  mirror_dirty_ = true;
}

bool App::animating() const {
  return comparison_.loading() || waiting() > 0 || photos_.awaits_display();
}

void App::context_restored() {
  forget_textures();
  heat_.clear();
  photos_.forget_textures();
}

void App::begin_frame() {
  ++frame_;
  hover_ = std::exchange(hover_next_, std::nullopt);
}

// -- photos --

void App::photo_restored(PhotoId id, std::string name, std::string label) {
  Photo photo;
  photo.id = id;
  photo.name = std::move(name);
  photo.label = std::move(label);
  photos_.add(std::move(photo));
  mirror_dirty_ = true;
  follow_photos();
}

void App::photo_added(PhotoId id, std::string name, std::string label) {
  photo_restored(id, std::move(name), std::move(label));
  if (drop_.empty()) choose_in_drop_ = true;
  drop_.push_back(id);
}

void App::show_added(PhotoId id) {
  choose_telling_ = false;
  if (photos_.select(id)) view_changed();
}

void App::photo_pixels(PhotoId id, ImageView pixels, int file_width, int file_height) {
  Photo* photo = photos_.find(id);
  if (photo == nullptr) return;
  photo->width = file_width;
  photo->height = file_height;
  // Sizes are kept for the models of the moment only.
  photos_.store_inputs(*photo, pixels, comparison_.input_sizes(*photo));
  if (photo->stage == PhotoStage::waiting) platform::photo_changed(id);
  photo->stage = PhotoStage::ready;
  photos_.trim_inputs([this](const Photo& p) {
    return p.sample || p.stage != PhotoStage::ready || wants_result(p, Slot::baseline) ||
           wants_result(p, Slot::camloss);
  });
  photo->asked_again = false;
  mirror_dirty_ = true;
  tell_of_photo_models();
}

void App::tell_of_photo_models() {
  if (told_of_photo_models_ || !comparison_.apart()) return;
  told_of_photo_models_ = true;
  // On the canvas alone: it is no alarm.
  banners_.show(
      "Your photos are judged by the models trained on photographs. The drawings have their own "
      "models.",
      false, platform::now_ms());
}

void App::photo_thumbnail(PhotoId id, Image thumbnail) {
  photos_.set_thumbnail(id, std::move(thumbnail));
}

void App::display_ready(PhotoId id, Image picture) {
  photos_.display_ready(id, std::move(picture), frame_);
  if (probe_answer_.photo == id) probe_changed_ = true;
}

void App::photo_failed(PhotoId id, std::string_view reason) {
  Photo* photo = photos_.find(id);
  if (photo == nullptr) return;
  if (photo->stage == PhotoStage::ready) {
    if (!photo->gone)
      message(photo->name + " " + std::string(reason) + " — what was found of it stays", true);
    photo->gone = true;
    photos_.display_failed(id, frame_);
    mirror_dirty_ = true;
    return;
  }
  message(photo->name + " " + std::string(reason), true);
  photos_.drop_failed(id);
  follow_photos();
  view_changed();
}

void App::message(std::string_view text, bool is_error) {
  platform::announce(text);
  banners_.show(text, is_error, platform::now_ms());
}

void App::select(PhotoId id) {
  choose_telling_ = choose_in_drop_ = false;
  if (photos_.select(id)) view_changed();
}

void App::select_relative(int step) {
  choose_telling_ = choose_in_drop_ = false;
  if (photos_.select_relative(step)) view_changed();
}

void App::keep_selection() { photos_.keep_selection(); }

bool App::asks_for_truth(const Photo& photo) const {
  return !photo.sample && comparison_.classes(comparison_.judge_of(&photo)).size() == 2;
}

void App::cancel_waiting() {
  platform::cancel_decoding();
  std::size_t earlier = 0;
  for (Photo& photo : photos_.each()) {
    photo.asked_again = false;
    if (photo.stage == PhotoStage::waiting) {
      platform::forget(photo.id);
    } else if (photo.id != photos_.selected_id() &&
               (wants_result(photo, Slot::baseline) || wants_result(photo, Slot::camloss))) {
      photo.left_out = true;
      ++earlier;
    }
  }
  const std::size_t dropped = photos_.drop_waiting();
  const auto counted = [](std::size_t n, std::string_view one, std::string_view more) {
    return std::to_string(n) +
           (n == 1 ? " photo " + std::string(one) : " photos " + std::string(more));
  };
  std::string text;
  if (dropped > 0) text = counted(dropped, "was", "were") + " not read and left out";
  if (earlier > 0) {
    text += (text.empty() ? "" : "; ") +
            counted(earlier, "keeps its earlier answers", "keep their earlier answers");
  }
  if (!text.empty()) message("Stopped: " + text + ". What is done stays.", false);
  view_changed();
}

void App::copy_link() {
  platform::copy_link();
  const Photo* photo = selected();
  if (photo != nullptr && !photo->sample)
    message("The link holds the view, not the photo: that never leaves this machine", false);
}

void App::show_differences() {
  table_ = {};
  table_.by = SortBy::gap;
  set_page(Page::table);
}

void App::set_close_look(const CloseLook& look) {
  close_look_ = look;
  close_look_.divide = std::clamp(look.divide, 0.0F, 1.0F);
  close_look_.zoom = std::clamp(look.zoom, 1.0F, 16.0F);
  // What is seen stays inside the picture.
  const float half = 0.5F / close_look_.zoom;
  close_look_.centre_x = std::clamp(look.centre_x, half, 1 - half);
  close_look_.centre_y = std::clamp(look.centre_y, half, 1 - half);
}

// -- weights --

void App::set_pairs(std::vector<WeightsPair> pairs) {
  comparison_.set_shipped(std::move(pairs));
  const auto& shipped = comparison_.shipped();
  if (shipped.empty()) {
    if (!pair().any_model()) {
      message(
          "No weights are shipped with this page — drop a .safetensors or .json weights file to "
          "begin",
          true);
    }
    return;
  }
  for (std::size_t i = 0; i < shipped.size(); ++i) {
    if (shipped[i].name == wanted_weights_) use_pair(static_cast<int>(i));
  }
  follow_photos();
}

void App::follow_photos() {
  const auto& all = photos_.all();
  const bool has_samples =
      std::any_of(all.begin(), all.end(), [](const Photo& p) { return p.sample.has_value(); });
  if (comparison_.follow(has_samples, !photos_.only_samples())) models_changed();
}

void App::use_pair(int index) {
  if (comparison_.choose(index)) models_changed();
}

void App::retry_weights() {
  comparison_.retry();
  mirror_dirty_ = true;
}

void App::models_changed() {
  table_.cell.reset();
  probe_changed_ = true;
  for (Photo& photo : photos_.each()) photo.asked_again = photo.left_out = false;
  refresh_samples();
  view_changed();
}

void App::refresh_samples() {
  for (Photo& photo : photos_.each()) {
    if (!photo.sample) continue;
    const std::vector<int> sizes = comparison_.input_sizes(photo);
    const auto has = [&photo](int side) { return photo.inputs.contains(side); };
    if (!std::all_of(sizes.begin(), sizes.end(), has))
      photos_.store_inputs(photo, sample_picture(*photo.sample).view(), sizes);
  }
}

void App::weights_progress(int ticket, float share) { comparison_.progress(ticket, share); }

void App::weights_arrived(int ticket, std::string path, std::span<const std::uint8_t> bytes) {
  ModelSlot* slot = comparison_.awaited(ticket, path);
  if (slot == nullptr) return;  // another pair was chosen meanwhile
  auto weights = read_weights(bytes, path, Halves::left);
  if (!weights) {
    weights_failed(ticket, path, weights.error().reason());
    return;
  }
  comparison_.install(*slot, std::move(path), *weights, false);
  models_changed();
}

void App::weights_failed(int ticket, std::string_view path, std::string_view reason) {
  ModelSlot* slot = comparison_.awaited(ticket, path);
  if (slot == nullptr) return;
  slot->progress.reset();
  slot->failed = true;
  mirror_dirty_ = true;
  message("Model " + slot->role + " could not be loaded (" + std::string(path) + ": " +
              std::string(reason) + ") — try again in its panel",
          true);
}

void App::own_weights(std::vector<OwnFile> files) {
  std::vector<std::pair<std::string, CheckedWeights>> loaded;
  for (OwnFile& file : files) {
    auto weights = read_weights(file.bytes, file.name, Halves::left);
    if (!weights) {
      message(weights.error().message(), true);
    } else {
      loaded.emplace_back(std::move(file.name), std::move(*weights));
    }
  }
  if (loaded.empty()) return;
  if (loaded.size() > 2) {
    message("Two weights files are compared at a time — " + loaded[2].first +
                " and what followed was left out",
            true);
    loaded.erase(loaded.begin() + 2, loaded.end());
  }
  if (loaded.size() == 2 && loaded[0].second.info().classes != loaded[1].second.info().classes) {
    message(loaded[1].first + " knows other classes than " + loaded[0].first +
                " — only models of the same two classes "
                "can be compared",
            true);
    loaded.pop_back();
  }
  const std::string alone = loaded.size() == 1 ? loaded[0].first : std::string();
  comparison_.use_own(std::move(loaded));
  if (!alone.empty()) tell_of_single(alone);
  models_changed();
}

void App::tell_of_single(const std::string& file) {
  for (const Slot slot : kBothSlots) {
    const ModelSlot& own = this->slot(slot);
    if (!own.own || own.path != file) continue;
    const ModelSlot& beside = this->slot(other(slot));
    message(file + " is the " + (slot == Slot::baseline ? "baseline" : "CAMLoss model") + " now, " +
                (beside.model ? "beside " + beside.path : "alone") +
                " — drop two weights files together to compare them",
            false);
  }
}

// -- what is shown --

Method App::method_of(Slot which) const { return comparison_.method_of(slot(which), view_.method); }

std::string App::label_name(Slot slot, int label) const {
  return comparison_.label_name(selected(), slot, label);
}

void App::set_view(const ViewOptions& view) {
  if (view == view_) return;
  if (view.method != view_.method) {
    probe_changed_ = true;
    for (Photo& photo : photos_.each()) photo.left_out = false;
  }
  view_ = view;
  view_changed();
}

void App::set_page(Page page) {
  ViewOptions view = view_;
  view.page = page;
  set_view(view);
}

void App::set_method(std::optional<Method> method) {
  ViewOptions view = view_;
  view.method = method;
  set_view(view);
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

// -- analysis --

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

// -- to others --

void App::view_changed() {
  link_dirty_ = true;
  mirror_dirty_ = true;
}

void App::write_link() {
  link_dirty_ = false;
  Link link;
  link.view = view_;
  if (const Photo* photo = selected(); photo != nullptr && photo->sample && !choose_telling_)
    link.sample = photo->name;
  if (comparison_.chosen() && pair().index >= 0) link.weights = comparison_.pair_name(pair());
  platform::set_link(encode_link(link));
}

void App::mirror() {
  mirror_dirty_ = false;
  mirrored_at_ = platform::now_ms();
  platform::mirror_results(*this);
  const Photo* photo = selected();
  if (photo == nullptr || result(*photo, Slot::baseline) == result(*photo, Slot::camloss)) return;
  std::string sentence = photo->name + ". " + difference_sentence(*this, *photo);
  if (sentence == said_) return;
  say(sentence);
  said_ = std::move(sentence);
}

std::optional<PngFor> App::take_png_request() {
  if (!png_requested_) return std::nullopt;
  const Photo* photo = selected();
  // Kept until the picture that belongs on it is there.
  if (photo != nullptr && display(photo->id) == nullptr) return std::nullopt;
  return std::exchange(png_requested_, std::nullopt);
}

void App::request_png(PngFor purpose) {
  if (selected() != nullptr) png_requested_ = purpose;
}

void App::set_keeping(bool on) {
  keeping_ = on;
  mirror_dirty_ = true;
}

void App::export_csv() const {
  platform::save_file("camloss-results.csv", "text/csv;charset=utf-8", results_csv(*this));
}

}  // namespace camloss::ui
