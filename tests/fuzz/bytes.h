// The fuzzer's bytes as a supply of numbers: a program of calls is read from them until they end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace camloss::fuzz {

/// Ends the program, and with it the run, with a stack trace.
inline void require(bool holds) {
  if (!holds) std::abort();
}

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : left_(data, size) {}
  [[nodiscard]] bool empty() const { return left_.empty(); }
  /// 0 once the bytes have ended.
  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const std::uint8_t value = left_.front();
    left_ = left_.subspan(1);
    return value;
  }
  int word() {
    const int low = byte();
    return low | byte() << 8;
  }
  std::int32_t any_int() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8U | byte();
    return static_cast<std::int32_t>(value);
  }
  std::span<const std::uint8_t> take(std::size_t count) {
    const auto taken = left_.first(std::min(count, left_.size()));
    left_ = left_.subspan(taken.size());
    return taken;
  }
  /// Up to the next zero byte, which it swallows; at most `most` bytes.
  std::string text(std::size_t most) {
    std::string text;
    while (!left_.empty() && text.size() < most) {
      const std::uint8_t next = byte();
      if (next == 0) break;
      text.push_back(static_cast<char>(next));
    }
    return text;
  }

 private:
  std::span<const std::uint8_t> left_;
};

}  // namespace camloss::fuzz
