// The comparison as a picture for a report: drawn at twice the size, with captions.
#pragma once

#include <optional>
#include <string>

#include "wasm/app/app.h"

namespace camloss::ui {

struct NamedImage {
  std::string name;  // a file name
  Image image;       // RGBA, opaque
};

/// Draws the selected photo's view at 2x in a frame of its own; scale and fonts are as before
/// afterwards. Not inside a frame. Nothing where the graphics
/// memory does not suffice.
[[nodiscard]] std::optional<NamedImage> draw_png(App& app);

}  // namespace camloss::ui
