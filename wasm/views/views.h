// The views: each draws itself at a place and tells its height; one file per view.
#pragma once

#include <string_view>

#include "wasm/app/app.h"
#include "wasm/widgets/geometry.h"

namespace camloss::ui {

/// Sizes of the layout that several views share; framebuffer pixels.
struct Layout {
  float width = 0, height = 0;  // of the whole window
  bool narrow = false;          // a column rather than a row
  bool tall_header = false;     // the bar at the top has two lines
  bool sidebar = false;         // controls stand beside the pictures
  bool flat = false;            // little height: one short bar, no strip, three columns
  bool exporting = false;       // drawn for a file: nothing that is there to be clicked
  float gap = 0;                // between cards
  float margin = 0;             // around everything
};

/// The bar at the top; returns its height.
float draw_header(App& app, const Layout& layout);
/// Strip of thumbnails along the bottom of `area`.
void draw_gallery(App& app, const Layout& layout, Rect area);
[[nodiscard]] float gallery_height(const Layout& layout);

/// Below that room for a view, in layout units, what can be left out gives way to the pictures.
inline constexpr float kLowRoom = 620;

/// Where a view draws: it starts at the top left of `at`, takes its width and returns the height it
/// used. `at.h` is the room: the height at which everything would be visible without scrolling;
/// pictures shrink towards it.
struct Frame {
  Layout layout;
  Rect at;
};

/// One pass of the program's loop: analysis, an export that is due, and a frame where one is wanted. The same on the
/// page and on the desktop.
/// @param frames_wanted  still to be drawn without any input; counted down
/// @return whether there is more to be done at once
bool step(App& app, int& frames_wanted);
/// The fonts for that scale, as a texture. Not inside a frame.
void rebuild_fonts(float scale);
/// Frames drawn after the last input, so that hover and menus settle.
inline constexpr int kFramesAfterInput = 5;

/// The view that is chosen; returns its height.
float draw_page(App& app, const Frame& frame);
/// Original | baseline | CAMLoss.
float draw_comparison(App& app, const Frame& frame);
/// Centred against off-centre evidence.
float draw_split(App& app, const Frame& frame);
/// Move, recolour, paint over.
float draw_probes(App& app, const Frame& frame);
/// Confusion matrices and the table of all photos.
float draw_table(App& app, const Frame& frame);
/// A model's matrix with its accuracy, from the top of `at` on; returns the height.
float draw_confusion(App& app, Slot slot, Rect at);
/// Method, evidence, scale, colours and overlays.
float draw_controls(App& app, Rect at);
/// What the page is, while nobody has brought a photo; returns the height, 0 afterwards.
float draw_intro(App& app, const Frame& frame);
/// Buttons for photos, a folder and the camera in a row, with a frame to drop on or without; returns the height.
float draw_ways_in(Rect at, bool with_frame);
/// What the page shows where there is no photo at all.
float draw_empty(App& app, const Frame& frame);
/// One picture over the whole page, while App::close_look says so.
void draw_close_look(App& app, const Layout& layout);
/// Makes a picture open the close look, with that layer to the right of the line.
void look_closely_at(App& app, Layer layer, Rect at);

/// What notices need under a view, which gives way to them; errors lie over it. 0 without any.
[[nodiscard]] float notices_height(const App& app, const Layout& layout);
void draw_banners(App& app, const Layout& layout);
void draw_help(App& app, const Layout& layout);
void draw_drop_veil(App& app, const Layout& layout);

// -- parts shared by the views --

/// ImGui's handle of a texture.
[[nodiscard]] ImTextureID image_id(const Texture& texture);

/// Name of the photo, its label and the sentence of difference; returns the height.
float draw_photo_title(App& app, const Frame& frame);
/// Height of the box for a photo of that width: less than a square for a broad photo in a column.
[[nodiscard]] float picture_height(const Layout& layout, const Photo& photo, float side);
/// The photo itself inside `box`; returns where it lies, so that overlays match.
Rect draw_photo(App& app, const Photo& photo, Rect box);
/// The middle square of a photo's thumbnail, or a sign that it is being read.
void draw_thumbnail(App& app, const Photo& photo, Rect box);
/// A picture in place of the photo's own display copy (the probes').
Rect draw_picture(const Texture& texture, int width, int height, Rect box);
/// Heat, contour and kernel over the photo at `at`.
void draw_heat(App& app, const PhotoResult& result, MapPart part, float scale, Rect at,
               float opacity);
/// Takes up the pointer over a picture, and marks the hovered cell with its value and the square of the picture that
/// the slot's model sees from there.
/// @param result  of the slot's model, or null
void hover_source(App& app, Rect at);
void draw_hover(App& app, Rect at, Slot slot, const PhotoResult* result, MapPart part,
                bool with_value = true);
/// The scale on which a slot's map is drawn under the chosen options.
[[nodiscard]] float scale_for(App& app, const PhotoResult* own, const PhotoResult* other,
                              MapPart part);
/// A line on the map where the same scale leaves little of it to be seen.
void draw_scale_note(App& app, Slot slot, const PhotoResult& own, float scale, Rect at);
/// A model's result for what is shown: the photo, or the photo with a part hidden; null while it is missing.
[[nodiscard]] const PhotoResult* shown_result(const App& app, const Photo& photo, Slot slot);
/// The photo, or what is left of it, inside `box`; returns where it lies.
Rect draw_shown(App& app, const Photo& photo, Rect box);
/// A model's answer and, as bars, what it says of the whole photo, without the subject and without the background.
/// @param result  of what is shown
/// @param compact  for a phone: smaller, without figures of the map
/// @return the height
float draw_answer(App& app, const Photo& photo, Slot slot, const PhotoResult* result, Rect at,
                  bool compact);
[[nodiscard]] float answer_height(bool compact, float width);
/// The strip that shows how far an answer leans to either class, with the unsure zone in its middle.
void draw_leaning(const App& app, Slot slot, const PhotoResult& result, Rect strip,
                  float strength = 1);
/// Tick or cross.
void draw_mark(ImVec2 centre, bool right, float radius);
/// The two buttons that hide a part of the photo, one under the other.
/// @param each  height of a button
void draw_hide_buttons(App& app, Rect at, float each);
/// Dot in the model's accent, its name, and what it is: beside the name, or under it where the box is that high.
inline constexpr float kTwoLineHeading = 60;  // layout units
void draw_model_heading(App& app, Slot slot, Rect box);
/// Colour of a verdict where it is a word among others: wrong ones stand out, undecided ones
/// recede.
[[nodiscard]] ImU32 verdict_colour(const App& app, const Photo& photo, const PhotoResult* result);
/// What a model's panel says while there is no result.
void draw_model_absent(App& app, Slot slot, Rect box);

}  // namespace camloss::ui
