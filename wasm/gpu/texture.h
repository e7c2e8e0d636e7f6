// GPU textures that survive the loss of the graphics context: a handle knows whether it must be
// filled anew.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace camloss::ui {

/// An RGBA texture; move-only. Empty until filled, and empty again after a lost context.
class Texture {
 public:
  Texture() = default;
  Texture(Texture&& other) noexcept;
  Texture& operator=(Texture&& other) noexcept;
  ~Texture();

  /// @param rgba (height, width, 4), straight alpha
  /// @param reduced whether it is drawn smaller than it is, so that mipmaps are worth their time
  void fill(std::span<const std::uint8_t> rgba, int width, int height, bool reduced = true);
  void clear();
  [[nodiscard]] bool filled() const;
  /// The graphics library's name of it; 0: empty.
  [[nodiscard]] unsigned name() const { return name_; }

 private:
  unsigned name_ = 0;
  unsigned generation_ = 0;
};

/// All textures count as empty from now on; called when a lost context has come back.
void forget_textures();

/// An RGBA render target for the export; framebuffer pixels.
class RenderTarget {
 public:
  RenderTarget(int width, int height);
  ~RenderTarget();
  RenderTarget(const RenderTarget&) = delete;
  RenderTarget& operator=(const RenderTarget&) = delete;
  [[nodiscard]] bool complete() const { return complete_; }
  /// Rows top to bottom, opaque. (height, width, 4)
  [[nodiscard]] std::vector<std::uint8_t> read() const;

 private:
  int width_, height_;
  unsigned framebuffer_ = 0, colour_ = 0;
  bool complete_ = false;
};

/// Largest side a texture can have on this machine; pixels.
[[nodiscard]] int max_texture_side();

}  // namespace camloss::ui
