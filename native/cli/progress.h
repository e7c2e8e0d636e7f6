// A progress bar on a terminal; nothing elsewhere, where whole lines are printed instead.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace camloss::train {

class ProgressBar {
 public:
  /// Draws on `stream` if it is a terminal that can go back to a line's start.
  explicit ProgressBar(std::FILE* stream);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// At most ten times a second.
  /// @param share  done, 0…1
  /// @param text  after the bar
  void update(double share, std::string_view text);
  /// Removes the bar, so that a line can be printed in its place.
  void clear();

 private:
  [[nodiscard]] int columns() const;

  std::FILE* stream_;
  bool active_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// "1:05", "2:03:09".
[[nodiscard]] std::string clock_text(double seconds);

}  // namespace camloss::train
