// The two compared models: shipped pairs, own weights, and which pair judges which photo.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/weights/weights.h"
#include "wasm/app/app_state.h"

namespace camloss::ui {

/// Both models of a pair.
struct ModelPair {
  int index = -1;  // among the shipped pairs; -1: own weights or none
  PerSlot<ModelSlot> slots;

  [[nodiscard]] bool any_model() const;
  [[nodiscard]] bool loading() const;
};

/// Own weights as dropped.
struct OwnFile {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

/// Two pairs can be loaded at a time: one for photos, and, while nobody has chosen a pair, one for the drawn samples,
/// which keep the answers of the models made for them.
class Comparison {
 public:
  Comparison();

  // -- what there is --
  [[nodiscard]] const std::vector<WeightsPair>& shipped() const { return shipped_; }
  /// The pair that judges a photo; without a photo that of photos.
  [[nodiscard]] const ModelPair& judge_of(const Photo* photo) const;
  [[nodiscard]] const ModelSlot& model(const Photo* photo, Slot slot) const {
    return judge_of(photo).slots[slot];
  }
  [[nodiscard]] bool loading() const { return photos_.loading() || samples_.loading(); }
  [[nodiscard]] bool chosen() const { return chosen_; }
  /// Whether samples have a pair of their own at the moment.
  [[nodiscard]] bool apart() const { return apart_; }
  [[nodiscard]] std::string pair_name(const ModelPair& pair) const;

  /// The method that a model is asked for, under the user's wish.
  [[nodiscard]] Method method_of(const ModelSlot& slot, std::optional<Method> wish) const;
  /// Methods that at least one model of a pair has, in menu order.
  [[nodiscard]] std::vector<Method> methods(const ModelPair& pair) const;
  /// Names of the two classes (of the pair's first loaded model); empty without a model.
  [[nodiscard]] const std::vector<std::string>& classes(const ModelPair& pair) const;
  [[nodiscard]] std::string label_name(const Photo* photo, Slot slot, int label) const;
  /// The index of a photo's true class; nothing where the models do not know it.
  [[nodiscard]] std::optional<int> truth(const Photo& photo) const;
  /// The result where it is of the model of the moment.
  [[nodiscard]] const PhotoResult* result(const Photo& photo, Slot slot) const;
  /// Input sizes of the models that judge a photo.
  [[nodiscard]] std::vector<int> input_sizes(const Photo& photo) const;

  // -- changes --
  void set_shipped(std::vector<WeightsPair> pairs) { shipped_ = std::move(pairs); }
  /// Where nobody has chosen: has the pairs loaded that suit what is shown. Returns whether that changed anything.
  bool follow(bool has_samples, bool has_photos);
  /// A pair that the user wants; it judges everything from now on, whatever photos come.
  bool choose(int index);
  /// Fetches what could not be fetched once more.
  void retry();
  void progress(int ticket, float share);
  /// The slot that waits for that file; null where another pair was chosen meanwhile.
  [[nodiscard]] ModelSlot* awaited(int ticket, std::string_view path);
  /// Puts a model into a slot.
  void install(ModelSlot& slot, std::string path, const CheckedWeights& weights, bool own);
  /// Own weights, read and found to be of one kind: one or two.
  void use_own(std::vector<std::pair<std::string, CheckedWeights>> files);

  /// Runs a model on a packed input. Nothing where the input is of another size.
  std::optional<PhotoResult> explain(const Photo& photo, Slot slot, const PackedInput& input,
                                     std::optional<Method> wish);

 private:
  bool load(ModelPair& pair, int index);
  [[nodiscard]] ModelSlot& slot_of(const Photo* photo, Slot slot);

  std::vector<WeightsPair> shipped_;
  ModelPair photos_, samples_;
  bool chosen_ = false;  // by the user or the link; otherwise the pairs follow the photos
  bool apart_ = false;
  std::uint32_t next_generation_ = 1;
  std::uint64_t next_serial_ = 1;
  std::vector<float> planes_;  // (3, S, S)
};

/// Whether a recipe's or file's name speaks of a model trained with a map loss.
[[nodiscard]] bool speaks_of_map_loss(const CheckedWeights& weights, const std::string& name);

}  // namespace camloss::ui
