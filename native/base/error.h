// The exception by which the trainer reports what a user can mend; caught once, in main.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace camloss {

/// Printed as `error: what — hint`; the process ends with `exit_code`.
struct UserError : std::runtime_error {
  explicit UserError(const std::string& what, std::string hint_text = {}, int code = 1)
      : std::runtime_error(what), hint(std::move(hint_text)), exit_code(code) {}

  std::string hint;   // what to do about it; may be empty
  int exit_code = 1;  // 1; 2 for wrong usage
};

}  // namespace camloss
