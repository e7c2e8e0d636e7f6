// The application: takes photos and weights in, runs the models a little each frame, and draws the
// views.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.h"
#include "shared/picture/resample.h"
#include "shared/weights/weights.h"
#include "wasm/app/app_state.h"
#include "wasm/app/heat.h"

namespace camloss::ui {

class App {
 public:
  App();

  // -- from the platform: start and frames --
  /// Draws the samples and, where the link names something, takes that up. @param link
  /// "sample=…&method=…"
  void start(std::string_view link);
  /// Takes up what the link names; all else stays.
  void apply_link(std::string_view link);
  /// Draws one frame between ImGui::NewFrame and ImGui::Render.
  void draw();
  /// Analyses waiting photos for about `budget` ms. Returns whether anything remains to be done.
  bool work(double budget);
  /// Whether frames must be drawn without any input (something spins, a banner is about to vanish).
  [[nodiscard]] bool animating() const;
  /// The graphics context was lost and is back.
  void context_restored();

  // -- from the platform: photos --
  void photo_added(PhotoId id, std::string name, std::string label);
  /// Full-resolution pixels; they are read during the call only. `file_width` x `file_height` is
  /// what the file holds.
  void photo_pixels(PhotoId id, ImageView pixels, int file_width, int file_height);
  void photo_thumbnail(PhotoId id, Image thumbnail);
  void display_ready(PhotoId id, Image picture);
  /// Takes the photo away and says why. @param reason e.g. "is not a picture that can be read"
  void photo_failed(PhotoId id, std::string_view reason);
  void message(std::string_view text, bool is_error);

  // -- from the platform: weights --
  void set_pairs(std::vector<WeightsPair> pairs);
  void weights_progress(int slot, float share);
  void weights_arrived(int slot, std::string path, std::span<const std::uint8_t> bytes);
  void weights_failed(int slot, std::string_view path, std::string_view reason);
  /// Own weights, dropped together: one or two files.
  struct OwnFile {
    std::string name;
    std::vector<std::uint8_t> bytes;
  };
  void own_weights(std::vector<OwnFile> files);

  // -- from the views --
  void select(PhotoId id);
  void select_relative(int step);
  void remove_selected();
  /// Whether the user may say what the photo shows: of the samples it is known.
  [[nodiscard]] bool asks_for_truth(const Photo& photo) const;
  /// Says what such a photo shows: one of the models' classes, or nothing that is known.
  void set_truth(PhotoId id, std::optional<int> truth);
  void clear_photos();
  /// A pair that the user wants; it stays whatever photos come.
  void use_pair(int index);
  void set_method(std::optional<Method> method);
  void cancel_waiting();
  void export_csv();
  void request_png();
  void view_changed();  // the link is to be written anew
  /// Picks the photo on which the two models differ most.
  void select_most_telling();

  [[nodiscard]] AppState& state() { return state_; }
  [[nodiscard]] const AppState& state() const { return state_; }
  [[nodiscard]] Photo* find(PhotoId id);
  [[nodiscard]] Photo* selected();
  /// The display copy if it is there; otherwise asks for it and returns nothing.
  DisplayCopy* display(PhotoId id);
  [[nodiscard]] Method method_of(int slot) const;
  /// Methods that at least one of the loaded models has, in menu order.
  [[nodiscard]] std::vector<Method> methods() const;
  /// Names of the two classes (of the first loaded model).
  [[nodiscard]] const std::vector<std::string>& classes() const;
  [[nodiscard]] std::string label_name(int slot, int label) const;
  /// The index of a photo's true class; nothing where the models do not know it.
  [[nodiscard]] std::optional<int> truth(const Photo& photo) const;
  [[nodiscard]] const PhotoResult* result(const Photo& photo, int slot) const;
  [[nodiscard]] int waiting() const;  // photos without their results yet
  [[nodiscard]] HeatCache& heat() { return heat_; }
  /// Runs a model on a packed input.
  std::optional<PhotoResult> explain(int slot, const PackedInput& input);
  [[nodiscard]] bool take_png_request();
  /// Has a photo decoded once more whose inputs are not there for the models of the moment.
  void want_input(Photo& photo);

 private:
  void add_samples();
  void load_pair(int index);
  /// Where nobody has chosen weights: those that suit what is shown, the samples or photos.
  void follow_photos();
  /// On the canvas alone; `message` tells assistive technology, too.
  void show_banner(std::string_view text, bool is_error);
  void refresh_sample_inputs();
  void write_link();
  void mirror();
  void keyboard();
  bool analyse_one();
  [[nodiscard]] bool wants_result(const Photo& photo, int slot) const;
  void install(int slot, std::string path, const CheckedWeights& weights, bool own);
  void clear_results(int slot);
  void store_input(Photo& photo, ImageView pixels);
  /// Lets inputs go, the oldest first, where they take more than kInputBytes.
  void trim_inputs();
  [[nodiscard]] std::vector<int> input_sizes() const;

  AppState state_;
  HeatCache heat_;
  std::vector<DisplayCopy> displays_;
  std::vector<PhotoId> asked_displays_;
  ResampleScratch scratch_;
  std::vector<float> planes_;  // (3, S, S)
  std::uint64_t next_serial_ = 1;
  std::string wanted_weights_;  // named by the link before the list of pairs was there
  std::string wanted_sample_;
  std::optional<PhotoId> before_;  // what was shown before the selected photo
  bool pair_chosen_ = false;       // by the user or the link; otherwise it follows the photos
  bool choose_telling_ = false;    // until the samples are analysed or the user picks something
  bool link_dirty_ = false;
  bool mirror_dirty_ = true;
  bool png_requested_ = false;
  double mirrored_at_ = -1e9;
  std::string mirrored_;
};

/// Ids of the embedded samples start here; the platform's ids are below.
inline constexpr PhotoId kFirstSampleId = 0x40000000;

/// `camloss.state()` as JSON (design of the page, section 10 of the specification).
[[nodiscard]] std::string state_json(const App& app);
/// The results as plain text for assistive technology.
[[nodiscard]] std::string results_text(const App& app);
/// One line a photo, with a header.
[[nodiscard]] std::string results_csv(const App& app);

}  // namespace camloss::ui
