// Which letters belong together, the table of runs, and their place in ImGui's atlas.
#include "wasm/widgets/foreign_text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace camloss::ui {
namespace {

constexpr ImWchar kFirstRun = 0xE000;    // private use
constexpr std::size_t kMostRuns = 3000;  // of all fonts
constexpr std::size_t kLongestRun = 40;  // letters

struct Letter {
  char32_t code = 0;
  std::string_view bytes;
};

struct Run {
  int font = 0;  // in the atlas
  std::string text;
  int rect = -1;  // of the atlas
  TextPicture picture;
};

TextPainter g_painter = nullptr;
std::vector<Run> g_runs;  // run i is letter kFirstRun + i
std::map<std::pair<int, std::string>, std::size_t> g_places;
bool g_stale = false;

/// The letters of a text; a byte that is not UTF-8 is a letter of its own.
std::vector<Letter> letters_of(std::string_view s) {
  std::vector<Letter> out;
  for (std::size_t i = 0; i < s.size();) {
    const auto lead = static_cast<unsigned char>(s[i]);
    std::size_t n = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (i + n > s.size()) n = 1;
    char32_t code = n == 1 ? lead : lead & (0xFFU >> (n + 1));
    for (std::size_t k = 1; k < n; ++k)
      code = (code << 6U) | (static_cast<unsigned char>(s[i + k]) & 0x3FU);
    out.push_back({code, s.substr(i, n)});
    i += n;
  }
  return out;
}

bool is_between(char32_t c, char32_t low, char32_t high) { return c >= low && c <= high; }

/// Accents that belong to the letter before them.
bool is_combining(char32_t c) { return is_between(c, 0x300, 0x36F); }

/// What turns or hides text; it is never painted by itself.
bool is_control(char32_t c) {
  return is_between(c, 0x80, 0x9F) || is_between(c, 0x200B, 0x200F) ||
         is_between(c, 0x2028, 0x202F) || is_between(c, 0x2060, 0x206F) || c == 0xFEFF;
}

/// Letters that stand each for itself, so that one picture serves all names.
bool stands_alone(char32_t c) {
  return is_between(c, 0x2E80, 0x9FFF) || is_between(c, 0xAC00, 0xD7A3) ||
         is_between(c, 0xF900, 0xFAFF) || is_between(c, 0xFF00, 0xFFEF) ||
         is_between(c, 0x20000, 0x3FFFF) || is_between(c, 0x400, 0x52F) ||
         is_between(c, 0x370, 0x3FF) || is_between(c, 0x180, 0x24F);
}

/// Written from right to left: words of a run keep their order only together.
bool runs_left(char32_t c) {
  return is_between(c, 0x590, 0x8FF) || is_between(c, 0xFB1D, 0xFDFF) ||
         is_between(c, 0xFE70, 0xFEFC);
}

int font_number(const ImFont* font) {
  const ImVector<ImFont*>& all = ImGui::GetIO().Fonts->Fonts;
  for (int i = 0; i < all.Size; ++i) {
    if (all[i] == font) return i;
  }
  return 0;
}

bool lacks(const ImFont& font, char32_t code) {
  if (code < 0x80) return false;
  return code > 0xFFFF || font.FindGlyphNoFallback(static_cast<ImWchar>(code)) == nullptr;
}

bool is_run_letter(char32_t code) { return code >= kFirstRun && code < kFirstRun + g_runs.size(); }

std::string encoded(ImWchar code) {
  return {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

/// The letter of a run, which is taken up where it is new.
std::string letter_of(int font, std::string run) {
  const auto key = std::make_pair(font, std::move(run));
  auto found = g_places.find(key);
  if (found == g_places.end()) {
    if (g_runs.size() >= kMostRuns) return "?";
    found = g_places.emplace(key, g_runs.size()).first;
    g_runs.push_back({font, key.second, -1, {}});
    g_stale = true;
  }
  return encoded(static_cast<ImWchar>(kFirstRun + found->second));
}

}  // namespace

void set_text_painter(TextPainter painter) { g_painter = painter; }

std::string drawable(ImFont* font, std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (g_painter == nullptr || std::all_of(text.begin(), text.end(), is_ascii))
    return std::string(text);
  const std::vector<Letter> letters = letters_of(text);
  const auto foreign = [&](std::size_t i) {
    const char32_t c = letters[i].code;
    return lacks(*font, c) && !is_run_letter(c);
  };
  std::string out;
  std::size_t last = 0;  // bytes of the letter before
  const int number = font_number(font);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Letter& letter = letters[i];
    if (!foreign(i) || is_control(letter.code)) {
      out += letter.bytes;
      last = letter.bytes.size();
      continue;
    }
    std::string run;
    if (is_combining(letter.code) && last > 0) {
      // The letter before it is painted with it.
      run = out.substr(out.size() - last);
      out.resize(out.size() - last);
    }
    run += letter.bytes;
    std::size_t count = 1;
    const auto joins = [&](std::size_t k) {
      if (k >= letters.size() || count >= kLongestRun) return false;
      const char32_t c = letters[k].code;
      if (is_combining(c) || c == 0x200D || is_between(c, 0xFE00, 0xFE0F)) return true;
      if (c == ' ')
        return runs_left(letters[k - 1].code) && k + 1 < letters.size() &&
               runs_left(letters[k + 1].code);
      return foreign(k) && !is_control(c) && !stands_alone(c) && !stands_alone(letter.code);
    };
    while (joins(i + 1)) {
      run += letters[++i].bytes;
      ++count;
    }
    const std::string painted = letter_of(number, std::move(run));
    out += painted;
    last = 0;  // an accent behind it belongs to the run already
  }
  return out;
}

bool fonts_are_stale() { return g_stale; }

void reserve_runs(ImFontAtlas& atlas) {
  g_stale = false;
  if (g_painter == nullptr) return;
  for (std::size_t i = 0; i < g_runs.size(); ++i) {
    Run& run = g_runs[i];
    ImFont* font = atlas.Fonts[run.font];
    const float size = atlas.ConfigData[run.font].SizePixels;
    run.picture = g_painter(run.text, size, run.font != 0);
    run.rect = -1;
    if (run.picture.width <= 0 || run.picture.height <= 0) continue;
    run.rect =
        atlas.AddCustomRectFontGlyph(font, static_cast<ImWchar>(kFirstRun + i), run.picture.width,
                                     run.picture.height, run.picture.advance);
  }
}

void fill_runs(ImFontAtlas& atlas) {
  if (g_runs.empty()) return;
  std::uint8_t* pixels = nullptr;
  int width = 0, height = 0;
  atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
  for (std::size_t i = 0; i < g_runs.size(); ++i) {
    Run& run = g_runs[i];
    if (run.rect < 0) continue;
    const ImFontAtlasCustomRect& rect = *atlas.GetCustomRectByIndex(run.rect);
    if (!rect.IsPacked()) continue;
    for (int y = 0; y < run.picture.height; ++y) {
      const auto from =
          run.picture.pixels.begin() + static_cast<std::ptrdiff_t>(y) * run.picture.width * 4;
      std::copy_n(from, run.picture.width * 4,
                  pixels + (static_cast<std::ptrdiff_t>(rect.Y + y) * width + rect.X) * 4);
    }
    ImFont* font = atlas.Fonts[run.font];
    for (ImFontGlyph& glyph : font->Glyphs) {
      if (glyph.Codepoint != kFirstRun + i) continue;
      const float down = std::round(font->Ascent - run.picture.ascent);
      glyph.Y0 += down;
      glyph.Y1 += down;
      glyph.Colored = run.picture.coloured ? 1 : 0;
    }
    run.picture.pixels.clear();
  }
}

}  // namespace camloss::ui
