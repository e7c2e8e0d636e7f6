// A table of fields that reads, checks and writes a struct as JSON: one line a field.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "native/base/error.h"
#include "native/base/json.h"
#include "native/base/strict_json.h"

namespace camloss::train {

/// Names of an enumeration's values.
template <class Enum>
using Names = std::vector<std::pair<std::string_view, Enum>>;

template <class Enum>
std::string_view name_of(const Names<Enum>& names, Enum value) {
  return std::find_if(names.begin(), names.end(), [&](const auto& n) { return n.second == value; })
      ->first;
}

/// One field of T (Recipe or Phase): `read` throws what the field must be, as text.
template <class T>
struct Field {
  std::string path;  // "lambda", "optimizer.momentum"
  std::function<void(T&, const Json&)> read;
  std::function<Json(const T&)> write;
};

/// What a field must be, where it is not.
struct MustBe {
  std::string what;
};

[[nodiscard]] inline std::string shown(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr;
  return {text, end};
}

/// A float as the shortest decimal that gives it back.
[[nodiscard]] inline double shortest(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  double decimal = 0;
  std::from_chars(text, end, decimal);
  return decimal;
}

inline double number_in(const Json& json, double low, double high, const std::string& what) {
  if (!json.is_number() || !(json.get<double>() >= low) || !(json.get<double>() <= high)) {
    throw MustBe{what + " from " + shown(low) + " to " + shown(high)};
  }
  return json.get<double>();
}

template <class T, class Get>
Field<T> number(std::string path, Get get, double low, double high) {
  return {std::move(path),
          [=](T& t, const Json& json) { get(t) = number_in(json, low, high, "a number"); },
          [=](const T& t) { return Json(get(t)); }};
}

template <class T, class Get>
Field<T> integer(std::string path, Get get, int low, int high, int multiple_of = 1) {
  std::string what = "a whole number";
  if (multiple_of > 1) what += ", a multiple of " + std::to_string(multiple_of) + ",";
  return {std::move(path),
          [=](T& t, const Json& json) {
            const double value = number_in(json, low, high, what);
            if (value != std::floor(value) || std::fmod(value, multiple_of) != 0) {
              throw MustBe{what + " from " + std::to_string(low) + " to " + std::to_string(high)};
            }
            get(t) = static_cast<int>(value);
          },
          [=](const T& t) { return Json(get(t)); }};
}

template <class T, class Get>
Field<T> yes_or_no(std::string path, Get get) {
  return {std::move(path),
          [=](T& t, const Json& json) {
            if (!json.is_boolean()) throw MustBe{"true or false"};
            get(t) = json.get<bool>();
          },
          [=](const T& t) { return Json(get(t)); }};
}

template <class T, class Get, class Enum>
Field<T> choice(std::string path, Get get, const Names<Enum>& names) {
  return {std::move(path),
          [=, &names](T& t, const Json& json) {
            for (const auto& [name, value] : names) {
              if (json.is_string() && json.get_ref<const std::string&>() == name) {
                get(t) = value;
                return;
              }
            }
            std::string all;
            for (const auto& entry : names) {
              all += (all.empty() ? "" : ", ") + ("\"" + std::string(entry.first) + "\"");
            }
            throw MustBe{"one of " + all};
          },
          [=, &names](const T& t) { return Json(name_of(names, get(t))); }};
}

template <class T, class Get>
Field<T> text(std::string path, Get get, std::size_t longest) {
  return {std::move(path),
          [=](T& t, const Json& json) {
            if (!json.is_string() || json.get_ref<const std::string&>().size() > longest) {
              throw MustBe{"text of at most " + std::to_string(longest) + " bytes"};
            }
            get(t) = json.get<std::string>();
          },
          [=](const T& t) { return Json(get(t)); }};
}

/// A name that is part of file names.
[[nodiscard]] inline bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.' || c == '+';
         });
}
inline constexpr std::string_view kFileName =
    "1 to 64 letters, digits or any of - _ . +, beginning with none of - .";

template <class T, class Get>
Field<T> file_name(std::string path, Get get) {
  return {std::move(path),
          [=](T& t, const Json& json) {
            if (!json.is_string() || !is_file_name(json.get_ref<const std::string&>())) {
              throw MustBe{std::string(kFileName)};
            }
            get(t) = json.get<std::string>();
          },
          [=](const T& t) { return Json(get(t)); }};
}

/// One number for all three channels, or three.
template <class T, class Get>
Field<T> channels(std::string path, Get get, double low, double high) {
  return {std::move(path),
          [=](T& t, const Json& json) {
            const std::string what = "one number or three, each";
            if (json.is_array() && json.size() != 3) {
              throw MustBe{what + " from " + shown(low) + " to " + shown(high)};
            }
            for (std::size_t c = 0; c < 3; ++c) {
              get(t)[c] =
                  static_cast<float>(number_in(json.is_array() ? json[c] : json, low, high, what));
            }
          },
          [=](const T& t) {
            const auto& v = get(t);
            if (v[0] == v[1] && v[1] == v[2]) return Json(shortest(v[0]));
            return Json::array({shortest(v[0]), shortest(v[1]), shortest(v[2])});
          }};
}

/// Reads the fields of an object; nested objects are walked with their path as prefix.
template <class T>
void read_fields(T& target, const Json& object, const std::vector<Field<T>>& fields,
                 std::string_view file, const std::string& shown_prefix,
                 const std::string& prefix = "") {
  if (!object.is_object()) throw MustBe{"an object"};
  for (const auto& [key, value] : object.items()) {
    const std::string path = prefix + key;
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field<T>& f) { return f.path == path; });
    if (field != fields.end()) {
      try {
        field->read(target, value);
      } catch (const MustBe& must) {
        std::string got = to_line(value);
        if (got.size() > 60) got = got.substr(0, 60) + " …";
        throw UserError(std::string(file) + ": field \"" + shown_prefix + path + "\" is " + got,
                        "it must be " + must.what);
      }
      continue;
    }
    const bool is_group = std::any_of(fields.begin(), fields.end(), [&](const Field<T>& f) {
      return f.path.starts_with(path + ".");
    });
    if (is_group && value.is_object()) {
      read_fields(target, value, fields, file, shown_prefix, path + ".");
      continue;
    }
    if (is_group) {
      throw UserError(
          std::string(file) + ": field \"" + shown_prefix + path + "\" is not an object",
          "write it as {\"" + fields[0].path + "\": …}");
    }
    std::vector<std::string> known;
    known.reserve(fields.size());
    for (const Field<T>& f : fields) known.push_back(f.path);
    std::string near = nearest_word(path, known);
    std::string all;
    for (const std::string& name : known) all += (all.empty() ? "" : ", ") + name;
    throw UserError(std::string(file) + ": unknown field \"" + shown_prefix + path + "\"",
                    near.empty() ? "the fields are " + all : "did you mean \"" + near + "\"?");
  }
}

template <class T>
Json write_fields(const T& source, const std::vector<Field<T>>& fields) {
  Json object = Json::object();
  for (const Field<T>& field : fields) {
    std::string pointer = "/" + field.path;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    object[Json::json_pointer(pointer)] = field.write(source);
  }
  return object;
}

}  // namespace camloss::train
