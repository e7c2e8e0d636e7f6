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
constexpr double kLongPress = 0.5;  // seconds after which a finger on a term reads rather than taps

enum class Mode { idle, undecided, scrolling, dragging };

struct State {
  Mode mode = Mode::idle;
  ImVec2 start, last;
  ImVec2 pending{0, 0};   // movement not yet scrolled
  ImVec2 velocity{0, 0};  // pixels a frame
  double since = 0;       // seconds
  bool may_swipe = false;
} g;
Pinch g_pinch;
bool g_pinched = false;
int g_swipe = 0;

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
      g.since = ImGui::GetTime();
      g.may_swipe = in_swipe_area(at);
      g.mode = drag_at(at) == Drag::any ? Mode::dragging : Mode::undecided;
      if (g.mode == Mode::dragging) io.AddMouseButtonEvent(0, true);
      break;
    case TouchPhase::move:
      if (g.mode == Mode::undecided &&
          std::hypot(at.x - g.start.x, at.y - g.start.y) > px(kTapDistance)) {
        // A slider takes what goes along it; what goes across it scrolls the page.
        const bool along = std::abs(at.x - g.start.x) > std::abs(at.y - g.start.y);
        g.mode = along && drag_at(g.start) == Drag::across ? Mode::dragging : Mode::scrolling;
        g.last = at;
        if (g.mode == Mode::dragging) {
          mouse_to(g.start);
          io.AddMouseButtonEvent(0, true);
        }
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
      if (g.mode == Mode::scrolling && g.may_swipe && phase == TouchPhase::up &&
          std::abs(at.x - g.start.x) > px(kSwipeDistance) &&
          std::abs(at.x - g.start.x) > 2 * std::abs(at.y - g.start.y)) {
        g_swipe = at.x < g.start.x ? 1 : -1;
      }
      if (g.mode == Mode::undecided && phase == TouchPhase::up &&
          (ImGui::GetTime() - g.since < kLongPress || !on_term(g.start))) {
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

bool touch_active() { return g.mode != Mode::idle || g.velocity.x != 0 || g.velocity.y != 0; }

}  // namespace camloss::ui
