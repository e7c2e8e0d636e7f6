// What the user does to photos and may take back: removing, labelling, probing.
#include <algorithm>

#include "wasm/app/app.h"
#include "wasm/app/platform.h"
#include "wasm/app/wording.h"

namespace camloss::ui {
namespace {

constexpr std::size_t kNameShown = 80;  // bytes of a photo's name in a sentence

std::string counted(std::size_t n) { return std::to_string(n) + (n == 1 ? " photo" : " photos"); }

}  // namespace

std::string App::name_of(std::span<const PhotoId> ids) const {
  const Photo* photo = ids.size() == 1 ? photos_.find(ids[0]) : nullptr;
  return photo != nullptr ? without_middle(photo->name, kNameShown) : counted(ids.size());
}

void App::remember(Deed deed) {
  history_.add(std::move(deed));
  forget_lost();
  mirror_dirty_ = true;
}

void App::forget_lost() {
  for (const PhotoId id : history_.take_lost()) {
    if (id < kFirstSampleId) platform::forget(id);
  }
}

void App::say(std::string_view sentence) { platform::say(sentence); }

// -- removing --

void App::remove_selected() {
  if (const auto id = photos_.selected_id()) remove({&*id, 1});
}

void App::remove(std::span<const PhotoId> ids) {
  Removal removal;
  for (const Photo& photo : photos_.all()) {
    if (std::find(ids.begin(), ids.end(), photo.id) != ids.end()) removal.ids.push_back(photo.id);
  }
  if (removal.ids.empty()) return;
  choose_telling_ = false;
  const std::string name = name_of(removal.ids);
  take_out(removal);
  remember({"removal of " + name, std::move(removal)});
  say("Removed " + name + ". Ctrl+Z undoes that.");
  view_changed();
}

void App::take_out(Removal& removal) {
  std::vector<std::pair<std::size_t, PhotoId>> places;
  for (const PhotoId id : removal.ids) {
    if (const auto place = photos_.place(id)) places.emplace_back(*place, id);
  }
  std::sort(places.begin(), places.end());
  for (const auto& [place, id] : places) {
    auto photo = photos_.take(id);
    if (!photo->sample) photo->inputs.clear();
    photo->thumbnail_texture.clear();
    removal.photos.push_back({place, std::move(*photo)});
    platform::photo_removed(id);
  }
}

void App::bring_back(Removal& removal) {
  for (Removal::Taken& taken : std::exchange(removal.photos, {})) {
    const PhotoId id = taken.photo.id;
    // Samples may have been drawn anew meanwhile.
    if (photos_.find(id) != nullptr) continue;
    taken.photo.asked_again = false;
    // Taken out before it was read, it is read now.
    if (taken.photo.stage == PhotoStage::waiting) platform::request_pixels(id);
    photos_.insert(taken.place, std::move(taken.photo));
    platform::photo_changed(id);
    if (id < kFirstSampleId) platform::check(id);
  }
  refresh_samples();
  follow_photos();
  if (!removal.ids.empty() && photos_.find(removal.ids[0]) != nullptr)
    photos_.select(removal.ids[0]);
}

void App::clear_photos() {
  platform::cancel_decoding();
  history_.clear();
  Removal removal;
  for (const Photo& photo : photos_.all()) {
    if (!photo.sample) removal.ids.push_back(photo.id);
  }
  take_out(removal);
  photos_.clear();
  forget_lost();
  table_ = {};
  drop_.clear();
  add_samples();
  choose_telling_ = true;
  follow_photos();
  if (removal.ids.empty()) return;
  const std::string name = counted(removal.ids.size());
  remember({"removal of " + name, std::move(removal)});
  say("Started over with the samples. Ctrl+Z brings " + name + " back.");
}

// -- labelling --

void App::set_truth(PhotoId id, std::optional<int> truth) { set_truths({&id, 1}, truth); }

void App::set_truths(std::span<const PhotoId> ids, std::optional<int> truth) {
  Labelling labelling;
  std::vector<PhotoId> changed;
  for (const PhotoId id : ids) {
    const Photo* photo = photos_.find(id);
    if (photo == nullptr || !asks_for_truth(*photo)) continue;
    const auto& names = comparison_.classes(comparison_.judge_of(photo));
    const std::string label = truth ? names[static_cast<std::size_t>(*truth)] : std::string();
    if (label == photo->label) continue;
    labelling.photos.push_back({id, photo->label, label});
    changed.push_back(id);
  }
  if (changed.empty()) return;
  const std::string name = name_of(changed), label = labelling.photos[0].after;
  relabel(labelling, true);
  remember({"label of " + name, std::move(labelling)});
  say(name + (label.empty() ? " has no label now." : ": labelled " + label + "."));
}

std::size_t App::relabel(const Labelling& labelling, bool forward) {
  std::size_t missing = 0;
  for (const Labelling::One& one : labelling.photos) {
    Photo* photo = photos_.find(one.photo);
    if (photo == nullptr) {
      ++missing;
      continue;
    }
    photo->label = forward ? one.after : one.before;
    platform::photo_changed(one.photo);
  }
  mirror_dirty_ = true;
  return missing;
}

// -- probing --

void App::follow_probe() {
  const Photo* photo = selected();
  if (photo == nullptr || probe_answer_.photo == photo->id) return;
  probe_answer_.photo = photo->id;
  probe_answer_.results = {};
  probe_answer_.texture.clear();
  probe_ = photo->probe;
  probe_changed_ = true;
  gesture_ = false;
}

void App::set_probe(ProbeChange change) {
  follow_probe();
  Photo* photo = photos_.find(probe_answer_.photo);
  if (change == probe_ || photo == nullptr) return;
  Probing* going_on = gesture_ ? history_.probing_of(photo->id) : nullptr;
  if (going_on == nullptr) {
    remember({"probe of " + name_of({&photo->id, 1}), Probing{photo->id, probe_, change}});
  } else {
    going_on->after = change;
  }
  gesture_ = true;
  put_probe(*photo, std::move(change));
}

void App::put_probe(Photo& photo, ProbeChange change) {
  photo.probe = std::move(change);
  platform::photo_changed(photo.id);
  mirror_dirty_ = true;
  if (probe_answer_.photo != photo.id) return;
  probe_ = photo.probe;
  probe_changed_ = true;
}

void App::restore_probe(PhotoId id, ProbeChange change) {
  if (Photo* photo = photos_.find(id)) photo->probe = std::move(change);
}

// -- undo and redo --

void App::apply(Deed& deed, bool forward) {
  choose_telling_ = choose_in_drop_ = false;
  gesture_ = false;
  std::size_t missing = 0;
  if (auto* removal = std::get_if<Removal>(&deed.what)) {
    if (forward) {
      take_out(*removal);
    } else {
      bring_back(*removal);
    }
  } else if (auto* labelling = std::get_if<Labelling>(&deed.what)) {
    missing = relabel(*labelling, forward);
    if (missing < labelling->photos.size()) photos_.select_present(labelling->photos[0].photo);
  } else if (auto* probing = std::get_if<Probing>(&deed.what)) {
    if (Photo* photo = photos_.find(probing->photo)) {
      photos_.select(photo->id);
      follow_probe();
      put_probe(*photo, forward ? probing->after : probing->before);
    } else {
      missing = 1;
    }
  }
  say((forward ? "Done again: " : "Undone: ") + deed.name + "." +
      (missing == 0 ? std::string()
                    : " " + counted(missing) + " of it " + (missing == 1 ? "is" : "are") +
                          " no longer here."));
  view_changed();
}

void App::undo() {
  Deed* deed = history_.last();
  if (deed == nullptr) {
    say("There is nothing to undo.");
    return;
  }
  apply(*deed, false);
  history_.undone();
}

void App::redo() {
  Deed* deed = history_.next();
  if (deed == nullptr) {
    say("There is nothing to do again.");
    return;
  }
  apply(*deed, true);
  history_.redone();
}

}  // namespace camloss::ui
