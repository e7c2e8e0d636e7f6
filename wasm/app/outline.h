// What the page shows, for its real HTML structure beside the canvas.
#pragma once

#include <string>

#include "wasm/app/app.h"

namespace camloss::ui {

/// Photos that the structure lists at a time: those around the selected one.
inline constexpr std::size_t kOutlinePhotos = 200;

/// What the structure shows, as JSON. Words are those of the views.
/// @param most  photos that are listed
///
///     { weights, pairs: [name], pair: index or -1, failed: [model], classes: [name], subject, view: a link's text,
///       methods: [{ name, title }], roles: [2], undo, redo, keeping, figures: [sentence], waiting, total,
///       selected: { id, line, difference, proofs: [sentence], asks, truth: 0 | 1 | -1 } or null,
///       probe: { x, y, hue, painted: number of strokes, answers: [sentence] },
///       first: place of photos[0],
///       photos: [{ id, name, label, sample, answers: [{ answer, probability, outcome } or null, 2] }] }
[[nodiscard]] std::string outline_json(const App& app, std::size_t most = kOutlinePhotos);
/// "40 photos are analysed. The two models differ on 6."
[[nodiscard]] std::string analysed_sentence(const App& app);
/// What was said and done to one photo, to be kept: { name, label, probe: [x, y, hue, then x, y, radius of each stroke] };
/// empty where there is none of that id.
[[nodiscard]] std::string photo_record_json(const App& app, PhotoId id);

}  // namespace camloss::ui
