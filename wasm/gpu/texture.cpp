// OpenGL ES 3 on the page, OpenGL 3 on the desktop: the few calls used here are the same in both.
#include "wasm/gpu/texture.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "wasm/gpu/gl.h"

namespace camloss::ui {
namespace {
unsigned g_generation = 1;
}

void forget_textures() { ++g_generation; }

Texture::Texture(Texture&& other) noexcept
    : name_(std::exchange(other.name_, 0)), generation_(other.generation_) {}

Texture& Texture::operator=(Texture&& other) noexcept {
  if (this != &other) {
    clear();
    name_ = std::exchange(other.name_, 0);
    generation_ = other.generation_;
  }
  return *this;
}

Texture::~Texture() { clear(); }

void Texture::clear() {
  if (filled()) glDeleteTextures(1, &name_);
  name_ = 0;
}

bool Texture::filled() const { return name_ != 0 && generation_ == g_generation; }

void Texture::fill(std::span<const std::uint8_t> rgba, int width, int height, bool reduced) {
  if (!filled()) {
    glGenTextures(1, &name_);
    generation_ = g_generation;
  }
  glBindTexture(GL_TEXTURE_2D, name_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER,
                  reduced ? GL_LINEAR_MIPMAP_LINEAR : GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, rgba.data());
  if (reduced) glGenerateMipmap(GL_TEXTURE_2D);
  glBindTexture(GL_TEXTURE_2D, 0);
}

RenderTarget::RenderTarget(int width, int height) : width_(width), height_(height) {
  glGenTextures(1, &colour_);
  glBindTexture(GL_TEXTURE_2D, colour_);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  glGenFramebuffers(1, &framebuffer_);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_);
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, colour_, 0);
  complete_ = glCheckFramebufferStatus(GL_FRAMEBUFFER) == GL_FRAMEBUFFER_COMPLETE;
}

RenderTarget::~RenderTarget() {
  glBindFramebuffer(GL_FRAMEBUFFER, 0);
  glDeleteFramebuffers(1, &framebuffer_);
  glDeleteTextures(1, &colour_);
}

std::vector<std::uint8_t> RenderTarget::read() const {
  const std::size_t row = static_cast<std::size_t>(width_) * 4;
  std::vector<std::uint8_t> pixels(row * static_cast<std::size_t>(height_));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, width_, height_, GL_RGBA, GL_UNSIGNED_BYTE, pixels.data());
  const auto rows = static_cast<std::size_t>(height_);
  for (std::size_t y = 0; y < rows / 2; ++y) {  // OpenGL's first row is the lowest
    std::swap_ranges(pixels.begin() + static_cast<std::ptrdiff_t>(y * row),
                     pixels.begin() + static_cast<std::ptrdiff_t>((y + 1) * row),
                     pixels.begin() + static_cast<std::ptrdiff_t>((rows - 1 - y) * row));
  }
  for (std::size_t i = 3; i < pixels.size(); i += 4) pixels[i] = 255;
  return pixels;
}

int max_texture_side() {
  GLint side = 2048;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &side);
  return side;
}

}  // namespace camloss::ui
