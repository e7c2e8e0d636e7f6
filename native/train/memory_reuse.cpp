// Settings of glibc's allocator; other C libraries keep their own ways.
#include "native/train/memory_reuse.h"

#include <climits>
#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace camloss::train {

#if defined(__GLIBC__)

MemoryReuse::MemoryReuse() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

MemoryReuse::~MemoryReuse() {
  constexpr int kDefaultMappings = 65536;
  constexpr int kDefaultTrim = 128 * 1024;
  mallopt(M_MMAP_MAX, kDefaultMappings);
  mallopt(M_TRIM_THRESHOLD, kDefaultTrim);
  malloc_trim(0);
}

#else

MemoryReuse::MemoryReuse() = default;
MemoryReuse::~MemoryReuse() = default;

#endif

}  // namespace camloss::train
