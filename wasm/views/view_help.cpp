// The help overlay: what the terms mean, what holds for all photos, and the keys.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "wasm/app/terms.h"
#include "wasm/app/wording.h"
#include "wasm/views/views.h"
#include "wasm/widgets/widgets.h"

namespace camloss::ui {
namespace {

struct Entry {
  std::string_view title, text;
};

/// How much of a photo a cell of the loaded models sees; empty without a model.
std::string field_text(const App& app) {
  std::string text;
  for (const ModelSlot& slot : app.pair().slots.items) {
    if (!slot.model) continue;
    const ModelInfo& info = slot.model->info();
    const int seen = std::min(receptive_field(info), info.input_size);
    const std::string share =
        percent(static_cast<float>(seen) / static_cast<float>(info.input_size));
    const std::string says = slot.role + " " + share;
    if (text.find(says) == text.npos) text += (text.empty() ? "" : ", ") + says;
  }
  if (text.empty()) return text;
  return "Point at a map: the small square is the cell, the large one is what the cell sees, cut "
         "at the "
         "photo's border. Of the photo's width that is: " +
         text + ".";
}

constexpr std::array<Entry, 3> kEntries{{
    {"Two classes only",
     "The models answer one of two classes whatever the photo shows. A nicer map is no proof of a "
     "better model, so look "
     "at the answers as well, and at what is left of them when a part of the photo is hidden."},
    {"Your photos",
     "Photos are read by this page and never leave this machine. Folders inside a dropped folder "
     "are taken as the true classes; for other photos choose the class under the picture."},
    {"Keys",
     // No-break spaces hold a key and what it does together.
     "←\u00A0→\u00A0\u00A0photo     O\u00A0\u00A0add\u00A0photos     S\u00A0\u00A0save\u00A0PNG    "
     " "
     "1–6\u00A0\u00A0map\u00A0method     L\u00A0\u00A0true\u00A0class     Del\u00A0\u00A0remove    "
     " V\u00A0\u00A0next\u00A0view    "
     " "
     "C\u00A0\u00A0copy\u00A0picture     Ctrl+Z\u00A0\u00A0undo     "
     "Tab\u00A0\u00A0controls\u00A0as\u00A0text    "
     " "
     "?\u00A0\u00A0help     Esc\u00A0\u00A0close"},
}};

}  // namespace

void draw_help(App& app, const Layout& layout) {
  if (!app.help_open()) return;
  const Theme& t = theme();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({layout.width, layout.height});
  ImGui::SetNextWindowFocus();
  ImGui::Begin("##help", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground);
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw.AddRectFilled({0, 0}, {layout.width, layout.height},
                     with_alpha(IM_COL32(8, 10, 14, 255), 0.55F));
  const float width = std::min(px(720), layout.width - 2 * layout.margin);
  const float pad = layout.narrow ? px(20) : px(32), inner = width - 2 * pad;
  const std::string field = field_text(app);
  std::vector<Entry> entries;
  for (const Term& term : terms()) {
    entries.push_back({term.name, term.text});
    if (term.name == "Evidence map" && !field.empty())
      entries.push_back({"What a cell sees", field});
  }
  entries.insert(entries.end(), kEntries.begin(), kEntries.end());
  float needed = pad + px(48);
  for (const Entry& e : entries) {
    needed +=
        fonts().strong->FontSize + px(4) + paragraph_height(fonts().body, inner, e.text) + px(16);
  }
  needed += pad - px(16);
  const float height = std::min(needed, layout.height - 2 * layout.margin);
  const Rect box{(layout.width - width) / 2, (layout.height - height) / 2, width, height};
  card(box, 18);
  ImGui::SetCursorScreenPos(box.min());
  // Away from the rounded corners, which the bar beside a long text would square.
  ImGui::BeginChild("text", {box.w - px(4), box.h}, 0, ImGuiWindowFlags_NoBackground);
  float y = box.y + pad - ImGui::GetScrollY();
  const float x = box.x + pad;
  text(fonts().heading, {x, y}, t.text, layout.narrow ? "How to read it" : "How to read this page");
  if (button("Close", {box.right() - pad - px(84), y - px(8), px(84), px(40)}))
    app.show_help(false);
  y += px(48);
  for (const Entry& e : entries) {
    text(fonts().strong, {x, y}, t.text, e.title);
    y += fonts().strong->FontSize + px(4);
    y += paragraph(fonts().body, {x, y}, inner, t.dim, e.text) + px(16);
  }
  ImGui::SetCursorScreenPos({x, y});
  ImGui::Dummy({1, pad - px(16)});
  ImGui::EndChild();
  if (ImGui::IsMouseClicked(0) && !box.contains(ImGui::GetIO().MousePos) &&
      !ImGui::IsWindowAppearing()) {
    app.show_help(false);
  }
  ImGui::End();
}

}  // namespace camloss::ui
