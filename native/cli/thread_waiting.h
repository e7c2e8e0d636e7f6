// Threads and cores: how the trainer's threads wait for each other, and how many are too many.
#pragma once

namespace camloss::train {

/// Starts the program anew, in the same process, with GOMP_SPINCOUNT set so that a thread waits
/// awake for a fraction of a millisecond and then sleeps; to be called first in main.
///
/// LibTorch's threads are libgomp's, which reads its environment as it is loaded, before main:
/// there is no later way. By default its threads spin while they wait; where other programs use the
/// cores too, they wait for threads that are not running, and an epoch takes forty times as long. Where
/// they sleep at once, waking them takes a third of an epoch.
/// Does nothing where OMP_WAIT_POLICY or GOMP_SPINCOUNT is set, by the user or by the first start,
/// for commands that do not train, or without /proc.
void wait_briefly(int argc, char** argv);

/// Warns on stderr where `threads` is more than the cores this process may use.
void warn_of_many_threads(int threads);

}  // namespace camloss::train
