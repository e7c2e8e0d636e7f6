// Every seed of every fuzzer, and every input that one ever broke, through the fuzzers' own code;
// without libFuzzer, so with any compiler and in seconds.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "native/io/files.h"

extern "C" {
int fuzz_json(const std::uint8_t* data, std::size_t size);
int fuzz_module(const std::uint8_t* data, std::size_t size);
int fuzz_picture(const std::uint8_t* data, std::size_t size);
int fuzz_recipe(const std::uint8_t* data, std::size_t size);
int fuzz_resample(const std::uint8_t* data, std::size_t size);
int fuzz_split(const std::uint8_t* data, std::size_t size);
int fuzz_tar(const std::uint8_t* data, std::size_t size);
int fuzz_weights(const std::uint8_t* data, std::size_t size);
}

namespace {

namespace fs = std::filesystem;

struct Fuzzer {
  const char* corpus;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

/// A heap block of exactly the input's size, so that the sanitizer sees a byte too many.
void run_exactly(const Fuzzer& fuzzer, const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> exact(data, data + size);
  static_cast<void>(fuzzer.run(exact.data(), exact.size()));
}

}  // namespace

TEST_CASE("the fuzzers find nothing in their corpora, whole or cut short") {
  const Fuzzer fuzzer = GENERATE(Fuzzer{"weights", fuzz_weights}, Fuzzer{"weights", fuzz_json},
                                 Fuzzer{"recipe", fuzz_recipe}, Fuzzer{"split", fuzz_split},
                                 Fuzzer{"tar", fuzz_tar}, Fuzzer{"resample", fuzz_resample},
                                 Fuzzer{"module", fuzz_module}, Fuzzer{"picture", fuzz_picture});
  CAPTURE(fuzzer.corpus);
  int seeds = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(CAMLOSS_TEST_DIR) / "fuzz/corpus" / fuzzer.corpus)) {
    CAPTURE(entry.path());
    const auto bytes = camloss::io::read_file(entry.path());
    // An entry has no answer: what it finds wrong ends the program, as a sanitizer's report does.
    run_exactly(fuzzer, bytes.data(), bytes.size());
    run_exactly(fuzzer, bytes.data(), bytes.size() / 2);
    run_exactly(fuzzer, bytes.data(), bytes.size() - std::min<std::size_t>(bytes.size(), 1));
    ++seeds;
  }
  CHECK(seeds >= 3);
}
