// The models: pairs of the site, files of one's own, and what is said of either.
#include <algorithm>

#include "wasm/app/app.h"
#include "wasm/app/platform.h"
#include "wasm/app/samples.h"

namespace camloss::ui {

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
  use_pair_named(wanted_weights_);
  follow_photos();
}

void App::use_pair_named(std::string_view name) {
  const auto& shipped = comparison_.shipped();
  for (std::size_t i = 0; i < shipped.size(); ++i) {
    if (shipped[i].name == name) use_pair(static_cast<int>(i));
  }
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
  auto weights = read_weights(bytes, path, Large::left);
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
    auto weights = read_weights(file.bytes, file.name, Large::left);
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

}  // namespace camloss::ui
