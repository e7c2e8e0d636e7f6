// Numbers and strings as JSON text, by the JSON library. Not part of the module for JavaScript.
#include <nlohmann/json.hpp>
#include <vector>

#include "shared/base/json_text.h"

namespace camloss {
namespace {

// With float as its number type the library writes the shortest digits of a float, in any locale.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t,
                                  std::uint64_t, float>;

}  // namespace

std::string number_to_text(float value) { return Json(value).dump(); }

std::string quoted_json(std::string_view text) {
  return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace camloss
