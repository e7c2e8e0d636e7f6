// A finger that moves before it is lifted scrolls the window under it, and glides on a little.
#include "wasm/widgets/touch.h"

#include <imgui_internal.h>

#include <cmath>

#include "wasm/widgets/term.h"
#include "wasm/widgets/theme.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr float kTapDistance = 9;     // layout units a finger may stray in a tap
constexpr float kSwipeDistance = 60;  // layout units across that are a swipe
constexpr double kLongPress =
    500;  // milliseconds after which a finger on a term reads rather than taps

enum class Mode { idle, undecided, scrolling, dragging };

struct State {
  Mode mode = Mode::idle;
  ImVec2 start, last;
  ImVec2 pending{0, 0};   // movement not yet scrolled
  ImVec2 velocity{0, 0};  // pixels a frame
  double since = 0;       // milliseconds; when the finger came down
  bool may_swipe = false;
} touch_state;
Pinch g_pinch;
bool g_pinched = false;
int g_swipe = 0;

void mouse_to(ImVec2 at) {
  ImGuiIO& io = ImGui::GetIO();
  io.AddMouseSourceEvent(ImGuiMouseSource_TouchScreen);
  io.AddMousePosEvent(at.x, at.y);
}

}  // namespace

void touch(TouchPhase phase, ImVec2 at, double time) {
  ImGuiIO& io = ImGui::GetIO();
  switch (phase) {
    case TouchPhase::down:
      touch_state = {};
      touch_state.start = touch_state.last = at;
      mouse_to(at);
      touch_state.since = time;
      rest_anew();
      touch_state.may_swipe = in_swipe_area(at);
      touch_state.mode = drag_at(at) == Drag::any ? Mode::dragging : Mode::undecided;
      if (touch_state.mode == Mode::dragging) io.AddMouseButtonEvent(0, true);
      break;
    case TouchPhase::move:
      if (touch_state.mode == Mode::undecided &&
          std::hypot(at.x - touch_state.start.x, at.y - touch_state.start.y) > px(kTapDistance)) {
        // A slider takes what goes along it; what goes across it scrolls the page.
        const bool along =
            std::abs(at.x - touch_state.start.x) > std::abs(at.y - touch_state.start.y);
        touch_state.mode =
            along && drag_at(touch_state.start) == Drag::across ? Mode::dragging : Mode::scrolling;
        touch_state.last = at;
        if (touch_state.mode == Mode::dragging) {
          mouse_to(touch_state.start);
          io.AddMouseButtonEvent(0, true);
        }
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
      if (touch_state.mode == Mode::scrolling && touch_state.may_swipe && phase == TouchPhase::up &&
          std::abs(at.x - touch_state.start.x) > px(kSwipeDistance) &&
          std::abs(at.x - touch_state.start.x) > 2 * std::abs(at.y - touch_state.start.y)) {
        g_swipe = at.x < touch_state.start.x ? 1 : -1;
      }
      if (touch_state.mode == Mode::undecided && phase == TouchPhase::up &&
          (time - touch_state.since < kLongPress || !on_term(touch_state.start))) {
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

void pinch(ImVec2 at, float ratio, ImVec2 moved) {
  g_pinched = true;
  g_pinch.at = at;
  g_pinch.ratio *= ratio;
  g_pinch.moved = {g_pinch.moved.x + moved.x, g_pinch.moved.y + moved.y};
}

bool take_pinch(Pinch& out) {
  if (!g_pinched) return false;
  out = g_pinch;
  g_pinch = {};
  g_pinched = false;
  return true;
}

int take_swipe() {
  const int swipe = g_swipe;
  g_swipe = 0;
  return swipe;
}

void forget_gestures() {
  g_pinch = {};
  g_pinched = false;
  g_swipe = 0;
}

bool touch_active() {
  return touch_state.mode != Mode::idle || touch_state.velocity.x != 0 ||
         touch_state.velocity.y != 0;
}

}  // namespace camloss::ui
