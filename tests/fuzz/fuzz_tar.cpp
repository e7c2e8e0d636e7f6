// libFuzzer: any bytes as an archive; it is listed, its classes are looked for and every entry is
// read.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "native/base/error.h"
#include "native/data/archive.h"
#include "native/data/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace camloss::train;
  const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    const auto source = open_archive("/proc/self/fd/" + std::to_string(file));
    for (const std::string& name : source->files()) {
      if (name.empty() || name.front() == '/' || is_hidden(name)) std::abort();
    }
    for (std::size_t i = 0; i < source->files().size(); ++i) {
      try {
        static_cast<void>(source->read(i));
      } catch (const camloss::UserError&) {
      }
    }
    static_cast<void>(find_pictures(*source, "fuzz.tar", "", {}));
  } catch (const camloss::UserError&) {
  }
  ::close(file);
  return 0;
}
