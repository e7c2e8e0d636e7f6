// The platform seam on the desktop: a GLFW window, photos decoded by the trainer's decoder on a
// thread of their own.
#include "wasm/desktop/platform_desktop.h"

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "native/base/error.h"
#include "native/io/decode.h"
#include "native/io/files.h"
#include "native/io/png.h"
#include "wasm/app/platform.h"

namespace camloss::ui {
namespace {

namespace fs = std::filesystem;

/// At most `side` pixels wide and high, as RGBA.
Image reduced(const Image& picture, int side) {
  const Image rgb = io::reduced_rgb(picture.view(), side);
  Image out{rgb.width, rgb.height, 4, {}};
  const std::size_t n = rgb.pixels.size() / 3;
  out.pixels.resize(n * 4, 255);
  for (std::size_t i = 0; i < n; ++i) std::copy_n(&rgb.pixels[3 * i], 3, &out.pixels[4 * i]);
  return out;
}

/// What was wrong and what to do, without the file's name, which the page puts before them itself.
std::string reason_of(const std::exception& error) {
  const auto* user = dynamic_cast<const UserError*>(&error);
  return user != nullptr ? user->error().reason() : error.what();
}

Desktop* g_desktop = nullptr;

bool is_weights(const fs::path& path) {
  return path.extension() == ".safetensors" || path.extension() == ".json";
}

}  // namespace

Desktop::Desktop(App& app, GLFWwindow* window)
    : app_(app), window_(window), worker_([this] { decode_loop(); }) {
  g_desktop = this;
}

Desktop::~Desktop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_worker_.notify_all();
  worker_.join();
  g_desktop = nullptr;
}

void Desktop::open(const std::vector<fs::path>& paths) {
  std::vector<OwnFile> weights;
  std::vector<std::pair<fs::path, std::string>> photos;
  std::size_t folders = 0;
  for (const fs::path& path : paths) folders += fs::is_directory(path) ? 1 : 0;
  for (const fs::path& path : paths) {
    if (fs::is_directory(path)) {
      // Several folders together are classes; one alone is what holds the classes.
      add_folder(path, folders > 1 ? path.filename().string() : std::string(), photos);
    } else if (is_weights(path)) {
      try {
        weights.push_back({path.filename().string(), io::read_file(path)});
      } catch (const std::exception& error) {
        app_.message(path.filename().string() + " " + reason_of(error), true);
      }
    } else {
      photos.emplace_back(path, std::string());
    }
  }
  if (!weights.empty()) app_.own_weights(std::move(weights));
  bool first = true;
  for (const auto& [path, label] : photos) {
    const PhotoId id = next_id_++;
    app_.photo_added(id, path.filename().string(), label);
    if (first) app_.show_added(id);
    first = false;
    const std::lock_guard lock(mutex_);
    paths_[id] = path;
    jobs_.push_back({id, Wanted::pixels});
  }
  wake_worker_.notify_all();
}

void Desktop::add_folder(const fs::path& folder, const std::string& label,
                         std::vector<std::pair<fs::path, std::string>>& photos) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    entries.push_back(it->path());
  if (error)
    app_.message(folder.filename().string() + " could not be read: " + error.message(), true);
  std::sort(entries.begin(), entries.end());
  for (const fs::path& path : entries) {
    const std::string name = path.filename().string();
    if (name.starts_with('.') || name.ends_with(".mask.png")) continue;
    if (fs::is_directory(path)) {
      add_folder(path, name, photos);
    } else {
      photos.emplace_back(path, label);
    }
  }
}

void Desktop::request(PhotoId photo, Wanted wanted) {
  {
    const std::lock_guard lock(mutex_);
    if (wanted == Wanted::display) {
      jobs_.push_front({photo, wanted});
    } else {
      jobs_.push_back({photo, wanted});
    }
  }
  wake_worker_.notify_all();
}

void Desktop::forget(PhotoId photo) {
  const std::lock_guard lock(mutex_);
  paths_.erase(photo);
  std::erase_if(jobs_, [photo](const Job& job) { return job.photo == photo; });
}

void Desktop::cancel() {
  const std::lock_guard lock(mutex_);
  std::erase_if(jobs_, [](const Job& job) { return job.wanted == Wanted::pixels; });
}

void Desktop::decode_loop() {
  for (;;) {
    Job job{};
    fs::path path;
    {
      std::unique_lock lock(mutex_);
      // At most two decoded photos wait for the window, so that memory stays bounded.
      wake_worker_.wait(lock, [this] { return stop_ || (!jobs_.empty() && done_.size() < 2); });
      if (stop_) return;
      job = jobs_.front();
      jobs_.pop_front();
      const auto found = paths_.find(job.photo);
      if (found == paths_.end()) continue;
      path = found->second;
    }
    Done done{job, {}, {}, {}};
    try {
      done.picture =
          io::decode_picture(io::read_file(path, io::kMaxPictureBytes), path.filename().string());
      if (job.wanted == Wanted::display) {
        done.picture = reduced(done.picture, kDisplaySide);
      } else {
        done.thumbnail = reduced(done.picture, kThumbnailSide);
      }
    } catch (const std::exception& error) {
      done.error = reason_of(error);
    }
    {
      const std::lock_guard lock(mutex_);
      done_.push_back(std::move(done));
    }
    glfwPostEmptyEvent();
  }
}

bool Desktop::deliver() {
  Done done;
  {
    const std::lock_guard lock(mutex_);
    if (done_.empty()) return !jobs_.empty();
    done = std::move(done_.front());
    done_.pop_front();
  }
  wake_worker_.notify_all();
  const PhotoId id = done.job.photo;
  if (!done.error.empty()) {
    app_.photo_failed(id, done.error);
  } else if (done.job.wanted == Wanted::display) {
    app_.display_ready(id, std::move(done.picture));
  } else {
    app_.photo_pixels(id, done.picture.view(), done.picture.width, done.picture.height);
    app_.photo_thumbnail(id, std::move(done.thumbnail));
  }
  return true;
}

void Desktop::load_weights(int ticket, const std::string& path) {
  try {
    app_.weights_arrived(ticket, path, io::read_file(site_ / path));
  } catch (const std::exception& error) {
    app_.weights_failed(ticket, path, reason_of(error));
  }
}

void Desktop::save(std::string_view name, const std::function<void(const fs::path&)>& write) {
  const fs::path path = fs::current_path() / fs::path(name).filename();
  try {
    write(path);
    app_.message("Saved " + path.string(), false);
  } catch (const std::exception& error) {
    app_.message(error.what(), true);
  }
}

namespace platform {

double now_ms() {
  return std::chrono::duration<double, std::milli>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}
bool prefers_dark() {
  // GTK_THEME is the one setting that needs no desktop library; ":dark" is its own notation.
  const char* name = std::getenv("GTK_THEME");
  return name != nullptr && std::string_view(name).find("dark") != std::string_view::npos;
}
float scale() {
  float x = 1, y = 1;
  glfwGetWindowContentScale(g_desktop->window(), &x, &y);
  return std::max(x, y);
}
void begin_frame() { ImGui_ImplGlfw_NewFrame(); }
void end_frame() { glfwSwapBuffers(g_desktop->window()); }
bool has_dialogs() { return false; }
void choose_photos() {
  g_desktop->app().message("Drop photos, folders or weights files on this window", false);
}
void choose_folder() { choose_photos(); }
void take_photo() { choose_photos(); }
void open_training() {}
void choose_weights() { choose_photos(); }
void request_pixels(PhotoId photo) { g_desktop->request(photo, Desktop::Wanted::pixels); }
void request_display(PhotoId photo) { g_desktop->request(photo, Desktop::Wanted::display); }
void check(PhotoId) {}
void photo_changed(PhotoId) {}
void photo_removed(PhotoId) {}
bool can_keep() { return false; }
void keep_photos(bool) {}
void forget(PhotoId photo) {
  if (g_desktop != nullptr) g_desktop->forget(photo);
}
void cancel_decoding() { g_desktop->cancel(); }
void load_weights(int ticket, const std::string& path) { g_desktop->load_weights(ticket, path); }
void save_file(std::string_view name, std::string_view, std::string_view content) {
  g_desktop->save(name,
                  [content](const fs::path& path) { io::write_file_atomically(path, content); });
}
void save_png(std::string_view name, const Image& picture) {
  g_desktop->save(name, [&picture](const fs::path& path) { io::write_png(path, picture.view()); });
}
void set_link(std::string_view fragment) { g_desktop->set_link(fragment); }
void copy_link() {
  ImGui::SetClipboardText(("#" + g_desktop->link()).c_str());
  g_desktop->app().message(
      "What is shown is in the clipboard, as the part of a link after the page's address", false);
}
void copy_png(const Image&) {
  g_desktop->app().message("Pictures cannot be copied here — save the picture with S", false);
}
// The window has no text beside its picture.
void mirror_results(const App&) {}
void say(std::string_view) {}
void announce(std::string_view message) {
  std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
}

}  // namespace platform
}  // namespace camloss::ui
