// Strict reading of a JSON file that the program wrote: each value knows its place, and an error names field and file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "native/base/error.h"
#include "native/base/json.h"

namespace camloss::train {

/// A value within a file. Reading throws UserError where a field is missing or of another type, as
/// "FILE: the field "runs[0].seed" is "x", not a whole number from 0 — HINT".
/// Fields that nobody reads are no error: a later version may have written them.
class JsonReader {
 public:
  /// @param json  must outlive the reader
  /// @param file, hint  of the errors
  JsonReader(const Json& json, std::string file, std::string hint)
      : JsonReader(json, std::move(file), std::move(hint), {}) {}

  /// A field that must be there; its value may be null.
  [[nodiscard]] JsonReader operator[](std::string_view key) const;
  /// A field that may be missing or null.
  [[nodiscard]] std::optional<JsonReader> find(std::string_view key) const;
  /// The elements of a list.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] JsonReader operator[](std::size_t index) const;

  [[nodiscard]] double number() const;
  /// Nothing for null.
  [[nodiscard]] std::optional<double> number_or_null() const;
  [[nodiscard]] std::int64_t integer() const;
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] bool yes() const;
  [[nodiscard]] std::string text() const;

  /// Throws the error of this value.
  /// @param must  "a number"
  [[noreturn]] void refuse(std::string_view must) const;

 private:
  JsonReader(const Json& json, std::string file, std::string hint, std::string place)
      : json_(&json), file_(std::move(file)), hint_(std::move(hint)), place_(std::move(place)) {}
  [[nodiscard]] std::string place_of(std::string_view key) const;
  void need_object() const;

  const Json* json_;
  std::string file_, hint_, place_;  // place: "runs[0].seed"; empty for the whole file
};

}  // namespace camloss::train
