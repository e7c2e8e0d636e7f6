// The export: the view as it is chosen, without what is there to be clicked, laid out for a fixed width, rendered off screen.
#include "wasm/views/png_frame.h"

#include <imgui.h>
#include <imgui_impl_opengl3.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "wasm/app/wording.h"
#include "wasm/gpu/gl.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr float kScale = 2;
constexpr float kWidth = 1180, kTallest = 1400;  // layout units

/// A file name made of the photo's letters and digits.
std::string file_name(const Photo& photo) {
  std::string out = "camloss-";
  for (const char c : photo.name.substr(0, photo.name.find_last_of('.'))) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain) {
      out += c;
    } else if (out.back() != '-') {
      out += '-';
    }
    if (out.size() > 60) break;
  }
  return out + ".png";
}

/// What a probe did to the photo: ": moved, its hue turned by 40°, painted over".
std::string change_of(const ProbeChange& change) {
  std::string s;
  const auto add = [&s](const std::string& part) { s += (s.empty() ? ": " : ", ") + part; };
  if (change.shift_x != 0 || change.shift_y != 0) add("moved");
  if (change.hue != 0) add("its hue turned by " + number(static_cast<double>(change.hue), 0) + "°");
  if (!change.strokes.empty()) add("painted over");
  return s;
}

/// One line that says what the colours mean.
std::string caption(const App& app) {
  const ViewOptions& view = app.view();
  std::string s = "Maps: ";
  for (const Slot slot : kBothSlots) {
    const ModelSlot& m = app.slot(slot);
    if (!m.model) continue;
    if (s.size() > 6) s += ", ";
    s += m.role + " " + std::string(method_title(app.method_of(slot)));
    if (!m.model->info().recipe.empty()) s += " (recipe " + m.model->info().recipe + ")";
  }
  constexpr std::string_view kDrawn[] = {"evidence for the predicted class",
                                         "evidence for the first class",
                                         "evidence for the second class", "signed evidence"};
  if (const Hidden hidden = hidden_here(app); hidden != Hidden::nothing)
    s = "Shown " + hidden_words(app, hidden) + ". " + s;
  if (view.page == Page::probe && app.probe() != ProbeChange())
    s = "The photo was changed" + change_of(app.probe()) + ". " + s;
  s += "; " + std::string(kDrawn[static_cast<std::size_t>(view.drawn)]);
  s += view.common_scale && view.page != Page::probe ? ", one scale for both."
                                                     : ", each on its own scale.";
  return s + " Made with camloss.";
}

float draw_content(App& app, float width) {
  const float margin = px(28), inner = width - 2 * margin;
  Layout l;
  l.width = width;
  l.height = px(kTallest);
  l.gap = px(16);
  l.margin = margin;
  l.exporting = true;
  float y = margin;
  y += draw_page(app, {l, {margin, y, inner, px(760)}});
  y += px(16);
  const std::string below =
      app.view().page == Page::table ? std::string("Made with camloss.") : caption(app);
  y += paragraph(fonts().body, {margin, y}, inner, theme().dim, below);
  return y + margin;
}

}  // namespace

std::optional<NamedImage> draw_png(App& app) {
  const Photo* photo = app.selected();
  if (photo == nullptr || app.display(photo->id) == nullptr) return std::nullopt;
  ImGuiIO& io = ImGui::GetIO();
  const ImVec2 old_size = io.DisplaySize, old_mouse = io.MousePos;
  const float old_scale = unit();
  const float width = std::round(kWidth * kScale);
  float height = std::round(kTallest * kScale);
  std::optional<NamedImage> out;
  // The first frame measures the height, the second is kept.
  for (int pass = 0; pass < 2; ++pass) {
    rebuild_fonts(kScale);  // a pass may meet letters that the fonts lack
    io.DisplaySize = {width, height};
    io.DeltaTime = 1.0F / 60;
    ImGui::NewFrame();
    io.MousePos = {-FLT_MAX, -FLT_MAX};
    begin_widgets();
    ImGui::SetNextWindowPos({0, 0});
    ImGui::SetNextWindowSize({width, height});
    ImGui::PushStyleColor(ImGuiCol_WindowBg, theme().page);
    ImGui::Begin("##export", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoFocusOnAppearing);
    const float used = std::min(draw_content(app, width), px(kTallest));
    ImGui::End();
    ImGui::PopStyleColor();
    ImGui::Render();
    if (pass == 0) {
      height = used;
      continue;
    }
    const int w = static_cast<int>(width), h = static_cast<int>(height);
    if (std::max(w, h) > max_texture_side()) break;
    RenderTarget target(w, h);
    if (!target.complete()) break;
    glViewport(0, 0, w, h);
    glClearColor(0, 0, 0, 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    const bool of_all = app.view().page == Page::table;
    out = NamedImage{of_all ? std::string("camloss-photos.png") : file_name(*photo),
                     Image{w, h, 4, target.read()}};
  }
  io.DisplaySize = old_size;
  io.MousePos = old_mouse;
  rebuild_fonts(old_scale);
  return out;
}

}  // namespace camloss::ui
