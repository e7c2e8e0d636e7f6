// Calls of web/results.mjs and web/keep.mjs: each does what a control of the canvas does, and draws the page anew.
#include "wasm/browser/commands.h"

#include <emscripten.h>

#include <algorithm>
#include <string>

#include "wasm/app/link.h"
#include "wasm/app/outline.h"
#include "wasm/app/platform.h"
#include "wasm/app/terms.h"

namespace camloss::ui {
namespace {

App* g_page_app = nullptr;

std::optional<int> truth_of(int truth) {
  return truth == 0 || truth == 1 ? std::optional<int>(truth) : std::nullopt;
}

/// The probe as in photo_record_json: x, y, hue, then x, y, radius of each stroke.
ProbeChange probe_of(const float* values, int count) {
  ProbeChange change;
  if (count < 3) return change;
  change.shift_x = std::clamp(values[0], -0.5F, 0.5F);
  change.shift_y = std::clamp(values[1], -0.5F, 0.5F);
  change.hue = std::clamp(values[2], -180.0F, 180.0F);
  for (int i = 3; i + 2 < count; i += 3)
    change.strokes.push_back({values[i], values[i + 1], std::clamp(values[i + 2], 0.01F, 0.5F)});
  return change;
}

}  // namespace

App& page_app() { return *g_page_app; }
void set_page_app(App& app) { g_page_app = &app; }

extern "C" {

/// outline_json; valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* app_outline() {
  static std::string text;
  text = outline_json(page_app());
  return text.c_str();
}

/// photo_record_json; valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* app_photo_record(unsigned id) {
  static std::string text;
  text = photo_record_json(page_app(), id);
  return text.c_str();
}

EMSCRIPTEN_KEEPALIVE void app_select(unsigned id) {
  page_app().select(id);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_select_relative(int by) {
  page_app().select_relative(by);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_remove(const unsigned* ids, int count) {
  page_app().remove({ids, static_cast<std::size_t>(count)});
  wake();
}

/// @param truth  0 or 1, or −1 where it is not known
EMSCRIPTEN_KEEPALIVE void app_label(const unsigned* ids, int count, int truth) {
  page_app().set_truths({ids, static_cast<std::size_t>(count)}, truth_of(truth));
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_undo() {
  page_app().undo();
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_redo() {
  page_app().redo();
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_use_pair(int index) {
  page_app().use_pair(index);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_retry_weights() {
  page_app().retry_weights();
  wake();
}

/// Takes up a view as a link names it.
EMSCRIPTEN_KEEPALIVE void app_view(const char* link) {
  page_app().set_view(decode_link(link).view);
  wake();
}

/// Takes up a whole link: somebody typed or followed one while the page is open.
EMSCRIPTEN_KEEPALIVE void app_follow_link(const char* link) {
  page_app().follow_link(link);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_probe(const float* values, int count) {
  ProbeChange change = probe_of(values, count);
  App& app = page_app();
  // A shift or hue from here leaves what is painted.
  if (count == 3 && app.selected() != nullptr) change.strokes = app.selected()->probe.strokes;
  app.end_gesture();
  app.set_page(Page::probe);
  app.set_probe(std::move(change));
  app.end_gesture();
  wake();
}

/// Paints a disc over the selected photo; unit coordinates.
EMSCRIPTEN_KEEPALIVE void app_paint(double x, double y, double radius) {
  App& app = page_app();
  if (app.selected() == nullptr) return;
  app.end_gesture();
  app.set_page(Page::probe);
  ProbeChange change = app.selected()->probe;
  change.strokes.push_back(
      {static_cast<float>(x), static_cast<float>(y), static_cast<float>(radius)});
  app.set_probe(std::move(change));
  app.end_gesture();
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_reset_probe() {
  App& app = page_app();
  app.end_gesture();
  app.set_probe({});
  app.end_gesture();
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_restore_probe(unsigned id, const float* values, int count) {
  page_app().restore_probe(id, probe_of(values, count));
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_set_keeping(int on) {
  page_app().set_keeping(on != 0);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_start_over() {
  page_app().clear_photos();
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_cancel() {
  page_app().cancel_waiting();
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_save_csv() { page_app().export_csv(); }

EMSCRIPTEN_KEEPALIVE void app_copy_link() {
  page_app().copy_link();
  wake();
}

/// terms_json; valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* app_terms() {
  static std::string text;
  text = terms_json();
  return text.c_str();
}

/// The picture of the view: to a file, or to the clipboard.
EMSCRIPTEN_KEEPALIVE void app_picture(int to_clipboard) {
  page_app().request_png(to_clipboard != 0 ? PngFor::clipboard : PngFor::file);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_help(int on) {
  page_app().show_help(on != 0);
  wake();
}

}  // extern "C"

}  // namespace camloss::ui
