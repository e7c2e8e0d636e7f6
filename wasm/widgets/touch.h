// Touches as a mouse: a tap clicks, a drag scrolls, except on what is meant to be dragged.
#pragma once

#include <imgui.h>

namespace camloss::ui {

enum class TouchPhase { down, move, up, cancel };

/// A finger's event; framebuffer pixels. Only one finger counts.
void touch(TouchPhase phase, ImVec2 at);
/// Scrolls the window under the finger; after ImGui::NewFrame.
void scroll_by_touch();
/// Whether a finger is down or a scroll still glides.
[[nodiscard]] bool touch_active();

}  // namespace camloss::ui
