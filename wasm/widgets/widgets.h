// The page's own controls on top of ImGui: each is drawn at a given rectangle and records where it
// is.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/widgets/geometry.h"
#include "wasm/widgets/theme.h"

namespace camloss::ui {

/// A control of the frame just drawn: what tests and assistive scripts find by its name.
struct WidgetRecord {
  std::string name;
  Rect rect;  // framebuffer pixels
  bool on = false;
};
/// Forgets the last frame's controls; called once at its start.
void begin_widgets();
[[nodiscard]] const std::vector<WidgetRecord>& widget_records();
void record_widget(std::string_view name, Rect rect, bool on = false);

/// Areas where a finger drags something rather than scrolls the page: only where it goes across, as on a slider, or
/// wherever it goes.
enum class Drag { none, across, any };
void record_drag_area(Rect rect, Drag drag);
[[nodiscard]] Drag drag_at(ImVec2 p);
/// Areas where a quick movement across leads to the next photo.
void record_swipe_area(Rect rect);
[[nodiscard]] bool in_swipe_area(ImVec2 p);

enum class Align { left, centre, right };

/// Size of a single line.
[[nodiscard]] ImVec2 text_size(ImFont* font, std::string_view text);
/// One line whose top left (or centre, or right) corner is at `at`; no wrapping.
void text(ImFont* font, ImVec2 at, ImU32 colour, std::string_view s, Align align = Align::left);
/// One line, vertically centred in `box`; cut with an ellipsis where it is too long.
void text_in(ImFont* font, Rect box, ImU32 colour, std::string_view s, Align align = Align::left);
/// The first of several wordings that fits `width`; the last one where none does.
[[nodiscard]] std::string fitting(ImFont* font, float width,
                                  std::initializer_list<std::string> wordings);
/// A paragraph wrapped to `width`; returns its height.
float paragraph(ImFont* font, ImVec2 at, float width, ImU32 colour, std::string_view s);
[[nodiscard]] float paragraph_height(ImFont* font, float width, std::string_view s);
/// The text, cut with an ellipsis to fit `width`.
[[nodiscard]] std::string shortened(ImFont* font, std::string_view s, float width);

void card(Rect rect, float rounding = 14);

enum class ButtonStyle { primary, plain, quiet };
/// Width that a button of this caption takes.
[[nodiscard]] float button_width(std::string_view caption);
bool button(std::string_view caption, Rect rect, ButtonStyle style = ButtonStyle::plain,
            bool enabled = true);
/// A button that stays pressed: the same under another caption, so that its name holds.
bool option_button(std::string_view name, std::string_view caption, Rect rect, bool on);
/// A round button with a single sign; three dots where that is empty.
bool icon_button(std::string_view name, std::string_view sign, Rect rect);

/// A row of exclusive choices; returns true where `chosen` changed.
/// @param may_clear  a click on the chosen one takes it back: `chosen` is -1 where there is none
bool segmented(std::string_view name, Rect rect, std::span<const std::string_view> captions,
               int& chosen, bool may_clear = false);
[[nodiscard]] float segmented_width(std::span<const std::string_view> captions);

/// A labelled switch across `rect`; returns true where it changed.
bool toggle(std::string_view caption, Rect rect, bool& on);

/// A labelled slider across `rect`; returns true while it changes. `shown` is the value as text.
bool slider(std::string_view caption, Rect rect, float& value, float low, float high,
            std::string_view shown);

/// A drop-down list; returns true where `chosen` changed.
bool dropdown(std::string_view name, Rect rect, std::span<const std::string> captions, int& chosen);
/// An entry of an open menu popup.
bool menu_entry(std::string_view caption, float width, bool chosen = false);
/// Opens with `open` under `anchor`; true while it is shown. Ends with end_menu.
bool begin_menu(const char* id, Rect anchor, bool open, float width);
void end_menu();

/// A horizontal share bar: `share` of it in `colour`.
void bar(Rect rect, float share, ImU32 colour, ImU32 track);

/// A click-sensitive area without looks.
struct Hit {
  bool hovered = false, held = false, clicked = false;
};
Hit hit(std::string_view name, Rect rect, bool on = false);

/// A spinning arc while something is under way.
void spinner(ImVec2 centre, float radius, ImU32 colour);

}  // namespace camloss::ui
