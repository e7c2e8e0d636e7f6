// The groups of benchmarks that the program registers.
#pragma once

namespace camloss::bench {

/// Each operator with each instruction set.
void register_operators();
/// Network and whole explain calls, both heads, at 96 and 192.
void register_explain();

}  // namespace camloss::bench
