// Which letters belong together, the table of runs, and their place in ImGui's atlas.
#include "wasm/widgets/foreign_text.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace camloss::ui {
namespace {

constexpr ImWchar kFirstTile = 0xE000;    // private use
constexpr std::size_t kMostTiles = 6000;  // of all runs and fonts
constexpr std::size_t kLongestRun = 40;   // letters
constexpr std::size_t kLongestLeft =
    160;  // of what is written from right to left: its pieces would stand in wrong order
constexpr std::size_t kLettersOfTile = 8;  // so that no tile is too broad for the atlas
constexpr int kOverlap =
    1;  // pixels that tiles share with their neighbours, where they are sampled between

struct Letter {
  char32_t code = 0;
  std::string_view bytes;
};

/// A part of a run's picture, as broad as the others: a letter of its own.
struct Tile {
  int rect = -1;              // of the atlas
  int from = 0, to = 0;       // columns of the picture, with the overlap
  int before = 0, after = 0;  // of them shared with the neighbours
};

struct Run {
  int font = 0;  // in the atlas
  std::string text;
  std::size_t first = 0;  // its tiles are letters kFirstTile + first and following
  std::vector<Tile> tiles;
  TextPicture picture;
};

TextPainter g_painter = nullptr;
std::vector<Run> g_runs;
std::size_t g_tiles = 0;  // of all of them
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

/// Accents and signs that belong to the letter before them.
bool is_combining(char32_t c) {
  return is_between(c, 0x300, 0x36F) || is_between(c, 0x1AB0, 0x1AFF) ||
         is_between(c, 0x1DC0, 0x1DFF) || is_between(c, 0x20D0, 0x20FF) ||
         is_between(c, 0xFE00, 0xFE0F) || is_between(c, 0xFE20, 0xFE2F) ||
         is_between(c, 0x200C, 0x200D);
}

/// What turns or hides text: left out, so that no name reads as another one.
bool is_control(char32_t c) {
  return is_between(c, 0x80, 0x9F) || c == 0x200B || is_between(c, 0x200E, 0x200F) || c == 0x061C ||
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

/// Signs that have colours of their own, whereas letters take that of their text: no run has both.
bool is_emoji(char32_t c) {
  return is_between(c, 0x2600, 0x27BF) || is_between(c, 0x2B00, 0x2BFF) ||
         is_between(c, 0x1F000, 0x1FAFF) || is_between(c, 0xE0020, 0xE007F);
}

/// Shown by what stands before it alone.
bool is_joiner(char32_t c) {
  return is_between(c, 0x200C, 0x200D) || is_between(c, 0xFE00, 0xFE0F);
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

bool is_run_letter(char32_t code) { return code >= kFirstTile && code < kFirstTile + g_tiles; }

std::string encoded(ImWchar code) {
  return {static_cast<char>(0xE0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 0x3F)),
          static_cast<char>(0x80 | (code & 0x3F))};
}

/// The letters of a run, which is taken up where it is new.
/// @param count  of its own letters
std::string letters_of_run(int font, std::string run, std::size_t count) {
  const auto key = std::make_pair(font, std::move(run));
  auto found = g_places.find(key);
  if (found == g_places.end()) {
    const std::size_t tiles = 1 + count / kLettersOfTile;
    if (g_tiles + tiles > kMostTiles) return "?";
    found = g_places.emplace(key, g_runs.size()).first;
    g_runs.push_back({font, key.second, g_tiles, std::vector<Tile>(tiles), {}});
    g_tiles += tiles;
    g_stale = true;
  }
  const Run& taken = g_runs[found->second];
  std::string out;
  for (std::size_t i = 0; i < taken.tiles.size(); ++i)
    out += encoded(static_cast<ImWchar>(kFirstTile + taken.first + i));
  return out;
}

/// The end of the right-to-left text that begins at letter `i`: neutral signs and digits in it belong to it, and so do
/// digits behind it (Unicode Annex 9, rules W2 to N1); what follows is read from left to right again.
std::size_t end_of_left(const std::vector<Letter>& letters, std::size_t i) {
  std::size_t end = i + 1;
  for (std::size_t k = i + 1; k < letters.size() && k - i < kLongestLeft; ++k) {
    const char32_t c = letters[k].code;
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                        (c >= 0xAA && !runs_left(c) && !is_combining(c) && !is_control(c) &&
                         !is_emoji(c) && !is_between(c, 0x2010, 0x2027));
    if (letter) break;
    if (runs_left(c) || (c >= '0' && c <= '9') || (is_combining(c) && end == k)) end = k + 1;
  }
  return end;
}

/// A part of a text as it is drawn.
struct Piece {
  std::string drawn;
  std::string run;          // what is painted, empty where the font has the letters
  std::size_t letters = 0;  // of the run
};

std::vector<Piece> pieces_of(ImFont* font, std::string_view text) {
  const std::vector<Letter> letters = letters_of(text);
  const auto foreign = [&](std::size_t i) {
    const char32_t c = letters[i].code;
    return lacks(*font, c) && !is_run_letter(c);
  };
  std::vector<Piece> out;
  std::size_t last = 0;  // bytes of the letter before, where the font has it
  const int number = font_number(font);
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Letter& letter = letters[i];
    if (is_control(letter.code) || (is_joiner(letter.code) && last == 0)) continue;
    const bool mark = is_combining(letter.code);
    if (!foreign(i) && !mark) {
      if (out.empty() || !out.back().run.empty()) out.emplace_back();
      out.back().drawn += letter.bytes;
      last = letter.bytes.size();
      continue;
    }
    std::string run;
    if (mark && last > 0) {
      // The letter before it is painted with it.
      std::string& before = out.back().drawn;
      run = before.substr(before.size() - last);
      before.resize(before.size() - last);
    }
    run += letter.bytes;
    std::size_t count = 1;
    if (runs_left(letter.code)) {
      // Its parts between emoji, in the order of reading; on the screen the first one is the rightmost.
      std::vector<std::pair<std::string, std::size_t>> parts{{run, 1}};
      bool emoji = false;
      for (const std::size_t end = end_of_left(letters, i); i + 1 < end;) {
        const Letter& next = letters[++i];
        if (is_control(next.code)) continue;
        if (is_emoji(next.code) != emoji && !is_combining(next.code)) {
          emoji = !emoji;
          parts.emplace_back();
        }
        parts.back().first += next.bytes;
        ++parts.back().second;
      }
      std::reverse(parts.begin(), parts.end());
      for (const auto& [part, length] : parts)
        out.push_back({letters_of_run(number, part, length), part, length});
      last = 0;
      continue;
    }
    const auto joins = [&](std::size_t k) {
      if (k >= letters.size()) return false;
      const char32_t c = letters[k].code;
      if (is_combining(c) || letters[k - 1].code == 0x200D) return true;
      return count < kLongestRun && foreign(k) && !is_control(c) && !runs_left(c) &&
             is_emoji(c) == is_emoji(letter.code) && !stands_alone(c) && !stands_alone(letter.code);
    };
    while (joins(i + 1)) {
      run += letters[++i].bytes;
      ++count;
    }
    out.push_back({letters_of_run(number, run, count), run, count});
    last = 0;  // an accent behind it belongs to the run already
  }
  return out;
}

/// The first letters of a run, about that share of them; never without what belongs to the last one.
std::string head_of(const std::string& run, std::size_t count) {
  const std::vector<Letter> letters = letters_of(run);
  while (count > 0 && count < letters.size() &&
         (is_combining(letters[count].code) || letters[count - 1].code == 0x200D))
    --count;
  std::string out;
  for (std::size_t i = 0; i < std::min(count, letters.size()); ++i) out += letters[i].bytes;
  return out;
}

bool is_plain(std::string_view text) {
  return g_painter == nullptr || std::all_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x80;
         });
}

float width_of(ImFont* font, const std::string& s) {
  return font->CalcTextSizeA(font->FontSize, FLT_MAX, 0, s.data(), s.data() + s.size()).x;
}

}  // namespace

void set_text_painter(TextPainter painter) { g_painter = painter; }

std::string drawable(ImFont* font, std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  for (const Piece& piece : pieces_of(font, text)) out += piece.drawn;
  return out;
}

std::string shortened_to(ImFont* font, std::string_view text, float width) {
  const std::string ellipsis = "…";
  width = std::max(0.0F, width - width_of(font, ellipsis));
  const auto cut = [&](const std::string& s) {
    const char* rest = s.data();
    if (width > 0)
      font->CalcTextSizeA(font->FontSize, width, 0, s.data(), s.data() + s.size(), &rest);
    auto length = static_cast<std::size_t>(rest - s.data());
    // Never within a character.
    while (length > 0 && length < s.size() &&
           (static_cast<unsigned char>(s[length]) & 0xC0U) == 0x80U)
      --length;
    return s.substr(0, length) + ellipsis;
  };
  if (is_plain(text)) return cut(std::string(text));
  std::string out;
  for (const Piece& piece : pieces_of(font, text)) {
    const float wide = width_of(font, piece.drawn);
    if (wide <= width) {
      out += piece.drawn;
      width -= wide;
      continue;
    }
    if (piece.run.empty()) return out + cut(piece.drawn);
    // The first letters in the order of reading, whichever way that goes; what is left out stands behind them.
    const auto count = static_cast<std::size_t>(static_cast<float>(piece.letters) * width / wide);
    const std::string head = head_of(piece.run, count);
    if (head.empty()) return out + ellipsis;
    const int number = font_number(font);
    if (runs_left(letters_of(head)[0].code))
      return out + letters_of_run(number, head + ellipsis, count + 1);
    return out + letters_of_run(number, head, count) + ellipsis;
  }
  return out + ellipsis;
}

bool fonts_are_stale() { return g_stale; }

void reserve_runs(ImFontAtlas& atlas) {
  g_stale = false;
  if (g_painter == nullptr) return;
  for (Run& run : g_runs) {
    ImFont* font = atlas.Fonts[run.font];
    const float size = atlas.ConfigData[run.font].SizePixels;
    run.picture = g_painter(run.text, size, run.font != 0);
    const TextPicture& picture = run.picture;
    const int count = static_cast<int>(run.tiles.size());
    float advance = picture.advance + picture.left;  // from the picture's left side
    for (int i = 0; i < count; ++i) {
      Tile& tile = run.tiles[static_cast<std::size_t>(i)];
      tile = {};
      const int from = picture.width * i / count, to = picture.width * (i + 1) / count;
      if (to <= from || picture.height <= 0) continue;
      tile.before = i > 0 ? kOverlap : 0;
      tile.after = i + 1 < count ? kOverlap : 0;
      tile.from = from - tile.before;
      tile.to = to + tile.after;
      const float left = i > 0 ? 0.0F : picture.left;
      const float wide = i + 1 < count ? static_cast<float>(to - from) : advance;
      advance -= static_cast<float>(to - from);
      tile.rect = atlas.AddCustomRectFontGlyph(
          font, static_cast<ImWchar>(kFirstTile + run.first + static_cast<std::size_t>(i)),
          tile.to - tile.from, picture.height, wide - left,
          {-left - static_cast<float>(tile.before), 0});
    }
  }
}

void fill_runs(ImFontAtlas& atlas) {
  if (g_runs.empty()) return;
  std::uint8_t* pixels = nullptr;
  int width = 0, height = 0;
  atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
  for (Run& run : g_runs) {
    for (std::size_t i = 0; i < run.tiles.size(); ++i) {
      const Tile& tile = run.tiles[i];
      if (tile.rect < 0) continue;
      const ImFontAtlasCustomRect& rect = *atlas.GetCustomRectByIndex(tile.rect);
      if (!rect.IsPacked()) continue;
      for (int y = 0; y < run.picture.height; ++y) {
        const auto from = run.picture.pixels.begin() +
                          (static_cast<std::ptrdiff_t>(y) * run.picture.width + tile.from) * 4;
        std::copy_n(from, (tile.to - tile.from) * 4,
                    pixels + (static_cast<std::ptrdiff_t>(rect.Y + y) * width + rect.X) * 4);
      }
      ImFont* font = atlas.Fonts[run.font];
      for (ImFontGlyph& glyph : font->Glyphs) {
        if (glyph.Codepoint != kFirstTile + run.first + i) continue;
        const float down = std::round(font->Ascent - run.picture.ascent);
        const auto before = static_cast<float>(tile.before), after = static_cast<float>(tile.after);
        glyph.Y0 += down;
        glyph.Y1 += down;
        // What is shared with the neighbours is there to be sampled, and is drawn once.
        glyph.X0 += before;
        glyph.X1 -= after;
        glyph.U0 += before / static_cast<float>(width);
        glyph.U1 -= after / static_cast<float>(width);
        glyph.Colored = run.picture.coloured ? 1 : 0;
      }
    }
    run.picture.pixels.clear();
  }
}

}  // namespace camloss::ui
