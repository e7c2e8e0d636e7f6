// Lists of names as messages show them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace camloss {

/// "a, b, c … (254 more)".
[[nodiscard]] std::string listed(const std::vector<std::string>& names, std::size_t at_most = 12);

}  // namespace camloss
