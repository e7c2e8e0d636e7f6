// Photos in: samples, decoded pixels, thumbnails and the few display copies that are kept.
#include <algorithm>
#include <array>
#include <cmath>

#include "shared/picture/resample.h"
#include "shared/scenes/scenes.h"
#include "wasm/app/app.h"
#include "wasm/app/platform.h"

namespace camloss::ui {
namespace {

constexpr std::uint64_t kSampleSeed = 7;  // not the seed of any training set
constexpr int kSamplesPerClass = 3;

/// A sample's place in the list → what it shows. Each animal stands before both backgrounds.
struct SampleKind {
  SceneClass animal = SceneClass::leopard;
  int index = 0;
  bool swapped = false;
};

SampleKind sample_kind(int number) {
  return {(number / 2) % 2 == 0 ? SceneClass::leopard : SceneClass::orca, number / 4,
          number % 2 == 1};
}

Scene sample_scene(int number) {
  const SampleKind kind = sample_kind(number);
  return draw_scene_before(kSampleSeed, ScenePart::val, kind.animal, kind.index, kind.swapped);
}

std::string sample_name(int number) {
  const SampleKind kind = sample_kind(number);
  return std::string(kind.animal == SceneClass::leopard ? "leopard" : "orca") + " " +
         std::to_string(kind.index + 1) +
         (kind.swapped ? ", unusual background" : ", usual background");
}

Image to_rgba(const Image& rgb) {
  Image out{rgb.width, rgb.height, 4, {}};
  const auto n = static_cast<std::size_t>(rgb.width) * static_cast<std::size_t>(rgb.height);
  out.pixels.resize(n * 4);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < 3; ++c) out.pixels[4 * i + c] = rgb.pixels[3 * i + c];
    out.pixels[4 * i + 3] = 255;
  }
  return out;
}

/// A square thumbnail by the core's own filter.
Image square_thumbnail(ImageView picture, int side, ResampleScratch& scratch) {
  const auto n = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  std::vector<float> planes(3 * n);
  Image out{side, side, 4, std::vector<std::uint8_t>(4 * n, 255)};
  if (!resample_picture(picture, side, planes, scratch)) return out;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      out.pixels[4 * i + c] =
          static_cast<std::uint8_t>(std::clamp(planes[c * n + i] + 0.5F, 0.0F, 255.0F));
    }
  }
  return out;
}

}  // namespace

void App::add_samples() {
  for (int number = 0; number < 4 * kSamplesPerClass; ++number) {
    const SampleKind kind = sample_kind(number);
    const Scene scene = sample_scene(number);
    Photo photo;
    photo.id = kFirstSampleId + static_cast<PhotoId>(number);
    photo.name = sample_name(number);
    photo.label = kind.animal == SceneClass::leopard ? "leopard" : "orca";
    photo.sample = number;
    photo.stage = PhotoStage::ready;
    photo.width = scene.picture.width;
    photo.height = scene.picture.height;
    store_input(photo, scene.picture.view());
    photo.thumbnail = square_thumbnail(scene.picture.view(), kThumbnailSide, scratch_);
    state_.photos.push_back(std::move(photo));
    if (wanted_sample_ == sample_name(number)) {
      state_.selected = state_.photos.back().id;
      wanted_sample_.clear();
    }
  }
  if (!state_.selected) {
    state_.selected = state_.photos.front().id;
    choose_telling_ = true;
  }
  mirror_dirty_ = true;
}

std::vector<int> App::input_sizes() const {
  std::vector<int> sizes;
  for (const ModelSlot& slot : state_.slots) {
    if (!slot.model) continue;
    const int s = slot.model->info().input_size;
    if (std::find(sizes.begin(), sizes.end(), s) == sizes.end()) sizes.push_back(s);
  }
  return sizes;
}

void App::store_input(Photo& photo, ImageView pixels) {
  for (const int side : input_sizes()) {
    if (photo.inputs.contains(side)) continue;
    const std::size_t n = 3 * static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    planes_.resize(n);
    if (!resample_picture(pixels, side, planes_, scratch_)) continue;
    PackedInput packed(n);
    for (std::size_t i = 0; i < n; ++i) {
      packed[i] = static_cast<std::uint16_t>(
          std::clamp(planes_[i] * (65535.0F / 255.0F) + 0.5F, 0.0F, 65535.0F));
    }
    photo.inputs.emplace(side, std::move(packed));
  }
}

void App::refresh_sample_inputs() {
  const std::vector<int> sizes = input_sizes();
  for (Photo& photo : state_.photos) {
    const auto has = [&photo](int side) { return photo.inputs.contains(side); };
    if (!photo.sample || std::all_of(sizes.begin(), sizes.end(), has)) continue;
    store_input(photo, sample_scene(*photo.sample).picture.view());
  }
}

void App::want_input(Photo& photo) {
  if (photo.asked_again || photo.sample) return;
  photo.asked_again = true;
  platform::request_pixels(photo.id);
}

void App::trim_inputs() {
  std::size_t bytes = 0;
  for (const Photo& photo : state_.photos) {
    for (const auto& [side, input] : photo.inputs) bytes += input.size() * sizeof(input[0]);
  }
  for (Photo& photo : state_.photos) {
    if (bytes <= kInputBytes) return;
    const bool needed = photo.sample || state_.selected == photo.id ||
                        photo.stage != PhotoStage::ready || wants_result(photo, 0) ||
                        wants_result(photo, 1);
    if (needed) continue;
    for (const auto& [side, input] : photo.inputs) bytes -= input.size() * sizeof(input[0]);
    photo.inputs.clear();
  }
}

void App::photo_added(PhotoId id, std::string name, std::string label) {
  Photo photo;
  photo.id = id;
  photo.name = std::move(name);
  photo.label = std::move(label);
  state_.photos.push_back(std::move(photo));
  mirror_dirty_ = true;
  follow_photos();
}

void App::photo_pixels(PhotoId id, ImageView pixels, int file_width, int file_height) {
  Photo* photo = find(id);
  if (photo == nullptr) return;
  photo->width = file_width;
  photo->height = file_height;
  // Sizes are kept for the models of the moment only.
  const std::vector<int> sizes = input_sizes();
  std::erase_if(photo->inputs, [&](const auto& entry) {
    return std::find(sizes.begin(), sizes.end(), entry.first) == sizes.end();
  });
  store_input(*photo, pixels);
  photo->stage = PhotoStage::ready;
  trim_inputs();
  photo->asked_again = false;
  mirror_dirty_ = true;
}

void App::photo_thumbnail(PhotoId id, Image thumbnail) {
  if (Photo* photo = find(id)) photo->thumbnail = std::move(thumbnail);
}

void App::photo_failed(PhotoId id, std::string_view reason) {
  std::erase(asked_displays_, id);
  Photo* photo = find(id);
  if (photo == nullptr) return;
  message(photo->name + " " + std::string(reason), true);
  const auto at = photo - state_.photos.data();
  const bool was_selected = state_.selected == id;
  state_.photos.erase(state_.photos.begin() + at);
  if (was_selected) {
    // On to the next of the same batch, else back to what was shown before it.
    state_.selected.reset();
    const auto next = static_cast<std::size_t>(at);
    if (next < state_.photos.size()) {
      state_.selected = state_.photos[next].id;
    } else if (before_ && find(*before_) != nullptr) {
      state_.selected = before_;
    }
  }
  follow_photos();
  view_changed();
}

void App::display_ready(PhotoId id, Image picture) {
  std::erase(asked_displays_, id);
  if (find(id) == nullptr) return;
  std::erase_if(displays_, [id](const DisplayCopy& d) { return d.photo == id; });
  if (displays_.size() >= kDisplayCopies) {
    displays_.erase(std::min_element(displays_.begin(), displays_.end(),
                                     [](const auto& a, const auto& b) { return a.used < b.used; }));
  }
  DisplayCopy copy;
  copy.photo = id;
  copy.image = std::move(picture);
  copy.used = state_.frame;
  displays_.push_back(std::move(copy));
  if (state_.probe.photo == id) state_.probe.changed = true;
}

DisplayCopy* App::display(PhotoId id) {
  const auto it = std::find_if(displays_.begin(), displays_.end(),
                               [id](const auto& d) { return d.photo == id; });
  if (it != displays_.end()) {
    it->used = state_.frame;
    if (!it->texture.filled())
      it->texture.fill(it->image.pixels, it->image.width, it->image.height);
    return &*it;
  }
  const Photo* photo = find(id);
  if (photo == nullptr) return nullptr;
  if (photo->sample) {
    display_ready(id, to_rgba(sample_scene(*photo->sample).picture));
    return display(id);
  }
  if (photo->stage == PhotoStage::ready &&
      std::find(asked_displays_.begin(), asked_displays_.end(), id) == asked_displays_.end()) {
    asked_displays_.push_back(id);
    platform::request_display(id);
  }
  return nullptr;
}

}  // namespace camloss::ui
