// Touches as a mouse: a tap clicks, a drag scrolls, except on what is meant to be dragged; two fingers enlarge.
#pragma once

#include <imgui.h>

namespace camloss::ui {

enum class TouchPhase { down, move, up, cancel };

/// A finger's event; framebuffer pixels. Only one finger counts.
void touch(TouchPhase phase, ImVec2 at);

/// What two fingers did since it was last asked.
struct Pinch {
  ImVec2 at{0, 0};     // the middle between them; framebuffer pixels
  float ratio = 1;     // how much further apart they are
  ImVec2 moved{0, 0};  // by how much that middle moved
};
void pinch(ImVec2 at, float ratio, ImVec2 moved);
[[nodiscard]] bool take_pinch(Pinch& out);

/// Whether a finger swiped across an area of record_swipe_area: −1 to the right, 1 to the left (the next one), else 0.
[[nodiscard]] int take_swipe();
/// Forgets a pinch and a swipe that nobody took; at the end of a frame, so that no later view takes them for its own.
void forget_gestures();
/// Scrolls the window under the finger; after ImGui::NewFrame.
void scroll_by_touch();
/// Whether a finger is down or a scroll still glides.
[[nodiscard]] bool touch_active();

}  // namespace camloss::ui
