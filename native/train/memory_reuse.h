// Keeps freed memory in the process while a network trains.
#pragma once

namespace camloss::train {

/// Every step allocates and frees the same tensors of tens of megabytes. By default glibc gives
/// each back to the kernel, which must clear its pages again: a third of the time of a step. While
/// this lives they are kept and reused.
class MemoryReuse {
 public:
  MemoryReuse();
  ~MemoryReuse();
  MemoryReuse(const MemoryReuse&) = delete;
  MemoryReuse& operator=(const MemoryReuse&) = delete;
};

}  // namespace camloss::train
