// libFuzzer: the bytes are a program of calls of the module's C interface, with handles, sizes and
// names of any kind. A count of living models is kept beside it; every result is read from end to
// end, so that a pointer that reaches nowhere is a finding.
//
// Input: an operation a byte, followed by its arguments; see `step`.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <set>
#include <vector>

#include "shared/picture/image.h"
#include "shared/weights/weights.h"
#include "tests/core/random_weights.h"
#include "tests/fuzz/bytes.h"
#include "wasm/module/module.h"

using namespace camloss;
using fuzz::require;

namespace {

constexpr std::size_t kMostPixelBytes = 1 << 14;
constexpr int kMostHeatPixels = 1 << 14;
constexpr int kMostCalls = 12;

const std::vector<std::vector<std::uint8_t>>& good_files() {
  static const auto files = [] {
    std::vector<std::vector<std::uint8_t>> made;
    made.push_back(
        *write_safetensors(test::checked(test::random_weights(Head::fcn, 24, 1)), DType::f32));
    made.push_back(
        *write_safetensors(test::checked(test::random_weights(Head::dense, 16, 2)), DType::f16));
    made.push_back(
        *write_safetensors(test::checked(test::random_weights(Head::fcn, 8, 3)), DType::f16));
    const std::string text =
        *write_weights_json(test::checked(test::random_weights(Head::dense, 8, 4)));
    made.emplace_back(text.begin(), text.end());
    made.push_back(*write_safetensors(test::checked(test::random_weights(Head::fcn, 40, 5, {3, 2})),
                                      DType::f32));
    return made;
  }();
  return files;
}

/// Memory of the module, as the page gets it: exactly as long as asked for.
struct Freer {
  void operator()(std::uint8_t* bytes) const { camloss_free(bytes); }
};
using Memory = std::unique_ptr<std::uint8_t, Freer>;
Memory allocate(std::span<const std::uint8_t> content, std::size_t size) {
  auto* const bytes = static_cast<std::uint8_t*>(camloss_alloc(static_cast<std::uint32_t>(size)));
  require(bytes != nullptr || size == 0);
  if (content.empty()) std::fill_n(bytes, size, std::uint8_t{99});
  for (std::size_t at = 0; at < size && !content.empty(); at += content.size())
    std::memcpy(bytes + at, content.data(), std::min(content.size(), size - at));
  return Memory(bytes);
}

/// One input's calls, and what must be true after them.
class Program {
 public:
  explicit Program(fuzz::Bytes bytes) : bytes_(bytes) {}
  ~Program() {
    for (const std::int32_t handle : std::set(alive_)) camloss_dispose(handle);
    require(camloss_count() == 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void run() {
    for (int calls = 0; calls < kMostCalls && !bytes_.empty(); ++calls) {
      step(bytes_.byte());
      require(camloss_count() == static_cast<std::int32_t>(alive_.size()));
    }
  }

 private:
  void step(std::uint8_t operation) {
    switch (operation % 9) {
      case 0:
        load_good();
        break;
      case 1:
        load_any();
        break;
      case 2:
        dispose();
        break;
      case 3:
        ask();
        break;
      case 4:
      case 5:
        explain();
        break;
      case 6:
        heat();
        break;
      case 8:
        overlay();
        break;
      default:
        odd_heat();
        break;
    }
  }

  /// Mostly a small number, which may be alive; sometimes any.
  std::int32_t handle() {
    const std::uint8_t chosen = bytes_.byte();
    return chosen < 240 ? chosen % 6 : bytes_.any_int();
  }

  void loaded(std::int32_t handle) {
    if (handle == 0) {
      require(std::strlen(camloss_error()) > 0);
      return;
    }
    require(handle > 0 && alive_.insert(handle).second);
    require(std::strlen(camloss_error()) == 0);
  }

  void load_good() {
    const auto& file = good_files()[bytes_.byte() % good_files().size()];
    const Memory memory = allocate(file, file.size());
    const std::int32_t handle = camloss_load(memory.get(), static_cast<std::uint32_t>(file.size()),
                                             bytes_.text(16).c_str());
    require(handle > 0);
    loaded(handle);
  }

  void load_any() {
    const std::string name = bytes_.text(64);
    const auto content = bytes_.take(static_cast<std::size_t>(bytes_.word()));
    const Memory memory = allocate(content, content.size());
    loaded(camloss_load(memory.get(), static_cast<std::uint32_t>(content.size()), name.c_str()));
  }

  void dispose() {
    const std::int32_t gone = handle();
    camloss_dispose(gone);
    if (alive_.erase(gone) == 0) return;
    // What is gone answers nothing.
    require(camloss_number(gone, "cells") == 0 && std::strlen(camloss_text(gone, "head")) == 0);
    if (gone == explained_) {
      require(camloss_map() == nullptr && camloss_features() == nullptr);
      explained_ = 0;
    }
  }

  void ask() {
    static constexpr std::array kFields{"head",    "class0",         "class1",     "recipe",
                                        "seed",    "metrics",        "trained_on", "version",
                                        "methods", "default_method", "input_size", "temperature",
                                        "cells"};
    const std::int32_t asked = handle();
    const std::uint8_t which = bytes_.byte();
    const std::string field = which < kFields.size() ? kFields[which] : bytes_.text(32);
    const std::size_t length = std::strlen(camloss_text(asked, field.c_str()));
    const double number = camloss_number(asked, field.c_str());
    require(std::isfinite(number));
    if (!alive_.contains(asked)) require(length == 0 && number == 0);
    require(std::strlen(camloss_version()) > 0 && std::strlen(camloss_kernels()) > 0);
  }

  std::string method() {
    static constexpr std::array kMethods{"",          "none",     "cam",  "gradcam",  "hirescam",
                                         "gradcam++", "layercam", "talk", "eigencam", "occlusion"};
    const std::uint8_t which = bytes_.byte();
    return which < kMethods.size() ? kMethods[which] : bytes_.text(32);
  }

  void explain() {
    const std::int32_t asked = handle();
    const bool is_odd = bytes_.byte() % 8 == 0;
    const std::int32_t width = is_odd ? bytes_.any_int() : bytes_.word() % 200;
    const std::int32_t height = is_odd ? bytes_.any_int() : bytes_.word() % 200;
    const std::int32_t channels = is_odd ? bytes_.byte() - 8 : 3 + bytes_.byte() % 2;
    const bool is_picture = width > 0 && height > 0 && width <= kMaxImageSide &&
                            height <= kMaxImageSide && (channels == 3 || channels == 4) &&
                            static_cast<std::int64_t>(width) * height <= kMaxImagePixels;
    const std::size_t need = is_picture ? static_cast<std::size_t>(width) *
                                              static_cast<std::size_t>(height) *
                                              static_cast<std::size_t>(channels)
                                        : 0;
    if (need > kMostPixelBytes) return;
    const std::string how = method();
    const auto pattern = bytes_.take(bytes_.byte());
    const Memory pixels = allocate(pattern, need);
    if (camloss_explain(asked, pixels.get(), width, height, channels, how.c_str()) == 0) {
      require(std::strlen(camloss_error()) > 0);
      require(!alive_.contains(asked) || !is_picture || !how.empty());
      return;
    }
    require(alive_.contains(asked) && is_picture && std::strlen(camloss_error()) == 0);
    explained_ = asked;
    cells_ = static_cast<std::int32_t>(camloss_number(asked, "cells"));
    const CamlossFigures& figures = *camloss_figures();
    require(std::isfinite(figures.logit) && figures.probability >= 0 && figures.probability <= 1);
    require(figures.label == 0 || figures.label == 1);
    require(figures.verdict == figures.label || figures.verdict == 2);
    require(figures.off_centre_mass >= 0 && figures.off_centre_mass <= 1.0001);
    const std::size_t count = static_cast<std::size_t>(cells_) * static_cast<std::size_t>(cells_);
    require((camloss_map() == nullptr) == (how == "none"));
    if (camloss_map() != nullptr) check_finite({camloss_map(), count});
    if (camloss_features() != nullptr) check_finite({camloss_features(), 32 * count});
  }

  static void check_finite(std::span<const float> values) {
    for (const float value : values) require(std::isfinite(value));
  }

  /// The map of the last explanation, enlarged.
  void heat() {
    if (explained_ == 0 || camloss_map() == nullptr) return;
    const std::int32_t width = 1 + bytes_.word() % 2000, height = 1 + bytes_.word() % 2000;
    if (width * height > kMostHeatPixels) return;
    const std::int32_t drawn = bytes_.byte() % 4;
    const float* const heat =
        camloss_heat(camloss_map(), cells_, camloss_figures()->logit, drawn, width, height);
    require(heat != nullptr);
    check_finite({heat, static_cast<std::size_t>(width) * static_cast<std::size_t>(height)});
  }

  /// Arguments of any kind; the map is as long as the cells that are told, where the interface
  /// would read it.
  void odd_heat() {
    const std::int32_t cells = bytes_.byte() % 4 == 0 ? bytes_.any_int() : bytes_.byte();
    const std::int32_t drawn = bytes_.byte() < 200 ? bytes_.byte() % 4 : bytes_.any_int();
    const std::int32_t width = bytes_.any_int() >> bytes_.byte() % 32,
                       height = bytes_.any_int() >> bytes_.byte() % 32;
    if (width > 0 && height > 0 && static_cast<std::int64_t>(width) * height > kMostHeatPixels &&
        width <= 16384 && height <= 16384) {
      return;
    }
    const bool is_map = cells >= 1 && cells <= 128;
    std::vector<float> map(
        is_map ? static_cast<std::size_t>(cells) * static_cast<std::size_t>(cells) : 0);
    // Any float, not a number and infinities included.
    const auto pattern = bytes_.take(64);
    for (std::size_t i = 0; i < map.size() && pattern.size() >= 4; ++i) {
      std::memcpy(&map[i], pattern.data() + i % (pattern.size() - 3), sizeof(float));
    }
    const float* const heat =
        camloss_heat(is_map ? map.data() : nullptr, cells, bytes_.any_int(), drawn, width, height);
    const bool is_fine = is_map && drawn >= 0 && drawn <= 3 && width >= 1 && height >= 1 &&
                         width <= 16384 && height <= 16384;
    require((heat != nullptr) == is_fine);
    if (heat == nullptr) {
      require(std::strlen(camloss_error()) > 0);
      return;
    }
    const volatile float last =
        heat[static_cast<std::size_t>(width) * static_cast<std::size_t>(height) - 1];
    static_cast<void>(last);
  }

  /// A picture of any size with the last map over it, or with no map.
  void overlay() {
    static constexpr std::array kColours{"viridis", "inferno", "jet", "diverging", "grey"};
    const std::int32_t width = bytes_.word() % 200 - 2, height = bytes_.word() % 200 - 2;
    const std::int32_t channels = bytes_.byte() % 7;
    const std::int32_t drawn = bytes_.byte() % 5;
    const std::uint8_t which = bytes_.byte();
    const std::string colours = which < kColours.size() ? kColours[which] : bytes_.text(32);
    const auto any_number = [this] {
      return std::ldexp(static_cast<double>(bytes_.any_int()), bytes_.byte() % 64 - 48);
    };
    const double opacity = any_number(), scale = any_number();
    const bool is_size = width >= 1 && height >= 1;
    const std::size_t need = is_size ? static_cast<std::size_t>(width) *
                                           static_cast<std::size_t>(height) *
                                           static_cast<std::size_t>(channels)
                                     : 0;
    if (need > kMostPixelBytes) return;
    const auto pattern = bytes_.take(bytes_.byte());
    const Memory pixels = allocate(pattern, need);
    const float* const map = explained_ != 0 ? camloss_map() : nullptr;
    const std::uint8_t* const drawn_over =
        camloss_overlay(pixels.get(), width, height, channels, map, cells_,
                        camloss_figures()->logit, drawn, colours.c_str(), opacity, scale);
    const bool is_fine = is_size && (channels == 3 || channels == 4) && map != nullptr &&
                         drawn <= 3 && which < kColours.size();
    require(!is_fine || drawn_over != nullptr);
    if (drawn_over == nullptr) {
      require(std::strlen(camloss_error()) > 0);
      return;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(width * height); ++i) {
      require(drawn_over[4 * i + 3] == 255);
    }
  }

  fuzz::Bytes bytes_;
  std::set<std::int32_t> alive_;
  std::int32_t explained_ = 0;  // handle of the last explanation, 0 once it is disposed of
  std::int32_t cells_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Program(fuzz::Bytes(data, size)).run();
  return 0;
}
