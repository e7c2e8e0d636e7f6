// Completion of the command line in a shell, made from the commands' own options.
#pragma once

#include <span>
#include <string>

#include "native/cli/options.h"

namespace camloss::train {

/// A script for bash that completes commands, options, the words an option may take, and files.
[[nodiscard]] std::string bash_completion(const CLI::App& app, std::span<const Options> commands);

}  // namespace camloss::train
