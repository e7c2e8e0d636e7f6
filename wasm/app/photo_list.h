// The photos: order and selection, the networks' inputs that are kept, display copies and thumbnails.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "shared/picture/resample.h"
#include "wasm/app/app_state.h"

namespace camloss::ui {

class PhotoList {
 public:
  // -- what there is --
  [[nodiscard]] const std::vector<Photo>& all() const { return photos_; }
  [[nodiscard]] std::size_t size() const { return photos_.size(); }
  [[nodiscard]] bool empty() const { return photos_.empty(); }
  [[nodiscard]] const Photo* find(PhotoId id) const;
  [[nodiscard]] Photo* find(PhotoId id);
  [[nodiscard]] std::optional<std::size_t> place(PhotoId id) const;
  [[nodiscard]] bool only_samples() const;
  /// For the analysis, which fills in results.
  [[nodiscard]] std::span<Photo> each() { return photos_; }

  // -- order and selection --
  Photo& add(Photo photo);
  void insert(std::size_t place, Photo photo);
  /// Takes a photo out. Where it was selected, the next one is, or the last one.
  std::optional<Photo> take(PhotoId id);
  /// Takes out one that could not be read. Where it was selected: on to the next of the same batch, else back to what
  /// was shown before it.
  void drop_failed(PhotoId id);
  /// Takes out what has not been read yet. Returns how many there were.
  std::size_t drop_waiting();
  void clear();
  [[nodiscard]] const Photo* selected() const;
  [[nodiscard]] std::optional<PhotoId> selected_id() const { return selected_; }
  /// Returns whether that changed anything.
  bool select(PhotoId id);
  bool select_relative(int step);
  /// Selects where there is such a photo.
  void select_present(PhotoId id);
  /// Something is selected wherever there are photos.
  void keep_selection();

  // -- inputs --
  /// Keeps the network's input of each size that is not there yet; other sizes go.
  void store_inputs(Photo& photo, ImageView pixels, std::span<const int> sizes);
  /// Lets inputs go, the oldest first, where they take more than kInputBytes and are not `needed`.
  void trim_inputs(const std::function<bool(const Photo&)>& needed);

  // -- pictures for the screen --
  void set_thumbnail(PhotoId id, Image thumbnail);
  void display_ready(PhotoId id, Image picture, std::uint64_t frame);
  /// The display copy if it is there; otherwise asks for it and returns nothing.
  const DisplayCopy* display(PhotoId id, std::uint64_t frame);
  /// Where no display copy can be had any more, the thumbnail stands in.
  void display_failed(PhotoId id, std::uint64_t frame);
  /// The thumbnail's texture if there is a thumbnail.
  const Texture* thumbnail(PhotoId id);
  /// Lets the textures of photos outside [first, last) go.
  void keep_thumbnails(std::size_t first, std::size_t last);
  [[nodiscard]] bool awaits_display() const { return !asked_displays_.empty(); }
  void forget_textures();

 private:
  std::vector<Photo> photos_;
  std::optional<PhotoId> selected_;
  std::optional<PhotoId> before_;  // what was shown before the selected photo
  std::vector<DisplayCopy> displays_;
  std::vector<PhotoId> asked_displays_;
  ResampleScratch scratch_;
  std::vector<float> planes_;  // (3, S, S)
};

/// An embedded sample with its thumbnail, without inputs.
[[nodiscard]] Photo make_sample(int number);

}  // namespace camloss::ui
