// Colours, fonts and spacing; digits are made equally wide so that numbers align.
#include "wasm/widgets/theme.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

#include "ui_fonts.h"
#include "wasm/widgets/foreign_text.h"

namespace camloss::ui {
namespace {

constexpr ImU32 rgb(unsigned hex, unsigned alpha = 255) {
  return (alpha << 24) | ((hex & 0xFF) << 16) | (hex & 0xFF00) | (hex >> 16);
}

Theme light_theme() {
  Theme t;
  t.page = rgb(0xF4F5F7);
  t.card = rgb(0xFFFFFF);
  t.border = rgb(0xDFE3E8);
  t.text = rgb(0x14181F);
  t.dim = rgb(0x57606E);
  t.track = rgb(0xE8EBF0);
  t.hover = rgb(0xEDF0F4);
  t.shadow = rgb(0x1B2430, 18);
  t.primary = rgb(0x14181F);
  t.on_primary = rgb(0xFFFFFF);
  t.good = rgb(0x1D7A46);
  t.bad = rgb(0xB3261E);
  t.notice = rgb(0x8A2B22);
  t.accent = {rgb(0xC2560C), rgb(0x1B6EC2)};
  t.accent_soft = {rgb(0xFBEDE1), rgb(0xE4F0FC)};
  return t;
}

Theme dark_theme() {
  Theme t;
  t.dark = true;
  t.page = rgb(0x0E1116);
  t.card = rgb(0x181C23);
  t.border = rgb(0x2B323D);
  t.text = rgb(0xEEF1F5);
  t.dim = rgb(0xA0A9B6);
  t.track = rgb(0x2A303A);
  t.hover = rgb(0x232932);
  t.shadow = rgb(0x000000, 60);
  t.primary = rgb(0xEEF1F5);
  t.on_primary = rgb(0x14181F);
  t.good = rgb(0x5CC489);
  t.bad = rgb(0xFF8A80);
  t.notice = rgb(0xFFB4AB);
  t.accent = {rgb(0xF28C3C), rgb(0x5AA9F8)};
  t.accent_soft = {rgb(0x3A2818), rgb(0x172C44)};
  return t;
}

Theme g_theme = light_theme();
Fonts g_fonts;
float g_unit = 1;

/// Letters of the page's own text and of most file names.
constexpr ImWchar kTextRanges[] = {0x0020, 0x017F, 0x0391, 0x03C9, 0x2010, 0x2027, 0x2190,
                                   0x2193, 0x2200, 0x2265, 0x03A3, 0x03A3, 0};
constexpr ImWchar kNameRanges[] = {0x0020, 0x017F, 0x0391, 0x03C9, 0x0400, 0x045F, 0x2010,
                                   0x2027, 0x2190, 0x2193, 0x2200, 0x2265, 0};

/// Gives all ten digits the width of the widest.
void align_digits(ImFont* font) {
  float widest = 0;
  for (ImFontGlyph& g : font->Glyphs) {
    if (g.Codepoint >= '0' && g.Codepoint <= '9') widest = std::max(widest, g.AdvanceX);
  }
  for (ImFontGlyph& g : font->Glyphs) {
    if (g.Codepoint < '0' || g.Codepoint > '9') continue;
    const float shift = std::round((widest - g.AdvanceX) / 2);
    g.X0 += shift;
    g.X1 += shift;
    g.AdvanceX = widest;
  }
  font->BuildLookupTable();
}

ImFont* add_font(std::span<const std::uint8_t> data, float size, const ImWchar* ranges) {
  ImFontConfig config;
  config.FontDataOwnedByAtlas = false;
  config.OversampleH = 2;
  config.OversampleV = 1;
  config.PixelSnapH = false;
  // The atlas only reads the bytes, but takes them as non-const.
  void* bytes = const_cast<std::uint8_t*>(data.data());
  return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(bytes, static_cast<int>(data.size()),
                                                    std::round(size * g_unit), &config, ranges);
}

}  // namespace

const Theme& theme() { return g_theme; }
const Fonts& fonts() { return g_fonts; }
float unit() { return g_unit; }
float px(float units) { return std::round(units * g_unit); }

void set_theme(bool dark) { g_theme = dark ? dark_theme() : light_theme(); }

bool set_scale(float scale) {
  scale = std::clamp(scale, 0.5F, 6.0F);
  if (g_fonts.body != nullptr && std::abs(scale - g_unit) < 1e-3F && !fonts_are_stale())
    return false;
  g_unit = scale;
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.TexDesiredWidth = scale > 2.5F ? 4096 : 2048;
  g_fonts.body = add_font(kFontRegular, 19.5F, kNameRanges);
  g_fonts.strong = add_font(kFontSemiBold, 19.5F, kTextRanges);
  g_fonts.heading = add_font(kFontSemiBold, 25, kNameRanges);
  g_fonts.display = add_font(kFontSemiBold, 34, kTextRanges);
  reserve_runs(atlas);
  atlas.Build();
  fill_runs(atlas);
  for (ImFont* font : atlas.Fonts) align_digits(font);

  ImGuiStyle style;
  ImGui::StyleColorsLight(&style);
  style.WindowPadding = {0, 0};
  style.WindowBorderSize = 0;
  style.ItemSpacing = {0, 0};
  style.PopupRounding = px(10);
  style.PopupBorderSize = std::max(1.0F, px(1));
  style.ScrollbarSize = px(10);
  style.ScrollbarRounding = px(5);
  style.TouchExtraPadding = {px(2), px(2)};
  ImGui::GetStyle() = style;
  return true;
}

ImU32 with_alpha(ImU32 colour, float alpha) {
  const auto a =
      static_cast<ImU32>(static_cast<float>(colour >> 24) * std::clamp(alpha, 0.0F, 1.0F));
  return (colour & 0x00FFFFFFU) | (a << 24);
}

float luminance(ImU32 colour) {
  const auto linear = [colour](int shift) {
    const float v = static_cast<float>((colour >> shift) & 0xFF) / 255.0F;
    return v <= 0.04045F ? v / 12.92F : std::pow((v + 0.055F) / 1.055F, 2.4F);
  };
  return 0.2126F * linear(0) + 0.7152F * linear(8) + 0.0722F * linear(16);
}

ImU32 readable_on(ImU32 fill, ImU32 a, ImU32 b) {
  const auto contrast = [under = luminance(fill)](ImU32 ink) {
    const float over = luminance(ink);
    return (std::max(over, under) + 0.05F) / (std::min(over, under) + 0.05F);
  };
  return contrast(a) >= contrast(b) ? a : b;
}

ImU32 mix(ImU32 a, ImU32 b, float t) {
  ImU32 out = 0;
  for (int shift = 0; shift < 32; shift += 8) {
    const auto ca = static_cast<float>((a >> shift) & 0xFF);
    const auto cb = static_cast<float>((b >> shift) & 0xFF);
    out |= static_cast<ImU32>(std::lround(ca + (cb - ca) * t)) << shift;
  }
  return out;
}

}  // namespace camloss::ui
