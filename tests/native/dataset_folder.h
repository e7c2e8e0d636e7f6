// Folders of made pictures as data sets, and what is said of them.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "native/data/dataset.h"
#include "tests/native/made_pictures.h"

namespace camloss::train {

inline DataOptions at(const TemporaryFolder& folder, const std::string& inside = "") {
  DataOptions options;
  options.path = folder.str(inside);
  options.input_size = 32;
  return options;
}

inline std::string refusal(const DataOptions& options) {
  return text_of(error_of([&] { (void)load_dataset(options); }));
}
inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// `count` different pictures in a folder: 1.png, 2.png, …
inline void fill(const std::filesystem::path& folder, int count, std::uint64_t seed,
                 const std::string& ending = ".png", std::array<int, 3> border = {90, 110, 60}) {
  for (int i = 1; i <= count; ++i) {
    write(folder / (std::to_string(i) + ending),
          encoded(blobs(seed * 1000 + static_cast<std::uint64_t>(i), 50, 40, border), ending));
  }
}

inline std::vector<std::string> names_of(const Dataset& data) {
  std::vector<std::string> names;
  for (const Sample& sample : data.samples) names.push_back(sample.name);
  return names;
}

}  // namespace camloss::train
