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
/// The verdict under the view's threshold of sureness (ViewOptions::sure_from).
[[nodiscard]] Verdict verdict_of(const App& app, const PhotoResult& result);
/// Whether the model is sure: its likelier class has more than the view's threshold.
[[nodiscard]] bool is_sure(const App& app, const PhotoResult& result);
/// "orca", or "leans to orca" where the model is not sure.
[[nodiscard]] std::string answer_text(const App& app, const Photo* photo, Slot slot,
                                      const PhotoResult& result);
/// The same where there is little room: "orca", or "orca?".
[[nodiscard]] std::string answer_in_short(const App& app, const Photo* photo, Slot slot,
                                          const PhotoResult& result);
/// "Sure and right", "Unsure", "Wrong" in that order: what every row and every summary counts.
enum class Outcome { right, unsure, wrong };
/// Nothing where the truth is unknown.
[[nodiscard]] std::optional<Outcome> outcome(const App& app, const Photo& photo,
                                             const PhotoResult& result);
/// Whether the verdict names the true class; nothing where truth is unknown or the model undecided.
[[nodiscard]] std::optional<bool> is_right(const App& app, const Photo& photo,
                                           const PhotoResult& result);
/// The sentences that say what the two models do differently: claims, then where their evidence lies.
[[nodiscard]] std::string difference_sentence(const App& app, const Photo& photo);
/// "Baseline wrongly says orca; CAMLoss rightly says leopard."
[[nodiscard]] std::string claim_sentence(const App& app, const Photo& photo);
/// "Baseline’s evidence is spread over the whole picture; CAMLoss’s lies nearer the middle (35 % …)."; may be empty
[[nodiscard]] std::string evidence_sentence(const App& app, const Photo& photo);

/// What the photos show, for sentences: "animal" for the shipped models' classes, "subject" for any others.
[[nodiscard]] std::string subject_word(const App& app);
/// "without the animal", "without the background" or "the whole photo"
[[nodiscard]] std::string hidden_words(const App& app, Hidden hidden);
/// What the view leaves out of the photo: only the comparison does.
[[nodiscard]] Hidden hidden_here(const App& app);
/// What both models say of the photo once something is hidden, against what they said of all of it: "Without the animal
/// the baseline still says orca (98 %); CAMLoss is no longer sure (leopard 57 %)." Empty while an answer is missing.
[[nodiscard]] std::string proof_sentence(const App& app, const Photo& photo, Hidden hidden);
/// The same in few words: "Without the animal: baseline orca 98 %, CAMLoss leopard? 57 %."
[[nodiscard]] std::string proof_in_short(const App& app, const Photo& photo, Hidden hidden);
/// Which of the two says most: what is hidden in the view, else where only the baseline is carried by the background.
[[nodiscard]] Hidden telling_part(const App& app, const Photo& photo);
/// "4 points less orca than before", "No change"
[[nodiscard]] std::string change_text(const App& app, const Photo& photo, Slot slot,
                                      const PhotoResult& now);
/// "Of 40 photos they differ on 6."; empty where there are fewer than two photos of the user's with both answers
[[nodiscard]] std::string drop_summary(const App& app);
/// Whether the two models say different things, or are not equally sure of the same.
[[nodiscard]] bool they_differ(const App& app, const Photo& photo);
/// The text without its middle where it is longer than `longest` bytes.
[[nodiscard]] std::string without_middle(std::string_view text, std::size_t longest);
/// "leopard or orca"
[[nodiscard]] std::string class_list(const App& app);

}  // namespace camloss::ui
