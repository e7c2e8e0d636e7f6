// Photos in and out, and the few pictures of each that are kept.
#include "wasm/app/photo_list.h"

#include <algorithm>

#include "wasm/app/platform.h"
#include "wasm/app/samples.h"

namespace camloss::ui {
namespace {

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
Image square_thumbnail(ImageView picture, int side) {
  ResampleScratch scratch;
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

std::size_t bytes_of(const Photo& photo) {
  std::size_t bytes = 0;
  for (const auto& [side, input] : photo.inputs) bytes += input.size() * sizeof(input[0]);
  return bytes;
}

}  // namespace

Photo make_sample(int number) {
  const Image picture = sample_picture(number);
  Photo photo;
  photo.id = kFirstSampleId + static_cast<PhotoId>(number);
  photo.name = sample_name(number);
  photo.label = sample_label(number);
  photo.sample = number;
  photo.stage = PhotoStage::ready;
  photo.width = picture.width;
  photo.height = picture.height;
  photo.thumbnail = square_thumbnail(picture.view(), kThumbnailSide);
  return photo;
}

std::optional<std::size_t> PhotoList::place(PhotoId id) const {
  const auto it =
      std::find_if(photos_.begin(), photos_.end(), [id](const Photo& p) { return p.id == id; });
  if (it == photos_.end()) return std::nullopt;
  return static_cast<std::size_t>(it - photos_.begin());
}

const Photo* PhotoList::find(PhotoId id) const {
  const auto at = place(id);
  return at ? &photos_[*at] : nullptr;
}

Photo* PhotoList::find(PhotoId id) {
  const auto at = place(id);
  return at ? &photos_[*at] : nullptr;
}

bool PhotoList::only_samples() const {
  return std::all_of(photos_.begin(), photos_.end(),
                     [](const Photo& p) { return p.sample.has_value(); });
}

Photo& PhotoList::add(Photo photo) { return photos_.emplace_back(std::move(photo)); }

void PhotoList::insert(std::size_t at, Photo photo) {
  at = std::min(at, photos_.size());
  photos_.insert(photos_.begin() + static_cast<std::ptrdiff_t>(at), std::move(photo));
}

std::optional<Photo> PhotoList::take(PhotoId id) {
  const auto at = place(id);
  if (!at) return std::nullopt;
  Photo photo = std::move(photos_[*at]);
  photos_.erase(photos_.begin() + static_cast<std::ptrdiff_t>(*at));
  std::erase(asked_displays_, id);
  if (selected_ == id) {
    selected_.reset();
    if (!photos_.empty()) selected_ = photos_[std::min(*at, photos_.size() - 1)].id;
  }
  return photo;
}

void PhotoList::drop_failed(PhotoId id) {
  std::erase(asked_displays_, id);
  const auto at = place(id);
  if (!at) return;
  photos_.erase(photos_.begin() + static_cast<std::ptrdiff_t>(*at));
  if (selected_ != id) return;
  selected_.reset();
  if (*at < photos_.size()) {
    selected_ = photos_[*at].id;
  } else if (before_ && find(*before_) != nullptr) {
    selected_ = before_;
  }
}

std::size_t PhotoList::drop_waiting() {
  const std::size_t n =
      std::erase_if(photos_, [](const Photo& p) { return p.stage == PhotoStage::waiting; });
  keep_selection();
  return n;
}

void PhotoList::clear() {
  photos_.clear();
  displays_.clear();
  asked_displays_.clear();
  selected_.reset();
}

const Photo* PhotoList::selected() const { return selected_ ? find(*selected_) : nullptr; }

bool PhotoList::select(PhotoId id) {
  if (selected_ == id) return false;
  if (const Photo* old = selected(); old != nullptr && old->stage == PhotoStage::ready)
    before_ = old->id;
  selected_ = id;
  return true;
}

void PhotoList::select_present(PhotoId id) {
  if (find(id) != nullptr) select(id);
}

bool PhotoList::select_relative(int step) {
  if (photos_.empty()) return false;
  const auto last = static_cast<int>(photos_.size()) - 1;
  const int at = selected_ ? static_cast<int>(place(*selected_).value_or(0)) : 0;
  return select(photos_[static_cast<std::size_t>(std::clamp(at + step, 0, last))].id);
}

void PhotoList::keep_selection() {
  if (selected() == nullptr) selected_.reset();
  if (!selected_ && !photos_.empty()) selected_ = photos_.back().id;
}

void PhotoList::store_inputs(Photo& photo, ImageView pixels, std::span<const int> sizes) {
  std::erase_if(photo.inputs, [&](const auto& entry) {
    return std::find(sizes.begin(), sizes.end(), entry.first) == sizes.end();
  });
  for (const int side : sizes) {
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

void PhotoList::trim_inputs(const std::function<bool(const Photo&)>& needed) {
  std::size_t bytes = 0;
  for (const Photo& photo : photos_) bytes += bytes_of(photo);
  for (Photo& photo : photos_) {
    if (bytes <= kInputBytes) return;
    if (selected_ == photo.id || needed(photo)) continue;
    bytes -= bytes_of(photo);
    photo.inputs.clear();
  }
}

void PhotoList::set_thumbnail(PhotoId id, Image thumbnail) {
  if (Photo* photo = find(id)) photo->thumbnail = std::move(thumbnail);
}

void PhotoList::display_ready(PhotoId id, Image picture, std::uint64_t frame) {
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
  copy.used = frame;
  displays_.push_back(std::move(copy));
}

void PhotoList::display_failed(PhotoId id, std::uint64_t frame) {
  const Photo* photo = find(id);
  const bool awaited =
      std::find(asked_displays_.begin(), asked_displays_.end(), id) != asked_displays_.end();
  if (photo != nullptr && awaited && photo->thumbnail.width > 0)
    display_ready(id, photo->thumbnail, frame);
}

const DisplayCopy* PhotoList::display(PhotoId id, std::uint64_t frame) {
  const auto it = std::find_if(displays_.begin(), displays_.end(),
                               [id](const auto& d) { return d.photo == id; });
  if (it != displays_.end()) {
    it->used = frame;
    if (!it->texture.filled())
      it->texture.fill(it->image.pixels, it->image.width, it->image.height);
    return &*it;
  }
  const Photo* photo = find(id);
  if (photo == nullptr) return nullptr;
  if (photo->sample) {
    display_ready(id, to_rgba(sample_picture(*photo->sample)), frame);
    return display(id, frame);
  }
  if (photo->stage == PhotoStage::ready &&
      std::find(asked_displays_.begin(), asked_displays_.end(), id) == asked_displays_.end()) {
    asked_displays_.push_back(id);
    platform::request_display(id);
  }
  return nullptr;
}

const Texture* PhotoList::thumbnail(PhotoId id) {
  Photo* photo = find(id);
  if (photo == nullptr || photo->thumbnail.width <= 0) return nullptr;
  Texture& texture = photo->thumbnail_texture;
  if (!texture.filled())
    texture.fill(photo->thumbnail.pixels, photo->thumbnail.width, photo->thumbnail.height);
  return &texture;
}

void PhotoList::keep_thumbnails(std::size_t first, std::size_t last) {
  for (std::size_t i = 0; i < photos_.size(); ++i) {
    if (i < first || i >= last) photos_[i].thumbnail_texture.clear();
  }
}

void PhotoList::forget_textures() {
  for (DisplayCopy& copy : displays_) copy.texture.clear();
}

}  // namespace camloss::ui
