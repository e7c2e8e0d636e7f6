// The page's terms, each with its explanation: one place for the help, for what appears on hover, and for tests.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace camloss::ui {

struct Term {
  std::string_view name, text;
};

/// All of them, in the order of the help.
[[nodiscard]] std::span<const Term> terms();
/// The explanation of a term; empty where there is no such term.
[[nodiscard]] std::string_view explanation(std::string_view name);

}  // namespace camloss::ui
