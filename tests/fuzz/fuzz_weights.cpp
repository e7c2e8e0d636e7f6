// Fuzzes the readers of weights files: whatever is accepted must be valid, survive both formats
// unchanged, and whatever is refused must say why. Seeds: corpus/weights.
#include <cstdlib>

#include "shared/weights/weights.h"

using namespace camloss;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto weights = read_weights({data, size}, "input");
  if (!weights) {
    require(weights.error().subject == "input");
    require(!weights.error().what.empty() && !weights.error().hint.empty());
    return 0;
  }
  require(static_cast<bool>(validate(weights->get())));

  const auto wide = write_safetensors(*weights, DType::f32);
  require(static_cast<bool>(wide));
  const auto again = read_weights(*wide, "safetensors");
  require(static_cast<bool>(again));
  require(*write_safetensors(*again, DType::f32) == *wide);

  const auto text = write_weights_json(*weights);
  require(static_cast<bool>(text));
  const auto from_text = read_weights(bytes_of(*text), "json");
  require(static_cast<bool>(from_text));
  require(*write_safetensors(*from_text, DType::f32) == *wide);

  const auto half = write_safetensors(*weights, DType::f16);
  require(static_cast<bool>(half));
  require(static_cast<bool>(read_weights(*half, "half")));
  return 0;
}
