// Messages along the top of the page, and the veil shown while files are held over it.
#include <algorithm>

#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {

namespace {

float banner_width(const Layout& layout) {
  return std::min(px(820), layout.width - 2 * layout.margin);
}

float banner_height(const Banner& banner, const Layout& layout) {
  const float text_w = banner_width(layout) - px(82);
  const float pad = px(layout.flat || layout.narrow ? 16 : 28);
  return std::max(std::min(paragraph_height(fonts().body, text_w, banner.text), px(200)) + pad,
                  px(44));
}

}  // namespace

float notices_height(const App& app, const Layout& layout) {
  float height = 0;
  for (const Banner& b : app.banners().all()) {
    if (!b.is_error) height += banner_height(b, layout) + px(8);
  }
  return std::min(height, layout.height * 0.3F);
}

void draw_banners(App& app, const Layout& layout) {
  if (app.banners().all().empty()) return;
  const Theme& t = theme();
  const float width = banner_width(layout);
  const float x = (layout.width - width) / 2;
  // Above the gallery strip, the newest lowest, so that nothing that is being read is covered.
  float y = layout.height - gallery_height(layout) - px(8);
  const ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                 ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                                 ImGuiWindowFlags_NoFocusOnAppearing;
  for (std::size_t i = app.banners().all().size(); i-- > 0;) {
    const Banner& b = app.banners().all()[i];
    const float text_w = width - px(82);
    const float h = banner_height(b, layout);
    y -= h;
    ImGui::SetNextWindowPos({x, y});
    ImGui::SetNextWindowSize({width, h + px(4)});
    ImGui::PushID(static_cast<int>(i));
    ImGui::Begin(("##banner" + std::to_string(i)).c_str(), nullptr, flags);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    const Rect box{x, y, width, h};
    card(box, 12);
    draw.AddRectFilled({x, y + px(10)}, {x + px(4), y + h - px(10)}, b.is_error ? t.bad : t.text,
                       px(2));
    draw.PushClipRect(box.min(), box.max(), true);
    const float lines = paragraph_height(fonts().body, text_w, b.text);
    paragraph(fonts().body, {x + px(20), y + std::max((h - lines) / 2, px(8))}, text_w, t.text,
              b.text);
    draw.PopClipRect();
    const Hit close = hit("Close message", {x + width - px(48), y + px(4), px(40), px(36)});
    const ImVec2 c{x + width - px(28), y + px(22)};
    const ImU32 ink = close.hovered ? t.text : t.dim;
    draw.AddLine({c.x - px(5), c.y - px(5)}, {c.x + px(5), c.y + px(5)}, ink, px(2));
    draw.AddLine({c.x + px(5), c.y - px(5)}, {c.x - px(5), c.y + px(5)}, ink, px(2));
    ImGui::End();
    ImGui::PopID();
    y -= px(8);
    if (close.clicked) {
      app.close_banner(i);
      break;
    }
  }
}

void draw_drop_veil(App& app, const Layout& layout) {
  if (!app.dragging_files()) return;
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  draw.AddRectFilled({0, 0}, {layout.width, layout.height}, with_alpha(t.page, 0.86F));
  const float inset = px(20);
  draw.AddRect({inset, inset}, {layout.width - inset, layout.height - inset}, t.accent[1], px(18),
               0, px(3));
  const auto line = [&](ImFont* font, std::string_view s, float y, ImU32 colour) {
    const float w = text_size(font, s).x;
    draw.AddText(font, font->FontSize, {(layout.width - w) / 2, y}, colour, s.data(),
                 s.data() + s.size());
  };
  const float y = layout.height / 2;
  line(fonts().display, "Drop photos, folders or weights", y - px(36), t.text);
  line(fonts().body, "They are read here and never leave this machine.", y + px(10), t.dim);
}

}  // namespace camloss::ui
