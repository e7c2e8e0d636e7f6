// The platform seam: all that the program needs of a browser or a desktop. Two implementations:
// platform_web.cpp and platform_desktop.cpp. Answers come back through App's "from the platform"
// functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "shared/picture/image.h"
#include "wasm/app/app_state.h"

namespace camloss::ui {
class App;
}

namespace camloss::ui::platform {

/// Milliseconds since some moment, monotonic.
[[nodiscard]] double now_ms();
[[nodiscard]] bool prefers_dark();
/// Framebuffer pixels of one layout unit at the moment.
[[nodiscard]] float scale();
/// Before ImGui::NewFrame: gives ImGui the window's size and the input. After rendering: shows the frame.
void begin_frame();
void end_frame();
/// Whether files can be chosen in a dialog (else only by drop or argument).
[[nodiscard]] bool has_dialogs();

/// Open the dialogs; chosen files arrive as if dropped.
void choose_photos();
void choose_folder();
/// Asks the device's camera for a photo.
void take_photo();
/// Opens the page that trains two models; only where has_dialogs().
void open_training();
void choose_weights();

/// Decodes a photo again: at full resolution (App::photo_pixels) or its display copy
/// (App::display_ready).
void request_pixels(PhotoId photo);
void request_display(PhotoId photo);
/// Looks whether a photo that came back can still be read; else App::photo_failed.
void check(PhotoId photo);
/// A photo was read or came back, or has another label or probe: for a platform that keeps photos.
void photo_changed(PhotoId photo);
/// The user took a photo out. One that could not be read, or whose reading was stopped, is not told of: it stays kept.
void photo_removed(PhotoId photo);
/// Frees what is kept for a photo.
void forget(PhotoId photo);
/// Stops decoding what has not been decoded; App::photo_failed is not called for those.
void cancel_decoding();

/// Fetches a weights file; App::weights_progress, then App::weights_arrived or weights_failed, with the same ticket.
void load_weights(int ticket, const std::string& path);

/// Hands the user a file.
void save_file(std::string_view name, std::string_view mime, std::string_view content);
/// Hands the user a PNG of an opaque RGBA picture.
void save_png(std::string_view name, const Image& picture);

/// Puts an opaque RGBA picture into the clipboard.
void copy_png(const Image& picture);
/// Whether photos can be kept for a next visit.
[[nodiscard]] bool can_keep();
/// Keeps the user's photos, labels and probes for the next visit, or deletes what is kept; then App::set_keeping.
void keep_photos(bool on);

/// The part of the address that names what is shown ("sample=…&method=…").
void set_link(std::string_view fragment);
/// Copies the address of what is shown.
void copy_link();

/// What is shown has changed: for those who do not see the canvas it is read from the application (outline.h).
void mirror_results(const App& app);
/// One sentence for them, about what has just happened.
void say(std::string_view sentence);
/// A message for everybody.
void announce(std::string_view message);

}  // namespace camloss::ui::platform
