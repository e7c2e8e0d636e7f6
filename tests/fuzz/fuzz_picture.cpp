// libFuzzer: any bytes as a picture; what is decoded has the size that it says.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "native/base/error.h"
#include "native/io/decode.h"
#include "native/io/picture_header.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  const camloss::io::PictureHeader header = camloss::io::read_picture_header(bytes);
  if (header.orientation < 1 || header.orientation > 8) std::abort();
  // Large pictures only cost time here.
  if (header.width > 4096 || header.height > 4096 || header.width * header.height > 1'000'000)
    return 0;
  try {
    const camloss::Image image = camloss::io::decode_picture(bytes, "fuzz");
    const auto width = static_cast<std::size_t>(image.width);
    const auto height = static_cast<std::size_t>(image.height);
    if (image.width < 1 || image.height < 1 || (image.channels != 3 && image.channels != 4) ||
        image.pixels.size() != width * height * static_cast<std::size_t>(image.channels)) {
      std::abort();
    }
  } catch (const camloss::UserError&) {
  }
  return 0;
}
