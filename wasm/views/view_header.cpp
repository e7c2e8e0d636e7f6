// The bar at the top: name, pages, models, export, help and the button that takes photos.
#include <algorithm>
#include <array>

#include "wasm/app/platform.h"
#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

constexpr std::array<std::string_view, 4> kPages{"Compare", "Centre", "Probe", "All photos"};

void weights_menu(App& app, Rect anchor, bool open) {
  const float width = px(320);
  if (!begin_menu("weights", anchor, open, width)) return;
  for (std::size_t i = 0; i < app.comparison().shipped().size(); ++i) {
    if (menu_entry(app.comparison().shipped()[i].name, width,
                   app.pair().index == static_cast<int>(i)))
      app.use_pair(static_cast<int>(i));
  }
  if (app.pair().index < 0 && app.pair().any_model()) menu_entry("Own weights", width, true);
  if (platform::has_dialogs() && menu_entry("Open own weights…", width)) platform::choose_weights();
  end_menu();
}

std::string models_name(const App& app) {
  return app.pair().index >= 0    ? app.comparison().pair_name(app.pair())
         : app.pair().any_model() ? "own weights"
                                  : "none";
}

void more_menu(App& app, Rect anchor, bool open, bool with_weights) {
  const float width = px(300);
  bool open_weights = false;
  if (begin_menu("more", anchor, open, width)) {
    if (platform::has_dialogs()) {
      if (menu_entry("Add a folder of photos…", width)) platform::choose_folder();
      if (menu_entry("Take a photo…", width)) platform::take_photo();
      if (menu_entry("Train models of your own…", width)) platform::open_training();
    }
    if (with_weights && menu_entry("Models: " + models_name(app), width)) open_weights = true;
    if (menu_entry("Save this view as PNG", width)) app.request_png();
    if (menu_entry("Save table as CSV", width)) app.export_csv();
    if (menu_entry("Copy picture", width)) app.request_png(PngFor::clipboard);
    if (menu_entry("Copy link", width)) app.copy_link();
    if (menu_entry("Remove this photo", width)) app.remove_selected();
    if (!app.undo_name().empty() && menu_entry("Undo " + app.undo_name(), width)) app.undo();
    if (!app.redo_name().empty() && menu_entry("Do again: " + app.redo_name(), width)) app.redo();
    if (platform::can_keep() && menu_entry("Keep my photos on this machine", width, app.keeping()))
      platform::keep_photos(!app.keeping());
    if (menu_entry("Start over with the samples", width)) app.clear_photos();
    if (with_weights && menu_entry("Help", width)) app.show_help(true);
    end_menu();
  }
  if (with_weights) weights_menu(app, anchor, open_weights);
}

void brand(float x, float y, float h, bool with_name) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  // Two overlapping looks at the same thing: one off the centre, one on it.
  const ImVec2 c{x + px(14), y + h / 2};
  draw.AddCircleFilled({c.x - px(4), c.y - px(2)}, px(9), with_alpha(t.accent[0], 0.9F));
  draw.AddCircleFilled({c.x + px(5), c.y + px(2)}, px(9), with_alpha(t.accent[1], 0.9F));
  if (with_name) text_in(fonts().heading, {x + px(36), y, px(140), h}, t.text, "camloss");
}

/// A round button with a camera.
bool camera_button(Rect r) {
  const Theme& t = theme();
  const bool clicked = icon_button("Take a photo", " ", r);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const ImVec2 c{r.x + r.w / 2, r.y + r.h / 2};
  draw.AddRect({c.x - px(9), c.y - px(5)}, {c.x + px(9), c.y + px(8)}, t.text, px(3), 0, px(1.8F));
  draw.AddRectFilled({c.x - px(4), c.y - px(8)}, {c.x + px(4), c.y - px(5)}, t.text, px(1));
  draw.AddCircle({c.x, c.y + px(1.5F)}, px(3.5F), t.text, 0, px(1.8F));
  return clicked;
}

}  // namespace

float draw_header(App& app, const Layout& layout) {
  const Theme& t = theme();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool tight = layout.flat || layout.narrow;
  const float bar_h = px(layout.flat     ? 46
                         : layout.narrow ? 54
                                         : 64),
              button_h = px(tight ? 40 : 42);
  const float height = layout.tall_header ? bar_h + px(layout.narrow ? 48 : 54) : bar_h;
  draw.AddRectFilled({0, 0}, {layout.width, height}, t.card);
  draw.AddRectFilled({0, height - std::max(1.0F, unit())}, {layout.width, height}, t.border);
  const float y = (bar_h - button_h) / 2;

  float right = layout.width - layout.margin;
  const auto place = [&](float w) {
    right -= w;
    const Rect r{right, y, w, button_h};
    right -= px(8);
    return r;
  };
  const auto add_photos = [&] {
    const float spare = right - layout.margin - px(44);
    const float wanted = button_width("Add photos");
    if (platform::has_dialogs() &&
        button("Add photos", place(std::min(wanted, spare)), ButtonStyle::primary)) {
      platform::choose_photos();
    }
  };
  int page = static_cast<int>(app.view().page);
  const Rect more = place(button_h);
  more_menu(app, more, icon_button("More", "", more), tight || layout.tall_header);
  if (tight || layout.tall_header) {
    if (platform::has_dialogs() && !layout.flat) {
      if (camera_button(place(button_h))) platform::take_photo();
    }
    add_photos();
    const bool with_name = !layout.flat && right - layout.margin > px(134);
    brand(layout.margin, 0, bar_h, with_name);
    const Rect tabs =
        layout.flat
            ? Rect{layout.margin + px(40), y,
                   std::min(segmented_width(kPages), right - layout.margin - px(40)), px(42)}
            : Rect{layout.margin, bar_h - px(4), layout.width - 2 * layout.margin, px(44)};
    if (segmented("pages", tabs, kPages, page)) app.set_page(static_cast<Page>(page));
    return height;
  }
  brand(layout.margin, 0, bar_h, true);
  const Rect help = place(button_h);
  if (icon_button("Help", "?", help)) app.show_help(!app.help_open());
  add_photos();

  const float tabs_w = segmented_width(kPages);
  const bool roomy = layout.width > px(1180);
  const float spare = right - (layout.margin + px(160) + tabs_w + px(24));
  const std::string caption = "Models: " + models_name(app);
  // So wide at most that the tabs stay in the middle.
  const float centred = right - (layout.width + tabs_w) / 2 - px(16);
  const float least = button_width("Models");
  const float wanted = roomy ? std::min(button_width(caption), std::max(centred, px(180))) : least;
  const Rect weights = place(std::min(wanted, std::max(spare, least)));
  const Hit h = hit("Models", weights);
  draw.AddRectFilled(weights.min(), weights.max(), h.hovered || h.held ? t.hover : t.card, px(10));
  draw.AddRect(weights.min(), weights.max(), t.border, px(10), 0, std::max(1.0F, unit()));
  text_in(fonts().strong, weights.inset(px(8)), t.text, roomy ? caption : std::string("Models"),
          Align::centre);
  term("Models", weights, caption + ". " + std::string(explanation("Models")));
  weights_menu(app, weights, h.clicked);

  const float beside_brand = layout.margin + px(134);
  float tabs_x = roomy ? (layout.width - tabs_w) / 2 : beside_brand;
  tabs_x = std::clamp(tabs_x, beside_brand, std::max(beside_brand, right - tabs_w));
  if (segmented("pages", {tabs_x, y - px(1), tabs_w, px(44)}, kPages, page)) {
    app.set_page(static_cast<Page>(page));
  }
  return height;
}

}  // namespace camloss::ui
