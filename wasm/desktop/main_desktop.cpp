// camloss_viewer: the page's views in a desktop window.
// Usage: camloss_viewer [--site FOLDER] [--once] [photos, folders, weights files…]
#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "wasm/app/platform.h"
#include "wasm/app/state_json.h"
#include "wasm/desktop/platform_desktop.h"
#include "wasm/views/views.h"
#include "wasm/widgets/theme.h"

namespace camloss::ui {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHelp =
    "Usage: camloss_viewer [options] [photos, folders, weights files…]\n"
    "Shows where two classifiers look, side by side. Files can also be dropped on the window.\n\n"
    "  --site FOLDER  where weights/index.json is found (default: site/ beside this program's "
    "folder)\n"
    "  --once         analyse what was given, print the state as JSON, and end\n"
    "  --help         this text\n";

struct Options {
  fs::path site;
  bool once = false, help = false;
  std::vector<fs::path> paths;
};

/// Returns what is wrong, or nothing.
std::string parse(int count, char** arguments, Options& options) {
  options.site = fs::absolute(arguments[0]).parent_path().parent_path() / "site";
  for (int i = 1; i < count; ++i) {
    const std::string_view a = arguments[i];
    if (a == "--help") {
      options.help = true;
    } else if (a == "--once") {
      options.once = true;
    } else if (a == "--site") {
      if (++i == count) return "--site needs a folder";
      options.site = arguments[i];
    } else if (a.starts_with("--")) {
      return "unknown option " + std::string(a);
    } else if (!fs::exists(a)) {
      return std::string(a) + ": no such file or folder";
    } else {
      options.paths.emplace_back(a);
    }
  }
  return "";
}

std::vector<WeightsPair> read_pairs(const fs::path& site) {
  std::vector<WeightsPair> pairs;
  std::ifstream in(site / "weights" / "index.json");
  const auto json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_array()) return pairs;
  for (const auto& entry : json) {
    const auto field = [&entry](const char* name) {
      return entry.is_object() && entry.contains(name) && entry[name].is_string()
                 ? entry[name].get<std::string>()
                 : std::string();
    };
    const bool for_samples = entry.is_object() && entry.value("samples", nlohmann::json()) == true;
    pairs.push_back({field("name"), field("baseline"), field("camloss"), for_samples});
  }
  return pairs;
}

struct Window {
  GLFWwindow* handle = nullptr;
  Desktop* desktop = nullptr;
  int frames_wanted = kFramesAfterInput;
};

Window& window_of(GLFWwindow* handle) {
  return *static_cast<Window*>(glfwGetWindowUserPointer(handle));
}

void wake(GLFWwindow* handle) { window_of(handle).frames_wanted = kFramesAfterInput; }

void install_callbacks(Window& w) {
  glfwSetWindowUserPointer(w.handle, &w);
  glfwSetDropCallback(w.handle, [](GLFWwindow* handle, int count, const char** paths) {
    window_of(handle).desktop->open({paths, paths + count});
    wake(handle);
  });
  glfwSetFramebufferSizeCallback(w.handle, [](GLFWwindow* handle, int, int) { wake(handle); });
  glfwSetWindowRefreshCallback(w.handle, [](GLFWwindow* handle) { wake(handle); });
}

void run(Window& w, App& app, bool once) {
  while (glfwWindowShouldClose(w.handle) == 0) {
    if (w.desktop->deliver()) w.frames_wanted = std::max(w.frames_wanted, 2);
    const bool active = step(app, w.frames_wanted);
    if (!active && once) break;
    if (active) {
      glfwPollEvents();
    } else {
      glfwWaitEventsTimeout(0.5);
    }
    // ImGui's backend has queued whatever happened; its queue is what tells input from silence.
    if (ImGui::GetCurrentContext()->InputEventsQueue.Size > 0) w.frames_wanted = kFramesAfterInput;
  }
}

int start(const Options& options) {
  glfwSetErrorCallback(
      [](int, const char* text) { std::fprintf(stderr, "window system: %s\n", text); });
  if (glfwInit() == 0) {
    std::fprintf(stderr, "error: no window system was found — set DISPLAY, or run under Xvfb\n");
    return 1;
  }
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  Window w;
  w.handle = glfwCreateWindow(1400, 900, "camloss", nullptr, nullptr);
  if (w.handle == nullptr) {
    std::fprintf(stderr,
                 "error: no window with OpenGL 3 could be opened — install a driver or Mesa\n");
    glfwTerminate();
    return 1;
  }
  glfwMakeContextCurrent(w.handle);
  glfwSwapInterval(1);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  set_theme(platform::prefers_dark(), platform::prefers_contrast());
  install_callbacks(w);
  ImGui_ImplGlfw_InitForOpenGL(w.handle, true);
  ImGui_ImplOpenGL3_Init("#version 130");
  {
    App app;
    Desktop desktop(app, w.handle);
    set_scale(platform::scale());
    w.desktop = &desktop;
    desktop.set_site(options.site);
    app.start("");
    app.set_pairs(read_pairs(options.site));
    desktop.open(options.paths);
    run(w, app, options.once);
    if (options.once) std::printf("%s\n", state_json(app).c_str());
  }
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(w.handle);
  glfwTerminate();
  return 0;
}

}  // namespace
}  // namespace camloss::ui

int main(int count, char** arguments) {
  camloss::ui::Options options;
  const std::string wrong = camloss::ui::parse(count, arguments, options);
  if (!wrong.empty()) {
    std::fprintf(stderr, "error: %s — see camloss_viewer --help\n", wrong.c_str());
    return 2;
  }
  if (options.help) {
    std::fwrite(camloss::ui::kHelp.data(), 1, camloss::ui::kHelp.size(), stdout);
    return 0;
  }
  return camloss::ui::start(options);
}
