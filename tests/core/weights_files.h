// Weights files as bytes: read, and edited to be wrong.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/weights/weights.h"

namespace camloss::test {

using Bytes = std::vector<std::uint8_t>;

inline Result<CheckedWeights> read(const Bytes& bytes) { return read_weights(bytes, "test.bin"); }
inline Result<CheckedWeights> read(const std::string& text) {
  return read_weights({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                      "test.json");
}

/// A safetensors file of a given header.
inline Bytes with_header(const std::string& header, std::size_t data_bytes = 0) {
  Bytes bytes(8 + header.size() + data_bytes);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(std::uint64_t{header.size()} >> 8 * i);
  }
  std::copy(header.begin(), header.end(), bytes.begin() + 8);
  return bytes;
}

/// The header of a file that was written.
inline std::string header_of(const Bytes& bytes) {
  std::size_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8 | bytes[i];
  return {bytes.begin() + 8, bytes.begin() + 8 + static_cast<std::ptrdiff_t>(length)};
}

/// A written file with one part of its header replaced by text of any length.
inline Bytes edited(const Bytes& bytes, const std::string& from, const std::string& to) {
  std::string header = header_of(bytes);
  const auto at = header.find(from);
  REQUIRE(at != std::string::npos);
  const std::size_t old_size = header.size();
  header.replace(at, from.size(), to);
  Bytes result = with_header(header);
  result.insert(result.end(), bytes.begin() + 8 + static_cast<std::ptrdiff_t>(old_size),
                bytes.end());
  return result;
}

template <class File>
std::string refusal(const File& file) {
  const auto result = read(file);
  REQUIRE(!result);
  CHECK(!result.error().hint.empty());
  return result.error().what;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

}  // namespace camloss::test
