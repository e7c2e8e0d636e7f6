// Rectangles of the views, in framebuffer pixels, and the few operations that layouts need.
#pragma once

#include <imgui.h>

namespace camloss::ui {

struct Rect {
  float x = 0, y = 0, w = 0, h = 0;  // framebuffer pixels

  [[nodiscard]] float right() const { return x + w; }
  [[nodiscard]] float bottom() const { return y + h; }
  [[nodiscard]] ImVec2 min() const { return {x, y}; }
  [[nodiscard]] ImVec2 max() const { return {x + w, y + h}; }
  [[nodiscard]] bool contains(ImVec2 p) const {
    return p.x >= x && p.y >= y && p.x < x + w && p.y < y + h;
  }
  [[nodiscard]] Rect inset(float d) const { return {x + d, y + d, w - 2 * d, h - 2 * d}; }
};

/// The largest rectangle of a picture's aspect inside `box`, centred.
[[nodiscard]] inline Rect fit_inside(Rect box, int width, int height) {
  if (width <= 0 || height <= 0) return box;
  const float aspect = static_cast<float>(width) / static_cast<float>(height);
  float w = box.w, h = box.w / aspect;
  if (h > box.h) {
    h = box.h;
    w = h * aspect;
  }
  return {box.x + (box.w - w) / 2, box.y + (box.h - h) / 2, w, h};
}

}  // namespace camloss::ui
