// Wrong usage of the command line: seeds that are none, words that do not exist, empty values, results inside the data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "native/base/error.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

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

/// What the parser's error says to a person: an option that is not there or is given twice, a word that belongs to none.
[[nodiscard]] UserError usage_error(const CLI::App& app, const CLI::ParseError& wrong, int argc,
                                    const char* const* argv);

/// An empty value is mostly a variable of the shell that was not set; the default would surprise.
/// Throws UserError (exit code 2).
void refuse_empty_values(const CLI::App& app);

/// Results never lie in the folder that they come from: the next run would take them for pictures or classes of it.
/// @param data  folder of pictures; "" and what is no folder hold nothing
/// Throws UserError (exit code 2).
void refuse_inside_data(const std::filesystem::path& out, const std::filesystem::path& data);

}  // namespace camloss::train
