// The page's visual language: colours for light and dark, fonts, and the spacing grid.
#pragma once

#include <imgui.h>

#include <array>

namespace camloss::ui {

/// Colours of one appearance. Each model has one accent, used wherever that model is meant.
struct Theme {
  bool dark = false;
  ImU32 page = 0, card = 0, border = 0, text = 0, dim = 0, track = 0, hover = 0, shadow = 0;
  ImU32 primary = 0, on_primary = 0;    // the one prominent button
  ImU32 good = 0, bad = 0, notice = 0;  // right, wrong, message
  std::array<ImU32, 2> accent{};        // baseline: orange, CAMLoss: blue (safe for colour-blind)
  std::array<ImU32, 2> accent_soft{};   // the same as a pale fill
};

struct Fonts {
  ImFont* body = nullptr;     // 16
  ImFont* strong = nullptr;   // 16, semi-bold
  ImFont* heading = nullptr;  // 20, semi-bold
  ImFont* display = nullptr;  // 27, semi-bold
};

[[nodiscard]] const Theme& theme();
[[nodiscard]] const Fonts& fonts();

/// Chooses light or dark.
void set_theme(bool dark);

/// Framebuffer pixels of one layout unit (one CSS pixel at scale 1).
[[nodiscard]] float unit();
/// Layout units → framebuffer pixels, rounded so that edges stay sharp.
[[nodiscard]] float px(float units);

/// Sets the scale and rasterises the fonts for it; true where the atlas was built anew. Not inside
/// a frame.
bool set_scale(float scale);

/// The colour with its alpha multiplied.
[[nodiscard]] ImU32 with_alpha(ImU32 colour, float alpha);
/// Relative luminance of an opaque colour (WCAG 2), 0…1.
[[nodiscard]] float luminance(ImU32 colour);
/// The one of two inks that stands out more from `fill`.
[[nodiscard]] ImU32 readable_on(ImU32 fill, ImU32 a, ImU32 b);
/// Linear mix in sRGB, t = 0 gives a.
[[nodiscard]] ImU32 mix(ImU32 a, ImU32 b, float t);

}  // namespace camloss::ui
