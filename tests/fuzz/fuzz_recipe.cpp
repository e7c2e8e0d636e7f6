// libFuzzer: any bytes as a recipe; what is accepted must survive writing and reading.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "native/base/error.h"
#include "native/recipes/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace camloss::train;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string written;
  try {
    written = recipe_json(parse_recipe(text, "fuzz.json"));
  } catch (const camloss::UserError&) {
    return 0;
  }
  if (recipe_json(parse_recipe(written, "other.json")) != written) std::abort();
  return 0;
}
