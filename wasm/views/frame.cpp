// One frame of the page: layout, the chosen view, gallery strip, overlays and keys.
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

#include <algorithm>

#include "wasm/app/app.h"
#include "wasm/app/platform.h"
#include "wasm/gpu/gl.h"
#include "wasm/views/png_frame.h"
#include "wasm/views/views.h"
#include "wasm/widgets/foreign_text.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/touch.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr float kNarrowBelow = 740;  // layout units of width
constexpr float kTallHeaderBelow = 900;
constexpr float kSidebarAbove = 1120;
constexpr float kSidebarWidth = 316;
constexpr float kWidestContent = 1900;
// Below that height, where the width allows three columns: a phone on its side, or 200 % of a small window.
constexpr float kFlatBelow = 560, kFlatFrom = 600;

Layout make_layout() {
  Layout l;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  l.width = display.x;
  l.height = display.y;
  l.flat = display.y < px(kFlatBelow) && display.x >= px(kFlatFrom);
  l.narrow = display.x < px(kNarrowBelow) && !l.flat;
  l.tall_header = display.x < px(kTallHeaderBelow) && !l.flat;
  l.sidebar = display.x >= px(kSidebarAbove) && !l.flat;
  l.gap = l.flat ? px(8) : l.tall_header ? px(12) : px(16);
  l.margin = l.flat ? px(12) : l.tall_header ? px(16) : px(24);
  return l;
}

void keyboard(App& app) {
  const ImGuiIO& io = ImGui::GetIO();
  const auto pressed = [](ImGuiKey key) { return ImGui::IsKeyPressed(key); };
  if (io.KeyCtrl && pressed(ImGuiKey_Z)) {
    if (io.KeyShift) {
      app.redo();
    } else {
      app.undo();
    }
  }
  if (io.KeyCtrl && pressed(ImGuiKey_Y)) app.redo();
  if (io.KeyCtrl || io.KeySuper || io.KeyAlt) return;
  if (pressed(ImGuiKey_Escape)) {
    app.show_help(false);
    app.set_close_look({});
    ImGui::ClosePopupsExceptModals();
  }
  if (pressed(ImGuiKey_RightArrow) || pressed(ImGuiKey_DownArrow)) app.select_relative(1);
  if (pressed(ImGuiKey_Home)) app.select_relative(-static_cast<int>(app.photos().size()));
  if (pressed(ImGuiKey_End)) app.select_relative(static_cast<int>(app.photos().size()));
  if (pressed(ImGuiKey_LeftArrow) || pressed(ImGuiKey_UpArrow)) app.select_relative(-1);
  if (ImGui::IsKeyPressed(ImGuiKey_O, false)) platform::choose_photos();
  if (ImGui::IsKeyPressed(ImGuiKey_S, false)) app.request_png();
  if (ImGui::IsKeyPressed(ImGuiKey_C, false)) app.request_png(PngFor::clipboard);
  if (ImGui::IsKeyPressed(ImGuiKey_V, false))
    app.set_page(static_cast<Page>((static_cast<int>(app.view().page) + 1) % kPageCount));
  if (ImGui::IsKeyPressed(ImGuiKey_Delete, false)) app.remove_selected();
  if (const Photo* photo = app.selected();
      ImGui::IsKeyPressed(ImGuiKey_L, false) && photo != nullptr) {
    const int next = app.truth(*photo).value_or(-1) + 1;  // none, first class, second class, none
    app.set_truth(photo->id, next < 2 ? std::optional<int>(next) : std::nullopt);
  }
  const std::vector<Method> all = app.methods();
  for (int i = 0; i < 6 && i < static_cast<int>(all.size()); ++i) {
    if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(ImGuiKey_1 + i), false))
      app.set_method(all[static_cast<std::size_t>(i)]);
  }
  const ImWchar* typed = io.InputQueueCharacters.Data;
  for (int i = 0; i < io.InputQueueCharacters.Size; ++i) {
    if (typed[i] == '?') app.show_help(!app.help_open());
  }
}

/// Everything of a frame between ImGui::NewFrame and ImGui::Render.
void draw(App& app) {
  app.begin_frame();
  begin_widgets();
  if (!ImGui::IsAnyMouseDown()) app.end_gesture();
  app.keep_selection();
  keyboard(app);
  const Layout l = make_layout();
  const ImGuiWindowFlags flags =
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
      ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({l.width, l.height});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, theme().page);
  ImGui::PushStyleColor(ImGuiCol_ScrollbarBg, IM_COL32(0, 0, 0, 0));
  ImGui::PushStyleColor(ImGuiCol_ScrollbarGrab, mix(theme().track, theme().dim, 0.4F));
  ImGui::PushStyleColor(ImGuiCol_ScrollbarGrabHovered, mix(theme().track, theme().dim, 0.7F));
  ImGui::PushStyleColor(ImGuiCol_ScrollbarGrabActive, theme().dim);
  ImGui::Begin("##page", nullptr, flags);
  const float header = draw_header(app, l);
  const float strip = gallery_height(l);
  // Notices stand between view and strip and cover neither.
  const Rect content{0, header, l.width, l.height - header - strip - notices_height(app, l)};
  if (strip > 0) draw_gallery(app, l, {0, l.height - strip, l.width, strip});

  ImGui::SetCursorScreenPos(content.min());
  ImGui::BeginChild("content", {content.w, content.h}, 0, ImGuiWindowFlags_NoBackground);
  // Another view begins at its top.
  ImGuiStorage& kept = *ImGui::GetStateStorage();
  const ImGuiID page_id = ImGui::GetID("page");
  const int page = static_cast<int>(app.view().page);
  if (kept.GetInt(page_id, page) != page) ImGui::SetScrollY(0);
  kept.SetInt(page_id, page);
  const float scroll = ImGui::GetScrollY();
  const float width = std::min(content.w - 2 * l.margin, px(kWidestContent));
  const float x = (content.w - width) / 2;
  const float space = l.flat ? px(6) : l.narrow ? px(10) : px(20);
  const float y = content.y + space - scroll;
  const bool controls = (app.view().page == Page::compare || app.view().page == Page::split) &&
                        app.selected() != nullptr;
  const float room = content.bottom() - space - (y + scroll);
  const bool beside = l.sidebar && controls;
  const float main_w = beside ? width - px(kSidebarWidth) - l.gap : width;
  float bottom = y + draw_page(app, {l, {x, y, main_w, room}});
  if (beside) {
    const float left = x + main_w + l.gap;
    float side = y;
    if (app.photos().only_samples() && platform::has_dialogs() && room >= px(kLowRoom))
      side += draw_ways_in({left, side, px(kSidebarWidth), 0}, true) + l.gap;
    bottom = std::max(bottom, side + draw_controls(app, {left, side, px(kSidebarWidth), 0}));
  } else if (controls) {
    bottom += l.gap;
    bottom += draw_controls(app, {x, bottom, width, 0});
  }
  ImGui::SetCursorScreenPos({content.x, bottom});
  ImGui::Dummy({1, px(20)});
  ImGui::EndChild();
  ImGui::End();
  draw_banners(app, l);
  draw_close_look(app, l);
  draw_help(app, l);
  draw_drop_veil(app, l);
  draw_explanation();
  ImGui::PopStyleColor(5);
}

/// The picture of the view, handed to the user.
void hand_over_png(App& app, PngFor purpose) {
  if (auto picture = draw_png(app)) {
    if (purpose == PngFor::clipboard) {
      platform::copy_png(picture->image);
    } else {
      platform::save_png(picture->name, picture->image);
    }
  } else {
    app.message("The picture could not be drawn — the graphics memory does not suffice", true);
  }
}

}  // namespace

float draw_page(App& app, const Frame& place) {
  switch (app.view().page) {
    case Page::compare:
      return draw_comparison(app, place);
    case Page::split:
      return draw_split(app, place);
    case Page::probe:
      return draw_probes(app, place);
    case Page::table:
      return draw_table(app, place);
  }
  return 0;
}

void rebuild_fonts(float scale) {
  if (!set_scale(scale)) return;
  ImGui_ImplOpenGL3_DestroyFontsTexture();
  ImGui_ImplOpenGL3_CreateFontsTexture();
}

bool step(App& app, int& frames_wanted) {
  constexpr double kWorkMs = 10;  // of analysis in one frame
  const double start = platform::now_ms();
  const bool more = app.work(kWorkMs) || app.animating() || touch_active() || explanation_pending();
  if (more) frames_wanted = std::max(frames_wanted, 2);
  if (frames_wanted <= 0) return false;
  --frames_wanted;
  rebuild_fonts(platform::scale());
  if (const auto purpose = app.take_png_request()) hand_over_png(app, *purpose);
  ImGui_ImplOpenGL3_NewFrame();
  platform::begin_frame();
  ImGui::NewFrame();
  scroll_by_touch();
  draw(app);
  forget_gestures();
  ImGui::Render();
  const ImGuiIO& io = ImGui::GetIO();
  const ImVec4 page = ImGui::ColorConvertU32ToFloat4(theme().page);
  glViewport(0, 0, static_cast<int>(io.DisplaySize.x * io.DisplayFramebufferScale.x),
             static_cast<int>(io.DisplaySize.y * io.DisplayFramebufferScale.y));
  glClearColor(page.x, page.y, page.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  platform::end_frame();
  // Letters met in this frame are in the fonts of the next one.
  if (fonts_are_stale()) frames_wanted = std::max(frames_wanted, 2);
  // Else the page would count as idle before others know what this frame found.
  if (app.untold()) frames_wanted = std::max(frames_wanted, 1);
  app.frame_took(platform::now_ms() - start);
  return true;
}

}  // namespace camloss::ui
