// Names in scripts that the embedded fonts lack: each run of such letters becomes one glyph, painted by the platform.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace camloss::ui {

/// A painted run of text.
struct TextPicture {
  int width = 0, height = 0;         // pixels
  float ascent = 0;                  // from the top to the baseline, pixels
  float advance = 0;                 // to the next letter, pixels
  bool coloured = false;             // as emoji are; otherwise white with alpha
  std::vector<std::uint8_t> pixels;  // RGBA, straight alpha
};

/// Paints a run in a font of the system, `size` pixels high. An empty picture: it cannot be painted.
using TextPainter = TextPicture (*)(std::string_view run, float size, bool strong);

/// Without a painter such letters are drawn as question marks.
void set_text_painter(TextPainter painter);

/// The text with one private-use letter in place of each run that `font` lacks. A run that is new shows from the next
/// time the fonts are built.
[[nodiscard]] std::string drawable(ImFont* font, std::string_view text);

/// Whether runs were met that are not in the fonts yet.
[[nodiscard]] bool fonts_are_stale();
/// Before the atlas is built: room for every run of each font, in the order of the atlas' fonts.
void reserve_runs(ImFontAtlas& atlas);
/// After it: the pictures into the texture, on the baseline of the line.
void fill_runs(ImFontAtlas& atlas);

}  // namespace camloss::ui
