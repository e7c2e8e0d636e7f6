// One frame of the page: layout, the chosen view, gallery strip, overlays and keys.
#include <imgui_internal.h>

#include <algorithm>

#include "wasm/app/app.h"
#include "wasm/app/platform.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr float kNarrowBelow = 740;  // layout units of width
constexpr float kTallHeaderBelow = 900;
constexpr float kSidebarAbove = 1120;
constexpr float kSidebarWidth = 300;
constexpr float kWidestContent = 1900;

Layout make_layout() {
  Layout l;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  l.width = display.x;
  l.height = display.y;
  l.narrow = display.x < px(kNarrowBelow);
  l.tall_header = display.x < px(kTallHeaderBelow);
  l.sidebar = display.x >= px(kSidebarAbove);
  l.gap = l.tall_header ? px(12) : px(16);
  l.margin = l.tall_header ? px(16) : px(24);
  return l;
}

/// Draws the chosen page from (x, y); returns its height.
float draw_page(App& app, const Layout& l, float x, float y, float width, float room) {
  switch (app.state().view.page) {
    case Page::compare:
      return draw_comparison(app, l, x, y, width, room);
    case Page::split:
      return draw_split(app, l, x, y, width, room);
    case Page::probe:
      return draw_probes(app, l, x, y, width, room);
    case Page::table:
      return draw_table(app, l, x, y, width);
  }
  return 0;
}

}  // namespace

void App::keyboard() {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.KeyCtrl || io.KeySuper || io.KeyAlt) return;
  const auto pressed = [](ImGuiKey key) { return ImGui::IsKeyPressed(key); };
  if (pressed(ImGuiKey_Escape)) {
    state_.help_open = false;
    ImGui::ClosePopupsExceptModals();
  }
  if (pressed(ImGuiKey_RightArrow) || pressed(ImGuiKey_DownArrow)) select_relative(1);
  if (pressed(ImGuiKey_LeftArrow) || pressed(ImGuiKey_UpArrow)) select_relative(-1);
  if (ImGui::IsKeyPressed(ImGuiKey_O, false)) platform::choose_photos();
  if (ImGui::IsKeyPressed(ImGuiKey_S, false)) request_png();
  if (ImGui::IsKeyPressed(ImGuiKey_Delete, false)) remove_selected();
  if (const Photo* photo = selected(); ImGui::IsKeyPressed(ImGuiKey_L, false) && photo != nullptr) {
    const int next = truth(*photo).value_or(-1) + 1;  // no label, first class, second class, none
    set_truth(photo->id, next < 2 ? std::optional<int>(next) : std::nullopt);
  }
  const std::vector<Method> all = methods();
  for (int i = 0; i < 6 && i < static_cast<int>(all.size()); ++i) {
    if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(ImGuiKey_1 + i), false))
      set_method(all[static_cast<std::size_t>(i)]);
  }
  const ImWchar* typed = io.InputQueueCharacters.Data;
  for (int i = 0; i < io.InputQueueCharacters.Size; ++i) {
    if (typed[i] == '?') state_.help_open = !state_.help_open;
  }
}

void App::draw() {
  ++state_.frame;
  begin_widgets();
  if (selected() == nullptr && !state_.photos.empty()) state_.selected = state_.photos.back().id;
  keyboard();
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
  const float header = draw_header(*this, l);
  const float strip = gallery_height();
  const Rect content{0, header, l.width, l.height - header - strip};
  draw_gallery(*this, l, {0, content.bottom(), l.width, strip});

  ImGui::SetCursorScreenPos(content.min());
  ImGui::BeginChild("content", {content.w, content.h}, 0, ImGuiWindowFlags_NoBackground);
  state_.hover_next.reset();
  const float scroll = ImGui::GetScrollY();
  const float width = std::min(content.w - 2 * l.margin, px(kWidestContent));
  const float x = (content.w - width) / 2;
  const float y = content.y + (l.narrow ? px(14) : px(20)) - scroll;
  const bool controls = state_.view.page == Page::compare || state_.view.page == Page::split;
  const float room = content.bottom() - px(20) - (y + scroll);
  const bool beside = l.sidebar && controls;
  const float main_w = beside ? width - px(kSidebarWidth) - l.gap : width;
  float bottom = y + draw_page(*this, l, x, y, main_w, room);
  if (beside) {
    bottom = std::max(bottom, y + draw_controls(*this, x + main_w + l.gap, y, px(kSidebarWidth)));
  } else if (controls) {
    bottom += l.narrow ? 0 : l.gap;
    bottom += draw_controls(*this, x, bottom, width);
  }
  ImGui::SetCursorScreenPos({content.x, bottom});
  ImGui::Dummy({1, px(20)});
  ImGui::EndChild();
  state_.hover = state_.hover_next;
  ImGui::End();
  draw_banners(*this, l);
  draw_help(*this, l);
  draw_drop_veil(*this, l);
  ImGui::PopStyleColor(5);
}

}  // namespace camloss::ui
