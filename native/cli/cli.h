// The command line's door.
#pragma once

#include <string>

namespace camloss::train {

/// Versions of the libraries the trainer runs with, in one line.
[[nodiscard]] std::string library_versions();

/// Parses the arguments and runs the command. Prints errors as `error: what — hint` on stderr.
/// @return exit code: 0, 1, 2 for wrong usage, 128 + signal for a training that was interrupted
int run_trainer(int argc, const char* const* argv);

}  // namespace camloss::train
