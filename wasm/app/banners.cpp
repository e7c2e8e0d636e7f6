// For how long a message stays, and how long it may be.
#include "wasm/app/banners.h"

#include "wasm/app/wording.h"

namespace camloss::ui {
namespace {

constexpr double kErrorMs = 14'000, kNoticeMs = 8'000;
constexpr std::size_t kMaxBanners = 5;
// A name can be thousands of letters long; what is wrong stands behind it.
constexpr std::size_t kShown = 280;

}  // namespace

void Banners::show(std::string_view text, bool is_error, double now) {
  if (banners_.size() >= kMaxBanners) banners_.erase(banners_.begin());
  banners_.push_back(
      {without_middle(text, kShown), now + (is_error ? kErrorMs : kNoticeMs), is_error});
}

void Banners::close(std::size_t index) {
  if (index < banners_.size())
    banners_.erase(banners_.begin() + static_cast<std::ptrdiff_t>(index));
}

bool Banners::expire(double now) {
  return std::erase_if(banners_, [now](const Banner& b) { return b.until < now; }) > 0;
}

}  // namespace camloss::ui
