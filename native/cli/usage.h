// Wrong usage of the command line: seeds that are none, words that do not exist, empty values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace camloss::train {

/// A seed: digits alone, below 2^64; no sign, no 0x.
/// Throws CLI::ValidationError.
[[nodiscard]] std::uint64_t parse_seed(const std::string& text);

/// "1,2,3".
/// Throws CLI::ValidationError.
[[nodiscard]] std::vector<std::uint64_t> parse_seeds(const std::string& text);

/// The first word names a command; one that does not is told, also with --help behind it.
/// Throws UserError (exit code 2).
void refuse_unknown_command(const CLI::App& app, int argc, const char* const* argv);

/// "did you mean --epochs? " for the first option that the command does not have; "" for none.
[[nodiscard]] std::string did_you_mean(const CLI::App& app, int argc, const char* const* argv);

/// An empty value is mostly a variable of the shell that was not set; the default would surprise.
/// Throws UserError (exit code 2).
void refuse_empty_values(const CLI::App& app);

}  // namespace camloss::train
