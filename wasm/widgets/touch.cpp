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
} g;

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
      g = {};
      g.start = g.last = at;
      mouse_to(at);
      g.mode = in_drag_area(at) ? Mode::dragging : Mode::undecided;
      if (g.mode == Mode::dragging) io.AddMouseButtonEvent(0, true);
      break;
    case TouchPhase::move:
      if (g.mode == Mode::undecided &&
          std::hypot(at.x - g.start.x, at.y - g.start.y) > px(kTapDistance)) {
        g.mode = Mode::scrolling;
        g.last = at;
      }
      if (g.mode == Mode::dragging) mouse_to(at);
      if (g.mode == Mode::scrolling) {
        g.pending = {g.pending.x + at.x - g.last.x, g.pending.y + at.y - g.last.y};
        g.last = at;
      }
      break;
    case TouchPhase::up:
    case TouchPhase::cancel:
      if (g.mode == Mode::dragging) io.AddMouseButtonEvent(0, false);
      if (g.mode == Mode::undecided && phase == TouchPhase::up) {
        mouse_to(g.start);
        io.AddMouseButtonEvent(0, true);
        io.AddMouseButtonEvent(0, false);
      }
      if (g.mode != Mode::scrolling) g.velocity = {0, 0};
      g.mode = Mode::idle;
      io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
      break;
  }
}

void scroll_by_touch() {
  ImVec2 move = g.pending;
  g.pending = {0, 0};
  if (g.mode == Mode::scrolling) {
    g.velocity = {g.velocity.x * 0.5F + move.x * 0.5F, g.velocity.y * 0.5F + move.y * 0.5F};
  } else if (g.mode == Mode::idle) {
    move = g.velocity;
    g.velocity = {g.velocity.x * 0.92F, g.velocity.y * 0.92F};
    if (std::hypot(g.velocity.x, g.velocity.y) < 0.5F) g.velocity = {0, 0};
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

bool touch_active() { return g.mode != Mode::idle || g.velocity.x != 0 || g.velocity.y != 0; }

}  // namespace camloss::ui
