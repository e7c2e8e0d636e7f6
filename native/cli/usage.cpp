// Looks at what was typed beside what the parser knows.
#include "native/cli/usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "native/base/strict_json.h"

namespace camloss::train {
namespace {

/// The first option that the command does not have, without its value; "" for none.
std::string unknown_option(const std::vector<std::string>& known, int argc,
                           const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (!word.starts_with("--") || word == "--") continue;
    word.resize(std::min(word.size(), word.find('=')));
    if (std::ranges::find(known, word) == known.end()) return word;
  }
  return {};
}

/// "--epochs" of the parser's "--epochs: 1 required INT missing"; "" of other texts.
std::string option_without_value(const CLI::ParseError& wrong) {
  if (wrong.get_exit_code() != static_cast<int>(CLI::ExitCodes::ArgumentMismatch)) return {};
  const std::string text = wrong.what();
  const std::size_t colon = text.find(':');
  return colon == std::string::npos ? std::string() : text.substr(0, colon);
}

}  // namespace

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

UserError usage_error(const CLI::App& app, const CLI::ParseError& wrong, int argc,
                      const char* const* argv) {
  const auto used = app.get_subcommands();
  const CLI::App& command = used.empty() ? app : *used.front();
  const std::string full_name = used.empty() ? "trainer" : "trainer " + command.get_name();
  const std::string help = "see " + full_name + " --help";
  for (const CLI::Option* option : command.get_options()) {
    const bool is_once = option->get_expected_max() == 1 && option->get_items_expected_max() == 1;
    if (is_once && option->count() > 1) {
      return UserError(fmt::format("{} is given {} times", option->get_name(), option->count()),
                       "give it once; " + help, 2);
    }
  }
  const std::vector<std::string> left = command.remaining();
  const bool is_bare_word =
      !left.empty() &&
      std::ranges::none_of(left, [](const std::string& word) { return word.starts_with('-'); });
  if (is_bare_word) {
    const bool has_data = command.get_option_no_throw("--data") != nullptr;
    return UserError(fmt::format("'{}' belongs to no option", left.front()),
                     (has_data ? "did you mean --data " + left.front() + "? " : "") + help, 2);
  }
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  if (const std::string unknown = unknown_option(known, argc, argv); !unknown.empty()) {
    const std::string near = nearest_word(unknown, known);
    return UserError("there is no option " + unknown,
                     (near.empty() ? "" : "did you mean " + near + "? ") + help, 2);
  }
  if (const std::string option = option_without_value(wrong); !option.empty())
    return UserError(option + " needs a value", help, 2);
  return UserError(wrong.what(), help, 2);
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

void refuse_inside_data(const std::filesystem::path& out, const std::filesystem::path& data) {
  if (data.empty()) return;
  std::error_code error;
  const auto folder = std::filesystem::weakly_canonical(std::filesystem::absolute(data), error);
  const auto results = std::filesystem::weakly_canonical(std::filesystem::absolute(out), error);
  if (error || !std::filesystem::is_directory(folder, error)) return;
  const auto [rest, unused] = std::ranges::mismatch(folder, results);
  if (rest != folder.end()) return;
  throw UserError(fmt::format("the results would lie in the data: {} is inside {}", out.string(),
                              data.string()),
                  "name a folder elsewhere with --out", 2);
}

}  // namespace camloss::train
