// The platform seam in a browser: GLFW and WebGL2 through Emscripten, everything else through
// web/host.mjs.
#include "wasm/app/platform.h"

#include <GLFW/glfw3.h>
#include <emscripten.h>
#include <emscripten/html5.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "wasm/app/app.h"
#include "wasm/app/link.h"
#include "wasm/app/state_json.h"
#include "wasm/browser/commands.h"
#include "wasm/views/views.h"
#include "wasm/widgets/foreign_text.h"
#include "wasm/widgets/theme.h"
#include "wasm/widgets/touch.h"
#include "wasm/widgets/widgets.h"

// clang-format off
EM_JS(void, host_call, (const char* name, int number), { Module["host"][UTF8ToString(name)](number); });
EM_JS(void, host_text, (const char* name, const char* text, int bytes), {
  Module["host"][UTF8ToString(name)](UTF8ToString(text, bytes));
});
EM_JS(void, host_load_weights, (int slot, const char* path), { Module["host"].loadWeights(slot, UTF8ToString(path)); });
EM_JS(void, host_save, (const char* name, const char* mime, const char* data, int bytes), {
  Module["host"].saveFile(UTF8ToString(name), UTF8ToString(mime), Module["HEAPU8"].slice(data, data + bytes));
});
EM_JS(void, host_save_png, (const char* name, const unsigned char* data, int width, int height), {
  Module["host"].savePng(UTF8ToString(name), Module["HEAPU8"].slice(data, data + 4 * width * height), width, height);
});
EM_JS(void, host_copy_png, (const unsigned char* data, int width, int height), {
  Module["host"].copyPng(Module["HEAPU8"].slice(data, data + 4 * width * height), width, height);
});
// Paints a run of text; returns its pixels, which are the caller's, or 0. figures: width, height, ascent, advance, coloured.
EM_JS(unsigned char*, host_paint_text, (const char* run, int bytes, double size, int strong, double* figures), {
  const found = Module["host"].paintText(UTF8ToString(run, bytes), size, strong !== 0);
  if (found === null) return 0;
  Module["HEAPF64"].set([found.width, found.height, found.ascent, found.advance, found.coloured ? 1 : 0], figures >> 3);
  const pointer = _malloc(found.rgba.length);
  if (pointer !== 0) Module["HEAPU8"].set(found.rgba, pointer);
  return pointer;
});
EM_JS(void, host_cursor, (const char* name), { Module["canvas"].style.cursor = UTF8ToString(name); });
EM_JS(double, host_pixel_ratio, (), { return globalThis.devicePixelRatio || 1; });
EM_JS(int, host_width, (), { return Math.max(1, document.documentElement.clientWidth); });
EM_JS(int, host_height, (), { return Math.max(1, globalThis.innerHeight); });
EM_JS(int, host_dark, (), { return matchMedia("(prefers-color-scheme: dark)").matches ? 1 : 0; });
// clang-format on

namespace camloss::ui {
namespace {

App* g_app = nullptr;
GLFWwindow* g_window = nullptr;
int g_frames_wanted = kFramesAfterInput;
bool g_context_lost = false;
int g_width = 0, g_height = 0;  // framebuffer pixels
float g_scale = 1;              // framebuffer pixels of a layout unit

const char* cursor_name(ImGuiMouseCursor cursor) {
  switch (cursor) {
    case ImGuiMouseCursor_Hand:
      return "pointer";
    case ImGuiMouseCursor_TextInput:
      return "text";
    case ImGuiMouseCursor_ResizeAll:
      return "move";
    default:
      return "default";
  }
}

/// Layout units grow on very large windows, so that a 4K screen is filled rather than sprinkled.
float layout_scale(int css_width, int css_height, double ratio) {
  const float by_width = static_cast<float>(css_width) / 1920.0F,
              by_height = static_cast<float>(css_height) / 1080.0F;
  return static_cast<float>(ratio) * std::clamp(std::min(by_width, by_height), 1.0F, 1.8F);
}

void follow_window() {
  const double ratio = host_pixel_ratio();
  const int css_w = host_width(), css_h = host_height();
  const int w = std::max(1, static_cast<int>(css_w * ratio + 0.5)),
            h = std::max(1, static_cast<int>(css_h * ratio + 0.5));
  if (w != g_width || h != g_height) {
    g_width = w;
    g_height = h;
    // Not glfwSetWindowSize: it asks for full screen where the size happens to be the screen's.
    emscripten_set_canvas_element_size("#canvas", w, h);
    g_frames_wanted = kFramesAfterInput;
  }
  g_scale = layout_scale(css_w, css_h, ratio);
}

TextPicture paint_text(std::string_view run, float size, bool strong) {
  std::array<double, 5> figures{};
  std::uint8_t* pixels = host_paint_text(run.data(), static_cast<int>(run.size()),
                                         static_cast<double>(size), strong ? 1 : 0, figures.data());
  TextPicture picture;
  if (pixels == nullptr) return picture;
  picture.width = static_cast<int>(figures[0]);
  picture.height = static_cast<int>(figures[1]);
  picture.ascent = static_cast<float>(figures[2]);
  picture.advance = static_cast<float>(figures[3]);
  picture.coloured = figures[4] != 0;
  picture.pixels.assign(pixels, pixels + std::ptrdiff_t{4} * picture.width * picture.height);
  std::free(pixels);
  return picture;
}

void tick() {
  if (g_context_lost) return;
  follow_window();
  step(*g_app, g_frames_wanted);
}

}  // namespace

void wake() { g_frames_wanted = kFramesAfterInput; }

namespace platform {

double now_ms() { return emscripten_get_now(); }
bool prefers_dark() { return host_dark() != 0; }
float scale() { return g_scale; }
void begin_frame() {
  ImGui_ImplGlfw_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {static_cast<float>(g_width), static_cast<float>(g_height)};
  io.DisplayFramebufferScale = {1, 1};
  io.DeltaTime = std::max(io.DeltaTime, 1e-4F);
}
void end_frame() { host_cursor(cursor_name(ImGui::GetMouseCursor())); }
bool has_dialogs() { return true; }
void choose_photos() { host_call("choosePhotos", 0); }
void choose_folder() { host_call("chooseFolder", 0); }
void take_photo() { host_call("takePhoto", 0); }
void open_training() { host_call("openTraining", 0); }
void choose_weights() { host_call("chooseWeights", 0); }
void request_pixels(PhotoId photo) { host_call("requestPixels", static_cast<int>(photo)); }
void request_display(PhotoId photo) { host_call("requestDisplay", static_cast<int>(photo)); }
void forget(PhotoId photo) { host_call("forget", static_cast<int>(photo)); }
void cancel_decoding() { host_call("cancelDecoding", 0); }
void load_weights(int ticket, const std::string& path) { host_load_weights(ticket, path.c_str()); }
void save_file(std::string_view name, std::string_view mime, std::string_view content) {
  host_save(std::string(name).c_str(), std::string(mime).c_str(), content.data(),
            static_cast<int>(content.size()));
}
void save_png(std::string_view name, const Image& picture) {
  host_save_png(std::string(name).c_str(), picture.pixels.data(), picture.width, picture.height);
}
void set_link(std::string_view fragment) {
  host_text("setLink", fragment.data(), static_cast<int>(fragment.size()));
}
void copy_png(const Image& picture) {
  host_copy_png(picture.pixels.data(), picture.width, picture.height);
}
void check(PhotoId photo) { host_call("check", static_cast<int>(photo)); }
void photo_changed(PhotoId photo) { host_call("photoChanged", static_cast<int>(photo)); }
void photo_removed(PhotoId photo) { host_call("photoRemoved", static_cast<int>(photo)); }
bool can_keep() { return true; }
void keep_photos(bool on) { host_call("keepPhotos", on ? 1 : 0); }
void copy_link() { host_call("copyLink", 0); }
void mirror_results(const App&) { host_call("mirrorResults", 0); }
void say(std::string_view s) { host_text("say", s.data(), static_cast<int>(s.size())); }
void announce(std::string_view s) { host_text("announce", s.data(), static_cast<int>(s.size())); }

}  // namespace platform

// -- called by web/host.mjs; strings and pixels lie in the heap and belong to the caller --
extern "C" {

EMSCRIPTEN_KEEPALIVE void app_wake() { wake(); }

EMSCRIPTEN_KEEPALIVE void app_dragging(int on) {
  g_app->set_dragging(on != 0);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_theme() {
  set_theme(platform::prefers_dark());
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_photo_added(unsigned id, const char* name, const char* label,
                                          int select) {
  g_app->photo_added(id, name, label);
  if (select != 0) g_app->show_added(id);
  wake();
}

/// A photo that an earlier visit kept.
EMSCRIPTEN_KEEPALIVE void app_photo_restored(unsigned id, const char* name, const char* label) {
  g_app->photo_restored(id, name, label);
  wake();
}

/// @param rgba (height, width, 4), straight alpha; read during the call
EMSCRIPTEN_KEEPALIVE void app_photo_pixels(unsigned id, const std::uint8_t* rgba, int width,
                                           int height, int file_width, int file_height) {
  g_app->photo_pixels(id, {rgba, width, height, 4}, file_width, file_height);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_thumbnail(unsigned id, const std::uint8_t* rgba, int width,
                                        int height) {
  const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
  g_app->photo_thumbnail(id,
                         Image{width, height, 4, std::vector<std::uint8_t>(rgba, rgba + bytes)});
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_display(unsigned id, const std::uint8_t* rgba, int width,
                                      int height) {
  const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
  g_app->display_ready(id, Image{width, height, 4, std::vector<std::uint8_t>(rgba, rgba + bytes)});
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_photo_failed(unsigned id, const char* reason) {
  g_app->photo_failed(id, reason);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_message(const char* message, int is_error) {
  g_app->message(message, is_error != 0);
  wake();
}

/// @param lines name, baseline path, camloss path and "samples" or nothing of each pair, each ended
/// by a line feed
EMSCRIPTEN_KEEPALIVE void app_pairs(const char* lines) {
  std::vector<std::string> fields(1);
  for (const char* c = lines; *c != '\0'; ++c) {
    if (*c == '\n') {
      fields.emplace_back();
    } else {
      fields.back() += *c;
    }
  }
  std::vector<WeightsPair> pairs;
  for (std::size_t i = 0; i + 4 <= fields.size(); i += 4)
    pairs.push_back({fields[i], fields[i + 1], fields[i + 2], fields[i + 3] == "samples"});
  g_app->set_pairs(std::move(pairs));
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_weights_progress(int ticket, double share) {
  g_app->weights_progress(ticket, static_cast<float>(share));
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_weights(int slot, const char* path, const std::uint8_t* bytes,
                                      int size) {
  g_app->weights_arrived(slot, path, {bytes, static_cast<std::size_t>(size)});
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_weights_failed(int slot, const char* path, const char* reason) {
  g_app->weights_failed(slot, path, reason);
  wake();
}

/// Own files come one by one; the last call (size −1) takes them up together.
EMSCRIPTEN_KEEPALIVE void app_own_weights(const char* name, const std::uint8_t* bytes, int size) {
  static std::vector<OwnFile> files;
  if (size >= 0) {
    files.push_back({name, std::vector<std::uint8_t>(bytes, bytes + size)});
    return;
  }
  g_app->own_weights(std::move(files));
  files.clear();
  wake();
}

/// Shows a view by its name in the link; other names are passed over.
EMSCRIPTEN_KEEPALIVE void app_page(const char* name) {
  g_app->set_page(decode_link("page=" + std::string(name)).view.page);
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_touch(int phase, double x, double y) {
  const auto ratio = static_cast<float>(host_pixel_ratio());
  // Without this the backend would overwrite the finger's place with that of a mouse that has never
  // been here.
  if (static_cast<TouchPhase>(phase) == TouchPhase::down)
    ImGui_ImplGlfw_CursorEnterCallback(g_window, GLFW_TRUE);
  touch(static_cast<TouchPhase>(phase),
        {static_cast<float>(x) * ratio, static_cast<float>(y) * ratio});
  wake();
}

/// Two fingers moved: the middle between them, how much further apart they are, and by how much the middle moved.
EMSCRIPTEN_KEEPALIVE void app_pinch(double x, double y, double ratio, double dx, double dy) {
  const auto scale = static_cast<float>(host_pixel_ratio());
  pinch({static_cast<float>(x) * scale, static_cast<float>(y) * scale}, static_cast<float>(ratio),
        {static_cast<float>(dx) * scale, static_cast<float>(dy) * scale});
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_wheel(double x, double y) {
  ImGui::GetIO().AddMouseWheelEvent(static_cast<float>(x), static_cast<float>(y));
  wake();
}

EMSCRIPTEN_KEEPALIVE void app_context(int lost) {
  g_context_lost = lost != 0;
  if (g_context_lost) return;
  ImGui_ImplOpenGL3_DestroyDeviceObjects();
  g_app->context_restored();
  ImGui_ImplOpenGL3_CreateDeviceObjects();
  g_width = 0;
  wake();
}

/// `camloss.state()`; valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* app_state() {
  static std::string text;
  text = state_json(*g_app);
  return text.c_str();
}

/// Controls of the last frame, as lines "name\tx\ty\twidth\theight\ton" in CSS pixels; valid until
/// the next call.
EMSCRIPTEN_KEEPALIVE const char* app_widgets() {
  static std::string text;
  text.clear();
  const auto ratio = static_cast<float>(host_pixel_ratio());
  for (const WidgetRecord& w : widget_records()) {
    for (const char c : w.name) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    for (const float v : {w.rect.x, w.rect.y, w.rect.w, w.rect.h})
      text += "\t" + std::to_string(v / ratio);
    text += w.on ? "\t1\n" : "\t0\n";
  }
  return text.c_str();
}

/// Whether there is nothing left to analyse or to draw until something happens.
EMSCRIPTEN_KEEPALIVE int app_idle() { return g_frames_wanted <= 0 ? 1 : 0; }

/// Milliseconds of the last frame (0), or of the last answer of the probes (1).
EMSCRIPTEN_KEEPALIVE double app_timing(int which) {
  return which == 0 ? g_app->frame_ms() : g_app->probe_answer().milliseconds;
}

/// Bytes of the heap that are in use.
EMSCRIPTEN_KEEPALIVE double app_memory() { return static_cast<double>(mallinfo().uordblks); }

/// Starts the program. Returns 0, or 1 where WebGL2 cannot be had.
EMSCRIPTEN_KEEPALIVE int app_start(const char* link) {
  static App app;
  g_app = &app;
  set_page_app(app);
  if (glfwInit() == 0) return 1;
  glfwWindowHint(GLFW_CLIENT_API, GLFW_OPENGL_ES_API);
  g_window =
      glfwCreateWindow(320, 240, "camloss", nullptr, nullptr);  // follow_window gives it its size
  if (g_window == nullptr) return 1;
  glfwMakeContextCurrent(g_window);
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.KeyRepeatDelay = 0.45F;
  io.KeyRepeatRate = 0.09F;
  io.ConfigFlags |= ImGuiConfigFlags_NoMouseCursorChange;
  set_theme(platform::prefers_dark());
  follow_window();
  set_text_painter(paint_text);
  set_scale(g_scale);
  if (!ImGui_ImplGlfw_InitForOpenGL(g_window, true) || !ImGui_ImplOpenGL3_Init("#version 300 es"))
    return 1;
  app.start(link);
  emscripten_set_main_loop(tick, 0, false);
  return 0;
}

}  // extern "C"

}  // namespace camloss::ui

int main() { return 0; }
