// What the page says to others.
#pragma once

#include <string>

#include "wasm/app/app.h"

namespace camloss::ui {

/// `camloss.state()` as JSON (design of the page, section 10 of the specification).
[[nodiscard]] std::string state_json(const App& app);
/// One line a photo, with a header.
[[nodiscard]] std::string results_csv(const App& app);

}  // namespace camloss::ui
