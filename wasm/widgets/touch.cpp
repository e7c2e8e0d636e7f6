// A finger that moves before it is lifted scrolls the window under it, and glides on a little.
#include "wasm/widgets/touch.h"

#include <imgui_internal.h>

#include <cmath>

#include "wasm/widgets/theme.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr float kTapDistance = 9;  // layout units a finger may stray in a tap

enum class Mode { idle, undecided, scrolling, dragging };

struct State {
  Mode mode = Mode::idle;
  ImVec2 start, last;
  ImVec2 pending{0, 0};   // movement not yet scrolled
  ImVec2 velocity{0, 0};  // pixels a frame
} touch_state;

void mouse_to(ImVec2 at) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
  io.AddMousePosEvent(at.x, at.y);
}

}  // namespace

void touch(TouchPhase phase, ImVec2 at) {
  ImGuiIO& io = ImGui::GetIO();
  switch (phase) {
    case TouchPhase::down:
      touch_state = {};
      touch_state.start = touch_state.last = at;
      mouse_to(at);
      touch_state.mode = in_drag_area(at) ? Mode::dragging : Mode::undecided;
      if (touch_state.mode == Mode::dragging) io.AddMouseButtonEvent(0, true);
      break;
    case TouchPhase::move:
      if (touch_state.mode == Mode::undecided &&
          std::hypot(at.x - touch_state.start.x, at.y - touch_state.start.y) > px(kTapDistance)) {
        touch_state.mode = Mode::scrolling;
        touch_state.last = at;
      }
      if (touch_state.mode == Mode::dragging) mouse_to(at);
      if (touch_state.mode == Mode::scrolling) {
        touch_state.pending = {touch_state.pending.x + at.x - touch_state.last.x,
                               touch_state.pending.y + at.y - touch_state.last.y};
        touch_state.last = at;
      }
      break;
    case TouchPhase::up:
    case TouchPhase::cancel:
      if (touch_state.mode == Mode::dragging) io.AddMouseButtonEvent(0, false);
      if (touch_state.mode == Mode::undecided && phase == TouchPhase::up) {
        mouse_to(touch_state.start);
        io.AddMouseButtonEvent(0, true);
        io.AddMouseButtonEvent(0, false);
      }
      if (touch_state.mode != Mode::scrolling) touch_state.velocity = {0, 0};
      touch_state.mode = Mode::idle;
      io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
      break;
  }
}

void scroll_by_touch() {
  ImVec2 move = touch_state.pending;
  touch_state.pending = {0, 0};
  if (touch_state.mode == Mode::scrolling) {
    touch_state.velocity = {touch_state.velocity.x * 0.5F + move.x * 0.5F,
                            touch_state.velocity.y * 0.5F + move.y * 0.5F};
  } else if (touch_state.mode == Mode::idle) {
    move = touch_state.velocity;
    touch_state.velocity = {touch_state.velocity.x * 0.92F, touch_state.velocity.y * 0.92F};
    if (std::hypot(touch_state.velocity.x, touch_state.velocity.y) < 0.5F)
      touch_state.velocity = {0, 0};
  }
  if (move.x == 0 && move.y == 0) return;
  ImGuiWindow* window = ImGui::GetCurrentContext()->HoveredWindow;
  while (window != nullptr) {
    const bool down = window->ScrollMax.y > 0 && std::abs(move.y) >= std::abs(move.x);
    const bool across = window->ScrollMax.x > 0 && std::abs(move.x) > std::abs(move.y);
    if (down) ImGui::SetScrollY(window, window->Scroll.y - move.y);
    if (across) ImGui::SetScrollX(window, window->Scroll.x - move.x);
    if (down || across) return;
    window = window->ParentWindow;
  }
}

bool touch_active() {
  return touch_state.mode != Mode::idle || touch_state.velocity.x != 0 ||
         touch_state.velocity.y != 0;
}

}  // namespace camloss::ui
