// Completion of the command line in a shell, made from the parser's own description.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace camloss::train {

/// A script for bash that completes commands, options, the words an option may take, and files.
[[nodiscard]] std::string bash_completion(const CLI::App& app);

}  // namespace camloss::train
