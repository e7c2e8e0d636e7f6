// The exception by which the trainer reports what a user can mend; caught once, in main. And the bridge to it from the
// core's Result<T>.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "shared/base/result.h"

namespace camloss {

/// Printed as `error: subject: reason — hint`; the process ends with `exit_code`. what() is "subject: reason".
struct UserError : std::runtime_error {
  explicit UserError(std::string reason_text, std::string hint_text = {}, int code = 1)
      : UserError(Error{std::move(reason_text), std::move(hint_text)}, code) {}
  explicit UserError(Error error, int code = 1)
      : std::runtime_error(error.subject.empty() ? error.what : error.subject + ": " + error.what),
        subject(std::move(error.subject)),
        reason(std::move(error.what)),
        hint(std::move(error.hint)),
        exit_code(code) {}

  [[nodiscard]] Error error() const { return {reason, hint, subject}; }

  std::string subject;  // the file or picture it is about; may be empty
  std::string reason;   // what was wrong, without the subject
  std::string hint;     // what to do about it; may be empty
  int exit_code = 1;    // 1; 2 for wrong usage
};

/// The value of a result, or its error thrown as a UserError.
/// @param subject  what the error is about where it does not say so itself
template <class T>
T value_or_throw(Result<T> result, const std::string& subject = {}, int exit_code = 1) {
  if (result) return *std::move(result);
  Error error = result.error();
  if (error.subject.empty()) error.subject = subject;
  throw UserError(std::move(error), exit_code);
}

}  // namespace camloss
