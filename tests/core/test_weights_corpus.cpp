// Every seed and every file the fuzzer ever broke: accepted where the name says so, else refused.
#include <dirent.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "shared/weights/weights.h"

using namespace camloss;

namespace {

const std::string kFolder = std::string(CAMLOSS_TEST_DIR) + "/fuzz/corpus/weights/";

std::vector<std::uint8_t> file_bytes(const std::string& name) {
  std::ifstream file(kFolder + name, std::ios::binary);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> file_names() {
  std::vector<std::string> names;
  DIR* folder = opendir(kFolder.c_str());
  REQUIRE(folder != nullptr);
  while (const dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  closedir(folder);
  std::sort(names.begin(), names.end());
  return names;
}

/// Value i of tensor t in the order of names; the formula of fuzz/make_weights_corpus.mjs.
float value_of(const std::string& name, std::size_t t, std::size_t i) {
  return name.ends_with("running_var") ? 1.0F : static_cast<float>((i * 5 + t) % 3) - 1;
}

void check_values(const Weights& weights) {
  std::size_t t = 0;
  std::size_t wrong = 0;
  for (const auto& [name, tensor] : weights.tensors) {
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      wrong += tensor.values[i] != value_of(name, t, i) ? 1 : 0;
    }
    ++t;
  }
  CHECK(wrong == 0);
}

/// A file and words of its refusal.
constexpr const char* kRefusals[][2] = {
    {"header-overlap.safetensors", "overlaps"},
    {"header-same-place.safetensors", "overlaps"},
    {"header-hole.safetensors", "hole of 4 bytes before tensor \"b\""},
    {"header-data-left-over.safetensors", "last 5 bytes"},
    {"header-offsets-past-end.safetensors", "offsets 0 to 8, and the file has 4 bytes"},
    {"header-offsets-reversed.safetensors", "offsets 4 to 0"},
    {"header-offsets-wrap.safetensors", "offsets 18446744073709551612 to 0"},
    {"header-offsets-one.safetensors", "two numbers"},
    {"header-offsets-three.safetensors", "more than two numbers"},
    {"header-offsets-float.safetensors", "whole number"},
    {"header-size-mismatch.safetensors", "has 8 bytes, and F32 [1] needs 4"},
    {"header-shape-negative.safetensors", "whole number"},
    {"header-shape-huge.safetensors", "dimension of 18446744073709551615"},
    {"header-shape-product-wraps.safetensors", "shape [67108864, 67108864"},
    {"header-shape-rank-9.safetensors", "more than 8 dimensions"},
    {"header-dtype-bf16.safetensors", "type BF16"},
    {"header-dtype-i64.safetensors", "type I64"},
    {"header-tensor-twice.safetensors", "tensor \"a\" twice"},
    {"header-field-twice.safetensors", "dtype twice"},
    {"header-field-unknown.safetensors", "unknown field \"extra\""},
    {"header-no-dtype.safetensors", "no dtype"},
    {"header-no-shape.safetensors", "no shape"},
    {"header-no-offsets.safetensors", "no data_offsets"},
    {"header-metadata-number.safetensors", "\"camloss.seed\" is not a string"},
    {"header-metadata-key-twice.safetensors", "\"a\" twice"},
    {"header-metadata-twice.safetensors", "__metadata__ twice"},
    {"header-values-in-header.safetensors", "no dtype"},
    {"header-nested-deep.safetensors", "nested deeper than 8 dimensions"},
    {"header-not-json.safetensors", "JSON text is damaged"},
    {"header-bad-utf8.safetensors", "JSON text is damaged"},
    {"header-names-with-prefix.safetensors", "are missing"},
    {"header-name-with-controls.safetensors", "are missing"},
    {"header-context-even.safetensors", "fc0.weight has the shape [1, 1, 2, 2]"},
    {"header-context-nine.safetensors", "wider than 7 cells"},
    {"header-context-oblong.safetensors", "not square"},
    {"header-context-zero.safetensors", "no cell in the middle"},
    {"header-context-huge.safetensors", "not square"},
    {"header-context-dilation-text.safetensors", "camloss.context_dilation is \"x\""},
    {"header-context-dilation-empty.safetensors", "camloss.context_dilation is \"\""},
    {"header-context-dilation-zero.safetensors", "camloss.context_dilation is 0"},
    {"header-context-dilation-negative.safetensors", "camloss.context_dilation is -1"},
    {"header-context-dilation-fraction.safetensors", "camloss.context_dilation is \"1.5\""},
    {"header-context-dilation-exponent.safetensors", "camloss.context_dilation is \"1e0\""},
    {"header-context-dilation-wide.safetensors", "it must be from 1 to 63"},
    {"header-context-dilation-huge.safetensors", "is \"99999999999999999999\""},
    {"header-context-dilation-dense.safetensors", "the dense head has no context"},
    {"header-context-tensor.safetensors", "tensor \"context.weight\" is a form of context"},
    {"length-past-end.safetensors", "reaches past the end"},
    {"length-huge.safetensors", "18446744073709551615 bytes"},
    {"length-two-mebi.safetensors", "2097152 bytes"},
    {"text-ragged.json", "tensor \"fc1.weight\" has rows of different lengths"},
    {"text-mixed.json", "mixes numbers and arrays"},
    {"text-mixed-deeper.json", "mixes numbers and arrays"},
    {"text-values-empty.json", "empty array"},
    {"text-null.json", "tensor \"fc0.bias\" holds null"},
    {"text-text-in-values.json", "holds text"},
    {"text-nan.json", "JSON text is damaged"},
    {"text-infinity.json", "1e999"},
    {"text-shape-mismatch.json", "values of the shape [2], and says [3]"},
    {"text-data-offsets.json", "has data_offsets"},
    {"text-no-data.json", "has no values"},
    {"text-twice.json", "tensor \"fc0.bias\" twice"},
    {"text-rank-9.json", "deeper than 8 dimensions"},
    {"text-metadata-number.json", "\"camloss.temperature\" is not a string"},
    {"empty", "empty"},
    {"page.html", "HTML"},
    {"archive.zip", "zip archive"},
    {"lfs-pointer", "Git LFS"},
    {"picture.png", "neither"},
};

}  // namespace

TEST_CASE("good files of the corpus are accepted, all others refused in words", "[weights]") {
  const auto names = file_names();
  REQUIRE(names.size() > 100);
  int good = 0;
  for (const std::string& name : names) {
    INFO(name);
    const auto result = read_weights(file_bytes(name), name);
    const bool is_good = name.starts_with("good-");
    if (!result) INFO(result.error().message());
    CHECK(static_cast<bool>(result) == is_good);
    if (result) {
      ++good;
      check_values(result->get());
    } else {
      CHECK(result.error().subject == name);
      CHECK_FALSE(result.error().what.starts_with(name + ":"));
      CHECK(result.error().what.size() > 10);
      CHECK(!result.error().hint.empty());
    }
  }
  CHECK(good == 5);
}

TEST_CASE("files written from the description of the format are understood", "[weights]") {
  const auto check_fcn = [](const std::string& name) {
    const auto weights = read_weights(file_bytes(name), name);
    REQUIRE(weights);
    const ModelInfo& info = weights->info();
    CHECK(info.head == Head::fcn);
    CHECK(info.input_size == 96);
    CHECK(info.mean == std::array<float, 3>{0.5F, 0.25F, 0.125F});
    CHECK(info.std == std::array<float, 3>{0.5F, 0.5F, 0.5F});
    CHECK(info.classes == std::vector<std::string>{"léopard", "orca"});
    CHECK(info.temperature == 1.5F);
    CHECK(info.recipe == "camloss");
    CHECK(info.metrics == R"({"val":{"accuracy":1}})");
  };
  check_fcn("good-fcn-f16.safetensors");
  check_fcn("good-fcn-nested.json");
  check_fcn("good-fcn-context.safetensors");
  const auto context = read_weights(file_bytes("good-fcn-context.safetensors"), "");
  CHECK(context->info().context_size == 3);
  CHECK(context->info().context_dilation == 2);
  CHECK(read_weights(file_bytes("good-fcn-f16.safetensors"), "")->info().context_size == 1);
  const auto mixed = file_bytes("good-dense-16-mixed-plain.safetensors");
  CHECK(read_weights(mixed, "")->info().input_size == 16);
  CHECK(read_weights(file_bytes("good-dense-8-flat.json"), "")->info().head == Head::dense);
}

TEST_CASE("refusals say what was wrong with the file", "[weights]") {
  for (const auto& [name, words] : kRefusals) {
    const auto result = read_weights(file_bytes(name), name);
    REQUIRE(!result);
    INFO(result.error().message());
    CHECK(result.error().message().find(words) != std::string::npos);
  }
}
