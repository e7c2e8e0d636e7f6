// The messages along the edge of the page: a few at a time, each for some seconds.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace camloss::ui {

struct Banner {
  std::string text;
  double until = 0;  // ms
  bool is_error = true;
};

class Banners {
 public:
  [[nodiscard]] std::span<const Banner> all() const { return banners_; }
  /// Shows a text from `now` on; the oldest one gives way where there are too many.
  void show(std::string_view text, bool is_error, double now);
  void close(std::size_t index);
  /// Takes away those whose time is over. Returns whether there were any.
  bool expire(double now);

 private:
  std::vector<Banner> banners_;
};

}  // namespace camloss::ui
