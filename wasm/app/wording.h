// The page's sentences and figures as text: one place, used by views, mirror and export.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wasm/app/app.h"

namespace camloss::ui {

/// "71 %", with a no-break space; "–" where there is no figure.
[[nodiscard]] std::string percent(std::optional<float> share);
/// Fixed decimals with a real minus sign.
[[nodiscard]] std::string number(double value, int decimals);
/// "1.2e-06" style for residuals.
[[nodiscard]] std::string scientific(double value);
/// With the first letter as a capital.
[[nodiscard]] std::string capital(std::string_view text);

/// "leopard", "orca" or "undecided".
[[nodiscard]] std::string verdict_name(const App& app, const Photo* photo, Slot slot,
                                       const PhotoResult& result);
/// Whether the model is sure: its likelier class has more than kUndecidedBelow.
[[nodiscard]] bool is_sure(const PhotoResult& result);
/// "orca", or "leans to orca" where the model is not sure.
[[nodiscard]] std::string answer_text(const App& app, const Photo* photo, Slot slot,
                                      const PhotoResult& result);
/// "Sure and right", "Unsure", "Wrong" in that order: what every row and every summary counts.
enum class Outcome { right, unsure, wrong };
/// Nothing where the truth is unknown.
[[nodiscard]] std::optional<Outcome> outcome(const App& app, const Photo& photo,
                                             const PhotoResult& result);
/// Whether the verdict names the true class; nothing where truth is unknown or the model undecided.
[[nodiscard]] std::optional<bool> is_right(const App& app, const Photo& photo,
                                           const PhotoResult& result);
/// The sentence that says what the two models do differently.
[[nodiscard]] std::string difference_sentence(const App& app, const Photo& photo);
/// The text without its middle where it is longer than `longest` bytes.
[[nodiscard]] std::string without_middle(std::string_view text, std::size_t longest);
/// "leopard or orca"
[[nodiscard]] std::string class_list(const App& app);

}  // namespace camloss::ui
