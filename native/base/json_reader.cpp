// Looks fields up and checks their types.
#include "native/base/json_reader.h"

namespace camloss::train {

std::string JsonReader::place_of(std::string_view key) const {
  return (place_.empty() ? "" : place_ + ".") + std::string(key);
}

void JsonReader::refuse(std::string_view must) const {
  constexpr std::size_t kShown = 60;
  std::string value = to_line(*json_);
  if (value.size() > kShown) value = value.substr(0, kShown) + " …";
  const std::string field = place_.empty() ? "it" : "the field \"" + place_ + "\"";
  throw UserError({field + " is " + value + ", not " + std::string(must), hint_, file_});
}

void JsonReader::need_object() const {
  if (!json_->is_object()) refuse("an object");
}

JsonReader JsonReader::operator[](std::string_view key) const {
  need_object();
  const auto found = json_->find(std::string(key));
  if (found == json_->end())
    throw UserError({"the field \"" + place_of(key) + "\" is missing", hint_, file_});
  return {*found, file_, hint_, place_of(key)};
}

std::optional<JsonReader> JsonReader::find(std::string_view key) const {
  need_object();
  const auto found = json_->find(std::string(key));
  if (found == json_->end() || found->is_null()) return std::nullopt;
  return JsonReader(*found, file_, hint_, place_of(key));
}

std::size_t JsonReader::size() const {
  if (!json_->is_array()) refuse("a list");
  return json_->size();
}

JsonReader JsonReader::operator[](std::size_t index) const {
  if (index >= size()) refuse("a list of at least " + std::to_string(index + 1));
  return {(*json_)[index], file_, hint_, place_ + "[" + std::to_string(index) + "]"};
}

double JsonReader::number() const {
  if (!json_->is_number()) refuse("a number");
  return json_->get<double>();
}

std::optional<double> JsonReader::number_or_null() const {
  if (json_->is_null()) return std::nullopt;
  return number();
}

std::int64_t JsonReader::integer() const {
  if (!json_->is_number_integer()) refuse("a whole number");
  return json_->get<std::int64_t>();
}

std::uint64_t JsonReader::count() const {
  if (!json_->is_number_integer() ||
      (!json_->is_number_unsigned() && json_->get<std::int64_t>() < 0))
    refuse("a whole number from 0");
  return json_->get<std::uint64_t>();
}

bool JsonReader::yes() const {
  if (!json_->is_boolean()) refuse("true or false");
  return json_->get<bool>();
}

std::string JsonReader::text() const {
  if (!json_->is_string()) refuse("a text");
  return json_->get<std::string>();
}

}  // namespace camloss::train
