// What comes in from the platform and the views, and what goes out to others. Weights: app_weights.cpp; analysis:
// app_analysis.cpp; what can be undone: app_undo.cpp.
#include "wasm/app/app.h"

#include <algorithm>

#include "wasm/app/link.h"
#include "wasm/app/platform.h"
#include "wasm/app/samples.h"
#include "wasm/app/state_json.h"
#include "wasm/app/wording.h"

namespace camloss::ui {

// -- start and frames --

void App::start(std::string_view text) {
  const Link link = decode_link(text);
  wanted_weights_ = link.weights;
  view_ = link.view;
  add_samples();
  choose_telling_ = !select_sample(link.sample);
}

void App::follow_link(std::string_view text) {
  const Link link = decode_link(text);
  use_pair_named(link.weights);
  if (select_sample(link.sample)) view_changed();
  set_view(link.view);
}

bool App::select_sample(std::string_view name) {
  const auto& photos = photos_.all();
  const auto sample = std::find_if(photos.begin(), photos.end(), [&](const Photo& photo) {
    return photo.sample && photo.name == name;
  });
  if (sample == photos.end()) return false;
  photos_.select(sample->id);
  return true;
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
