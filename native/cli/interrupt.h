// Ctrl-C and SIGTERM as a flag that the training loop looks at between two batches.
#pragma once

namespace camloss::train {

/// While it lives, the first SIGINT or SIGTERM only sets the flag; a second one ends the process at
/// once.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Number of the signal that came, 0 for none.
[[nodiscard]] int interrupt_signal();

}  // namespace camloss::train
