// What the C interface says of weights files, one JSON line a file: the native side of
// tests/fuzz/differential.mjs.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "wasm/module/module.h"

namespace {

constexpr std::int32_t kWidth = 53, kHeight = 41;  // as in differential.mjs

/// A picture of no meaning, the same in both programs. (kHeight, kWidth, 4)
std::vector<std::uint8_t> picture() {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(4 * kWidth * kHeight));
  std::uint32_t state = 1;
  for (std::uint8_t& value : pixels) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<std::uint8_t>(state >> 24);
  }
  return pixels;
}

std::string digest(const std::filesystem::path& file, const std::vector<std::uint8_t>& pixels) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(stream)), {});
  nlohmann::json line{{"file", file.filename().string()}};
  const std::int32_t handle =
      camloss_load(bytes.data(), static_cast<std::uint32_t>(bytes.size()), "weights");
  if (handle == 0) {
    line["refused"] = camloss_error();
  } else if (camloss_explain(handle, pixels.data(), kWidth, kHeight, 4, "hirescam") == 0) {
    line["failed"] = camloss_error();
  } else {
    const CamlossFigures& figures = *camloss_figures();
    const auto cells = static_cast<std::size_t>(camloss_number(handle, "cells"));
    const float* const map = camloss_map();
    line["logit"] = figures.logit;
    line["probability"] = figures.probability;
    line["map"] = std::vector<float>(map, map + cells * cells);
    line["classes"] = {camloss_text(handle, "class0"), camloss_text(handle, "class1")};
  }
  camloss_dispose(handle);
  // Damaged names in messages are no reason to stop.
  return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

int main(int argc, char** argv) {
  const auto pixels = picture();
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      std::fprintf(stderr, "error: %s is no folder — name folders of weights files\n", argv[i]);
      return 2;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::puts(digest(entry.path(), pixels).c_str());
    }
  }
}
