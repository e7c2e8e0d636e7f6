// The platform seam and textures without anything behind them.
#include "tests/app/fake_platform.h"

#include "wasm/app/platform.h"
#include "wasm/gpu/texture.h"

namespace camloss::ui {

namespace fake {
Asked& asked() {
  static Asked all;
  return all;
}
}  // namespace fake

namespace platform {
double now_ms() { return fake::asked().now += 0.01; }
bool prefers_dark() { return false; }
float scale() { return 1; }
void begin_frame() {}
void end_frame() {}
bool has_dialogs() { return false; }
void choose_photos() {}
void choose_folder() {}
void take_photo() {}
void open_training() {}
void choose_weights() {}
void request_pixels(PhotoId photo) { fake::asked().pixels.push_back(photo); }
void request_display(PhotoId photo) { fake::asked().displays.push_back(photo); }
void forget(PhotoId photo) { fake::asked().forgotten.push_back(photo); }
void cancel_decoding() {}
void load_weights(int ticket, const std::string& path) {
  fake::asked().weights.emplace_back(ticket, path);
}
void save_file(std::string_view, std::string_view, std::string_view) {}
void save_png(std::string_view, const Image&) {}
void set_link(std::string_view fragment) { fake::asked().link = fragment; }
void copy_link() {}
void copy_png(const Image&) {}
bool can_keep() { return true; }
void keep_photos(bool on) { fake::asked().keeping = on; }
void check(PhotoId photo) { fake::asked().checked.push_back(photo); }
void photo_changed(PhotoId photo) { fake::asked().changed.push_back(photo); }
void photo_removed(PhotoId photo) { fake::asked().removed.push_back(photo); }
void mirror_results(const App&) { ++fake::asked().mirrored; }
void say(std::string_view sentence) { fake::asked().said.emplace_back(sentence); }
void announce(std::string_view message) { fake::asked().announced.emplace_back(message); }
}  // namespace platform

void forget_textures() {}
Texture::Texture(Texture&& other) noexcept : name_(std::exchange(other.name_, 0)) {}
Texture& Texture::operator=(Texture&& other) noexcept {
  name_ = std::exchange(other.name_, 0);
  return *this;
}
Texture::~Texture() = default;
void Texture::fill(std::span<const std::uint8_t>, int, int, bool) { name_ = 1; }
void Texture::clear() { name_ = 0; }
bool Texture::filled() const { return name_ != 0; }

}  // namespace camloss::ui
