// Terms that explain themselves: while the pointer rests on one, or after a long press.
#pragma once

#include <string_view>

#include "wasm/widgets/geometry.h"

namespace camloss::ui {

/// Marks that what stands at `where` has an explanation; recorded as the control "term NAME".
/// @param text  copied
void term(std::string_view name, Rect where, std::string_view text);
/// Draws the explanation that is asked for, over everything; at the end of a frame. It is recorded as the control
/// "explanation NAME".
void draw_explanation();
/// A finger comes down: the rest on whatever is under it begins anew.
void rest_anew();
/// Whether an explanation is about to appear, so that frames must be drawn.
[[nodiscard]] bool explanation_pending();
/// Whether a term of the last frame stands there.
[[nodiscard]] bool on_term(ImVec2 p);
/// Forgets the last frame's terms; called by begin_widgets.
void begin_terms();

}  // namespace camloss::ui
