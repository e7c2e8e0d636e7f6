// The application: takes photos and weights in, runs the models a little each frame, and holds what the views show.
// Views read it through const functions; whatever changes goes through a function that names the change.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/app/app_state.h"
#include "wasm/app/banners.h"
#include "wasm/app/comparison.h"
#include "wasm/app/heat.h"
#include "wasm/app/history.h"
#include "wasm/app/photo_list.h"
#include "wasm/widgets/point.h"

namespace camloss::ui {

/// Where the picture of the view goes.
enum class PngFor { file, clipboard };

class App {
 public:
  // -- from the platform: start and frames --
  /// Draws the samples and, where the link names something, takes that up.
  /// @param link  "sample=…&method=…"
  void start(std::string_view link);
  /// Takes up a link while the page is open. Models and photo stay where it names none, or none that is there.
  void follow_link(std::string_view link);
  /// Analyses waiting photos for about `budget` ms. Returns whether anything remains to be done.
  bool work(double budget);
  /// Whether frames must be drawn without any input (something spins, a banner is about to vanish).
  [[nodiscard]] bool animating() const;
  /// Whether what the last frame found is still to be written out, which work() does.
  [[nodiscard]] bool untold() const { return mirror_dirty_ || link_dirty_; }
  /// The graphics context was lost and is back.
  void context_restored();
  /// Counts a frame; what was hovered in the last one holds for this one.
  void begin_frame();
  /// @param milliseconds of the last frame: analysis and drawing, without the graphics card
  void frame_took(double milliseconds) { frame_ms_ = milliseconds; }

  // -- from the platform: photos --
  void photo_added(PhotoId id, std::string name, std::string label);
  /// The same of a photo that an earlier visit kept: nobody has just dropped it, so what is shown stays.
  void photo_restored(PhotoId id, std::string name, std::string label);
  /// Shows a photo that has just been added, as nobody's choice: of several that came together the most telling one is
  /// shown once all are analysed.
  void show_added(PhotoId id);
  /// Full-resolution pixels; they are read during the call only. `file_width` x `file_height` is
  /// what the file holds.
  void photo_pixels(PhotoId id, ImageView pixels, int file_width, int file_height);
  void photo_thumbnail(PhotoId id, Image thumbnail);
  void display_ready(PhotoId id, Image picture);
  /// What had been done to a photo in an earlier visit, before the photo is shown; not part of the history, and no change.
  void restore_probe(PhotoId id, ProbeChange change);
  /// Takes the photo away and says why.
  /// @param reason  e.g. "is not a picture that can be read"
  void photo_failed(PhotoId id, std::string_view reason);
  void message(std::string_view text, bool is_error);
  /// Whether something is held over the page.
  void set_dragging(bool on) { dragging_files_ = on; }

  // -- from the platform: weights; a ticket is what load_weights was called with --
  void set_pairs(std::vector<WeightsPair> pairs);
  void weights_progress(int ticket, float share);
  void weights_arrived(int ticket, std::string path, std::span<const std::uint8_t> bytes);
  void weights_failed(int ticket, std::string_view path, std::string_view reason);
  /// Own weights, dropped together: one or two files.
  void own_weights(std::vector<OwnFile> files);

  // -- changes, from the views --
  void select(PhotoId id);
  void select_relative(int step);
  /// Something is selected wherever there are photos.
  void keep_selection();
  void remove_selected();
  void remove(std::span<const PhotoId> ids);
  /// Says what photos show: one of the models' classes, or nothing that is known.
  void set_truth(PhotoId id, std::optional<int> truth);
  void set_truths(std::span<const PhotoId> ids, std::optional<int> truth);
  /// Back to the samples. That can be undone, what was done before it no longer.
  void clear_photos();
  void undo();
  void redo();
  /// A pair that the user wants; it stays whatever photos come.
  void use_pair(int index);
  void set_view(const ViewOptions& view);
  void set_page(Page page);
  void set_method(std::optional<Method> method);
  void set_table(const TableOptions& table) { table_ = table; }
  /// Changes the selected photo in the probes. Until end_gesture all changes are one step of the history.
  void set_probe(ProbeChange change);
  void end_gesture() { gesture_ = false; }
  void set_probe_tool(ProbeTool tool) { probe_tool_ = tool; }
  void set_hover(Point at) { hover_next_ = at; }
  void show_help(bool on) { help_open_ = on; }
  void close_banner(std::size_t index) { banners_.close(index); }
  void cancel_waiting();
  /// Fetches the weights that could not be fetched once more.
  void retry_weights();
  /// Copies the address of what is shown; a photo of the user's own is not in it, which is said.
  void copy_link();
  /// The view of all photos, those first on which the models differ most.
  void show_differences();
  void set_close_look(const CloseLook& look);
  void export_csv() const;
  void request_png(PngFor purpose = PngFor::file);
  /// What a picture is to be drawn for now; asked once.
  [[nodiscard]] std::optional<PngFor> take_png_request();
  /// Whether the platform keeps photos for the next visit.
  void set_keeping(bool on);
  /// The answer of both models to the probes, made anew where the change or the photo is another.
  const ProbeAnswer& answer_probe();
  /// The answer of both models to the photo without its subject and without what is around it, made anew where photo,
  /// models or paint are others.
  const ProofAnswer& answer_proof();
  void set_hidden(Hidden hidden);
  /// The display copy if it is there; otherwise asks for it and returns nothing.
  const DisplayCopy* display(PhotoId id) { return photos_.display(id, frame_); }
  const Texture* thumbnail(PhotoId id) { return photos_.thumbnail(id); }
  void keep_thumbnails(std::size_t first, std::size_t last) {
    photos_.keep_thumbnails(first, last);
  }
  [[nodiscard]] HeatCache& heat() { return heat_; }

  // -- what is shown --
  [[nodiscard]] const PhotoList& photos() const { return photos_; }
  [[nodiscard]] const Photo* selected() const { return photos_.selected(); }
  [[nodiscard]] const Comparison& comparison() const { return comparison_; }
  [[nodiscard]] const Banners& banners() const { return banners_; }
  [[nodiscard]] const ViewOptions& view() const { return view_; }
  [[nodiscard]] const TableOptions& table() const { return table_; }
  [[nodiscard]] const ProbeChange& probe() const { return probe_; }
  [[nodiscard]] const ProbeTool& probe_tool() const { return probe_tool_; }
  [[nodiscard]] const ProbeAnswer& probe_answer() const { return probe_answer_; }
  [[nodiscard]] bool keeping() const { return keeping_; }
  [[nodiscard]] const CloseLook& close_look() const { return close_look_; }
  [[nodiscard]] const ProofAnswer& proof() const { return proof_; }
  /// What was painted over a photo: its subject, where anything was. Unit coordinates of the photo itself, whereas the
  /// probe's strokes lie on the moved one.
  [[nodiscard]] static std::vector<Stroke> painted_on(const Photo& photo);
  [[nodiscard]] bool help_open() const { return help_open_; }
  [[nodiscard]] bool dragging_files() const { return dragging_files_; }
  /// Unit coordinates of the photo under the pointer: as of the last frame, so that every panel
  /// marks the same cell.
  [[nodiscard]] const std::optional<Point>& hover() const { return hover_; }
  [[nodiscard]] std::string undo_name() const { return history_.undo_name(); }
  [[nodiscard]] std::string redo_name() const { return history_.redo_name(); }
  [[nodiscard]] std::uint64_t frame() const { return frame_; }
  [[nodiscard]] double frame_ms() const { return frame_ms_; }
  [[nodiscard]] int waiting() const;  // photos without their results yet

  // -- of the selected photo's models --
  [[nodiscard]] const ModelPair& pair() const { return comparison_.judge_of(selected()); }
  [[nodiscard]] const ModelSlot& slot(Slot slot) const { return pair().slots[slot]; }
  [[nodiscard]] Method method_of(Slot slot) const;
  [[nodiscard]] std::vector<Method> methods() const { return comparison_.methods(pair()); }
  [[nodiscard]] const std::vector<std::string>& classes() const {
    return comparison_.classes(pair());
  }
  [[nodiscard]] std::string label_name(Slot slot, int label) const;

  // -- of any photo --
  [[nodiscard]] std::optional<int> truth(const Photo& photo) const {
    return comparison_.truth(photo);
  }
  [[nodiscard]] const PhotoResult* result(const Photo& photo, Slot slot) const {
    return comparison_.result(photo, slot);
  }
  /// Whether no answer can come: the file is gone, and with it what the model would be shown.
  [[nodiscard]] bool out_of_reach(const Photo& photo, Slot slot) const;
  /// Whether the user may say what the photo shows: of the samples it is known.
  [[nodiscard]] bool asks_for_truth(const Photo& photo) const;

 private:
  void add_samples();
  /// Has the models loaded that suit the photos, and says so where that is news.
  void follow_photos();
  void models_changed();
  /// The samples' inputs for the models that judge them.
  void refresh_samples();
  /// Once, when the first photo could be read: that drawings and photos have models of their own.
  void tell_of_photo_models();
  /// "orca.jpg", or "3 photos"
  [[nodiscard]] std::string name_of(std::span<const PhotoId> ids) const;
  void remember(Deed deed);
  /// Frees what the platform keeps of photos that can no longer come back.
  void forget_lost();
  /// One sentence for those who do not see the canvas.
  void say(std::string_view sentence);
  void take_out(Removal& removal);
  void bring_back(Removal& removal);
  /// Returns how many of the photos are no longer there.
  std::size_t relabel(const Labelling& labelling, bool forward);
  /// The probes are those of the selected photo from now on.
  void follow_probe();
  void put_probe(Photo& photo, ProbeChange change);
  /// Forgets what the proof says of another photo, other paint or other models.
  void follow_proof();
  void apply(Deed& deed, bool forward);
  /// One own file takes one side only, which is said.
  void tell_of_single(const std::string& file);
  /// Returns whether there is such a sample.
  bool select_sample(std::string_view name);
  void use_pair_named(std::string_view name);
  /// What is shown has changed: link and mirror are to be written anew.
  void view_changed();
  void write_link();
  void mirror();
  bool analyse_one();
  [[nodiscard]] bool wants_result(const Photo& photo, Slot slot) const;
  void want_input(Photo& photo);
  /// Picks the photo on which the two models differ most; of those, where there are any.
  void select_most_telling(std::span<const PhotoId> among);
  /// All photos of a drop are analysed: the table sorts by difference and the most telling one is shown.
  void finish_drop();

  PhotoList photos_;
  Comparison comparison_;
  Banners banners_;
  ViewOptions view_;
  TableOptions table_;
  ProbeChange probe_;
  ProbeTool probe_tool_;
  ProbeAnswer probe_answer_;
  bool probe_changed_ = true;
  ProofAnswer proof_;
  std::vector<Stroke> proof_strokes_;
  CloseLook close_look_;
  bool gesture_ = false;  // changes of the probe belong to the last step of the history
  History history_;
  HeatCache heat_;
  bool help_open_ = false, dragging_files_ = false;
  std::optional<Point> hover_, hover_next_;
  std::uint64_t frame_ = 0;
  double frame_ms_ = 0;
  std::string wanted_weights_;   // named by the link before the list of pairs was there
  bool choose_telling_ = false;  // until the samples are analysed or the user picks something
  bool link_dirty_ = false, mirror_dirty_ = true, keeping_ = false;
  std::optional<PngFor> png_requested_;
  bool told_of_photo_models_ = false;
  int most_waiting_ = 0;        // since all was analysed last
  std::vector<PhotoId> drop_;   // added since all were last analysed
  bool choose_in_drop_ = true;  // until the user picks something
  double mirrored_at_ = -1e9;
  std::string said_;  // of the selected photo
};

}  // namespace camloss::ui
