// The tables of loops that this processor offers; one table an instruction set.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace camloss {

/// Filled once, the best first.
template <class Table>
struct Offered {
  std::array<const Table*, 3> tables{};
  std::size_t count = 0;

  void add(const Table& table) noexcept { tables[count++] = &table; }
  [[nodiscard]] std::span<const Table* const> all() const noexcept {
    return {tables.data(), count};
  }
};

}  // namespace camloss
