// What the page's structure beside the canvas asks of the program, and the program's one application.
#pragma once

#include "wasm/app/app.h"

namespace camloss::ui {

/// The running application; it exists from app_start on.
[[nodiscard]] App& page_app();
void set_page_app(App& app);
/// Draws some frames again.
void wake();

}  // namespace camloss::ui
