// Looks at what was typed beside what the parser knows.
#include "native/cli/usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "native/base/error.h"
#include "native/base/strict_json.h"

namespace camloss::train {

std::uint64_t parse_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seed);
  if (text.empty() || read.ptr != end || read.ec != std::errc()) {
    throw CLI::ValidationError(
        fmt::format("'{}' is not a seed: it must be a whole number from 0", text));
  }
  return seed;
}

std::vector<std::uint64_t> parse_seeds(const std::string& text) {
  std::vector<std::uint64_t> seeds;
  std::size_t begin = 0;
  for (;;) {
    const std::size_t comma = text.find(',', begin);
    seeds.push_back(parse_seed(text.substr(begin, comma - begin)));
    if (comma == std::string::npos) return seeds;
    begin = comma + 1;
  }
}

void refuse_unknown_command(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || argv[1][0] == '-' || argv[1][0] == '\0') return;
  std::vector<std::string> commands;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    commands.push_back(command->get_name());
  }
  if (std::ranges::find(commands, argv[1]) != commands.end()) return;
  const std::string near = nearest_word(argv[1], commands);
  throw UserError(fmt::format("there is no command '{}'", argv[1]),
                  near.empty() ? fmt::format("the commands are {}", fmt::join(commands, ", "))
                               : fmt::format("did you mean {}?", near),
                  2);
}

std::string did_you_mean(const CLI::App& app, int argc, const char* const* argv) {
  const auto used = app.get_subcommands();
  const CLI::App& command = used.empty() ? app : *used.front();
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (!word.starts_with("--") || word == "--") continue;
    word.resize(std::min(word.size(), word.find('=')));
    if (std::ranges::find(known, word) != known.end()) continue;
    const std::string near = nearest_word(word, known);
    return near.empty() ? std::string() : fmt::format("did you mean {}? ", near);
  }
  return {};
}

void refuse_empty_values(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    for (const CLI::Option* option : command->get_options()) {
      if (option->get_expected_max() == 0) continue;  // a flag
      for (const std::string& value : option->results()) {
        if (!value.empty()) continue;
        throw UserError(fmt::format("{} is empty", option->get_name()),
                        "leave it out for the default; is a variable of the shell not set?", 2);
      }
    }
  }
}

}  // namespace camloss::train
