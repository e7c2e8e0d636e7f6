// A large buffer that is not cleared before it is filled.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace camloss {

/// Numbers of which each is written before it is read; std::vector would write all of them twice.
template <class T>
class Uncleared {
  static_assert(std::is_arithmetic_v<T>);

 public:
  Uncleared() = default;
  explicit Uncleared(std::size_t size) : values_(new T[size]), size_(size) {}

  [[nodiscard]] T* data() noexcept { return values_.get(); }
  [[nodiscard]] const T* data() const noexcept { return values_.get(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  std::unique_ptr<T[]> values_;
  std::size_t size_ = 0;
};

}  // namespace camloss
