// Masks of subject and surroundings, filled by the core; and App's part that asks the models.
#include "wasm/app/proof.h"

#include <algorithm>

#include "shared/maps/kernel.h"
#include "shared/picture/fill.h"
#include "wasm/app/app.h"
#include "wasm/app/probe.h"

namespace camloss::ui {

std::vector<std::uint8_t> hidden_mask(Hidden hidden, std::span<const Stroke> strokes, int width,
                                      int height, float aspect) {
  std::vector<std::uint8_t> mask =
      strokes.empty() ? middle_mask(width, height) : painted_mask(strokes, width, height, aspect);
  if (hidden == Hidden::nothing) std::fill(mask.begin(), mask.end(), std::uint8_t{0});
  if (hidden == Hidden::surroundings) {
    for (std::uint8_t& m : mask) m = m != 0 ? 0 : 255;
  }
  return mask;
}

PackedInput hidden_input(const PackedInput& input, int side, Hidden hidden,
                         std::span<const Stroke> strokes, float aspect) {
  PackedInput out = input;
  fill_packed(out, hidden_mask(hidden, strokes, side, side, aspect), side);
  return out;
}

void hidden_picture(const Image& picture, int longest, Hidden hidden,
                    std::span<const Stroke> strokes, Image& out) {
  probed_picture(picture, longest, {}, out);
  const float aspect = static_cast<float>(out.width) / static_cast<float>(out.height);
  fill_hole(out, hidden_mask(hidden, strokes, out.width, out.height, aspect));
}

namespace {
constexpr int kProofPicture = 640;  // longer side on the screen; pixels
}  // namespace

std::vector<Stroke> App::painted_on(const Photo& photo) {
  std::vector<Stroke> strokes = photo.probe.strokes;
  const float aspect =
      photo.height > 0 ? static_cast<float>(photo.width) / static_cast<float>(photo.height) : 1;
  for (Stroke& s : strokes) {
    s.x -= photo.probe.shift_x;
    s.y -= photo.probe.shift_y;
  }
  const auto outside = [](float at, float radius) { return at + radius <= 0 || at - radius >= 1; };
  std::erase_if(strokes, [&](const Stroke& s) {
    return outside(s.x, s.radius) || outside(s.y, s.radius * aspect);
  });
  return strokes;
}

void App::follow_proof() {
  if (proof_.photo == 0) return;
  const Photo* photo = selected();
  if (photo == nullptr || proof_.photo != photo->id || painted_on(*photo) != proof_strokes_) {
    proof_.photo = 0;
    proof_.no_subject = {};
    proof_.no_surroundings = {};
    proof_.texture.clear();
    mirror_dirty_ = true;
    return;
  }
  for (const Slot slot : kBothSlots) {
    const ModelSlot& m = comparison_.model(photo, slot);
    for (auto* results : {&proof_.no_subject, &proof_.no_surroundings}) {
      auto& r = (*results)[slot];
      if (!r || (m.model && r->generation == m.generation)) continue;
      r.reset();
      mirror_dirty_ = true;
    }
  }
}

const ProofAnswer& App::answer_proof() {
  const Photo* photo = selected();
  if (photo == nullptr) return proof_;
  follow_proof();
  if (proof_.photo == 0) {
    proof_.photo = photo->id;
    proof_strokes_ = painted_on(*photo);
    proof_.painted = !proof_strokes_.empty();
  }
  const std::span<const Stroke> strokes = proof_strokes_;
  if (photo->stage != PhotoStage::ready || photo->width <= 0 || photo->height <= 0) return proof_;
  const float aspect = static_cast<float>(photo->width) / static_cast<float>(photo->height);
  for (const Slot slot : kBothSlots) {
    const ModelSlot& m = comparison_.model(photo, slot);
    for (const Hidden hidden : {Hidden::subject, Hidden::surroundings}) {
      auto& r = hidden == Hidden::subject ? proof_.no_subject[slot] : proof_.no_surroundings[slot];
      if (!m.model) {
        r.reset();
        continue;
      }
      // The map is made by the chosen method only where it is seen: occlusion takes a while.
      const bool seen = view_.hidden == hidden && view_.page == Page::compare;
      const auto wish = seen ? view_.method : std::nullopt;
      const bool fresh = r && r->generation == m.generation &&
                         (!seen || r->method == comparison_.method_of(m, wish));
      if (fresh) continue;
      const int side = m.model->info().input_size;
      const auto input = photo->inputs.find(side);
      if (input == photo->inputs.end()) {
        want_input(*photos_.find(photo->id));
        continue;
      }
      r = comparison_.explain(*photo, slot,
                              hidden_input(input->second, side, hidden, strokes, aspect), wish);
      mirror_dirty_ = true;
    }
  }
  if (view_.hidden == Hidden::nothing) {
    proof_.texture.clear();
    proof_.shown = Hidden::nothing;
    return proof_;
  }
  const DisplayCopy* copy = display(photo->id);
  if (copy == nullptr || (proof_.texture.filled() && proof_.shown == view_.hidden)) return proof_;
  hidden_picture(copy->image, kProofPicture, view_.hidden, strokes, proof_.picture);
  proof_.texture.fill(proof_.picture.pixels, proof_.picture.width, proof_.picture.height, false);
  proof_.shown = view_.hidden;
  return proof_;
}

void App::set_hidden(Hidden hidden) {
  ViewOptions view = view_;
  view.hidden = hidden;
  set_view(view);
}

}  // namespace camloss::ui
