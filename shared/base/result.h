// Result<T>: a value or a readable error, for functions at the core's boundary (no exceptions).
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace camloss {

/// What went wrong, what to do about it, and what it is about. Printed as `error: subject: what — hint`.
struct Error {
  std::string what;
  std::string hint;
  std::string subject = {};  // the name of a file or a picture; may be empty

  /// "what — hint", for where the subject is known.
  [[nodiscard]] std::string reason() const { return hint.empty() ? what : what + " — " + hint; }
  /// "subject: what — hint": the line a user reads, without the leading "error: ".
  [[nodiscard]] std::string message() const {
    return subject.empty() ? reason() : subject + ": " + reason();
  }
};

/// Either a T or an Error. `if (auto r = load(…)) use(*r); else show(r.error());`
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that a function can return either as it is.
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  [[nodiscard]] const Error& error() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Error> state_;
};

/// Success or an Error, for functions that return nothing else.
using Status = Result<std::monostate>;
inline Status ok() { return std::monostate{}; }

}  // namespace camloss
