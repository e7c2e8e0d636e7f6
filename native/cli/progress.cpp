// Draws the bar with the eighth blocks of Unicode.
#include "native/cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace camloss::train {
namespace {

constexpr int kBarColumns = 30;
constexpr std::chrono::milliseconds kPause{100};

bool can_redraw(std::FILE* stream) {
  const char* kind = std::getenv("TERM");
  return ::isatty(::fileno(stream)) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

std::string bar(double share) {
  static constexpr std::array<const char*, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::clamp(share, 0.0, 1.0) * kBarColumns * 8);
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  const bool part = eighths % 8 != 0;
  if (part) text += kEighths[static_cast<std::size_t>(eighths % 8)];
  text.append(static_cast<std::size_t>(kBarColumns - eighths / 8 - (part ? 1 : 0)), ' ');
  return text;
}

}  // namespace

ProgressBar::ProgressBar(std::FILE* stream) : stream_(stream), active_(can_redraw(stream)) {}

ProgressBar::~ProgressBar() { clear(); }

int ProgressBar::columns() const {
  winsize size{};
  return ::ioctl(::fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void ProgressBar::update(double share, std::string_view text) {
  if (!active_) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && now - last_ < kPause) return;
  last_ = now;
  // A line that wraps cannot be cleared again.
  const int room = std::max(0, columns() - kBarColumns - 4);
  fmt::print(stream_, "\r\x1b[K▕{}▏ {}", bar(share),
             text.substr(0, static_cast<std::size_t>(room)));
  std::fflush(stream_);
  drawn_ = true;
}

void ProgressBar::clear() {
  if (!drawn_) return;
  fmt::print(stream_, "\r\x1b[K");
  std::fflush(stream_);
  drawn_ = false;
}

std::string clock_text(double seconds) {
  const long whole = std::lround(std::max(0.0, seconds));
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace camloss::train
