// How the maps are made and drawn: method, evidence, scale, colours, overlays.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/term.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

struct ColourName {
  Colormap map;
  std::string_view title;
};
constexpr ColourName kColours[] = {{Colormap::viridis, "Viridis"},
                                   {Colormap::inferno, "Inferno"},
                                   {Colormap::jet, "Jet, as in the talk"},
                                   {Colormap::diverging, "Diverging"},
                                   {Colormap::grey, "Grey"}};

/// The colour scale with its ends named.
float legend(App& app, float x, float y, float width) {
  const Theme& t = theme();
  const ViewOptions& view = app.view();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  constexpr int kSteps = 32;
  const float h = px(12);
  const auto ink = [&view](int i) {
    const Rgb c = colour(view.colours, static_cast<float>(i) / kSteps);
    const float share = static_cast<float>(i) / kSteps;
    const float strength =
        view.drawn == Drawn::positive_and_negative ? std::abs(2 * share - 1) : share;
    return mix(theme().track, IM_COL32(c[0], c[1], c[2], 255), cover_of(strength));
  };
  for (int i = 0; i < kSteps; ++i) {
    const float left = std::round(x + width * static_cast<float>(i) / kSteps);
    const float right = std::round(x + width * static_cast<float>(i + 1) / kSteps);
    draw.AddRectFilledMultiColor({left, y}, {right, y + h}, ink(i), ink(i + 1), ink(i + 1), ink(i));
  }
  const float line = fonts().body->FontSize;
  const bool is_signed = view.drawn == Drawn::positive_and_negative;
  const auto& names = app.classes();
  const bool known = names.size() == 2;
  const float half = width / 2 - px(4);
  text_in(fonts().body, {x, y + h + px(4), half, line}, t.dim,
          is_signed && known ? names[0] : std::string("no evidence"));
  text_in(fonts().body, {x + width - half, y + h + px(4), half, line}, t.dim,
          is_signed && known ? names[1] : std::string("strongest"), Align::right);
  return h + px(4) + line;
}

}  // namespace

float draw_controls(App& app, Rect at) {
  const float x = at.x, width = at.w;
  float y = at.y;
  const Theme& t = theme();
  ViewOptions view = app.view();
  const float pad = px(18), line = fonts().body->FontSize, row = px(42);
  // The card is drawn first, so its height is known from the last frame's content; the content
  // never changes size.
  const float height = pad + 3 * (line + px(6) + row + px(14)) + px(18) + line + px(14) + row +
                       px(8) + (line + px(32)) + px(8) + 2 * px(40) + pad;
  card({x, y, width, height});
  const float inner_x = x + pad, inner_w = width - 2 * pad;
  y += pad;
  const auto caption = [&](std::string_view s) {
    text(fonts().body, {inner_x, y}, t.dim, s);
    term(s, {inner_x, y, text_size(fonts().body, s).x, line}, explanation(s));
    y += line + px(6);
  };

  caption("Map method");
  std::vector<std::string> titles{"Automatic"};
  std::vector<Method> methods = app.methods();
  int chosen = 0;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    titles.emplace_back(method_title(methods[i]));
    if (view.method == methods[i]) chosen = static_cast<int>(i) + 1;
  }
  if (dropdown("Map method", {inner_x, y, inner_w, row}, titles, chosen)) {
    view.method = chosen == 0
                      ? std::nullopt
                      : std::optional<Method>(methods[static_cast<std::size_t>(chosen - 1)]);
  }
  y += row + px(14);

  caption("Evidence drawn");
  const auto& names = app.classes();
  const bool known = names.size() == 2;
  const std::vector<std::string> drawn_titles{
      "For the predicted class", "For " + (known ? names[0] : "class 0"),
      "For " + (known ? names[1] : "class 1"), "Both classes in two colours"};
  int drawn = static_cast<int>(view.drawn);
  if (dropdown("Evidence drawn", {inner_x, y, inner_w, row}, drawn_titles, drawn)) {
    view.drawn = static_cast<Drawn>(drawn);
    const bool is_signed = view.drawn == Drawn::positive_and_negative;
    if (is_signed) view.colours = Colormap::diverging;
    if (!is_signed && view.colours == Colormap::diverging) view.colours = Colormap::viridis;
  }
  y += row + px(14);

  caption("Colours");
  std::vector<std::string> colour_titles;
  int colours = 0;
  for (std::size_t i = 0; i < std::size(kColours); ++i) {
    colour_titles.emplace_back(kColours[i].title);
    if (kColours[i].map == view.colours) colours = static_cast<int>(i);
  }
  if (dropdown("Colours", {inner_x, y, inner_w, row}, colour_titles, colours)) {
    view.colours = kColours[static_cast<std::size_t>(colours)].map;
  }
  y += row + px(8);
  y += legend(app, inner_x, y, inner_w) + px(16);

  constexpr std::array<std::string_view, 2> kScales{"Own scale", "Same scale"};
  int scale = view.common_scale ? 1 : 0;
  if (segmented("scale", {inner_x, y, inner_w, row}, kScales, scale))
    view.common_scale = scale == 1;
  term("Scale", {inner_x, y, inner_w, row}, explanation("Scale"));
  y += row + px(14);

  slider("Opacity", {inner_x, y, inner_w, line + px(32)}, view.opacity, 0, 1,
         percent(view.opacity));
  y += line + px(32) + px(8);
  toggle("Outline the strongest fifth", {inner_x, y, inner_w, px(40)}, view.contour);
  y += px(40);
  toggle("Show what counts as centre", {inner_x, y, inner_w, px(40)}, view.kernel);
  app.set_view(view);
  return height;
}

}  // namespace camloss::ui
