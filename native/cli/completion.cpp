// Walks the parser and writes a bash function.
#include "native/cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <vector>

namespace camloss::train {
namespace {

/// "--name" of an option, "" for a positional one.
std::string long_name(const CLI::Option& option) {
  const auto& names = option.get_lnames();
  return names.empty() ? std::string() : "--" + names.front();
}

/// A case of the function: what may follow a command.
/// @param declared  null: the program itself, without one
std::string command_case(const CLI::App& command, const Options* declared,
                         const std::string& pattern) {
  std::vector<std::string> options, lines;
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = long_name(*option);
    if (name.empty()) continue;
    options.push_back(name);
    if (option->get_expected_max() == 0 || option->get_items_expected_max() == 0)
      continue;  // a flag
    const std::vector<std::string> words =
        declared == nullptr ? std::vector<std::string>() : declared->words_of(*option);
    const std::string type = option->get_type_name();
    if (type == "DIR") {
      lines.push_back(
          fmt::format("        {}) COMPREPLY=($(compgen -d -- \"$word\")); return ;;", name));
    } else if (!words.empty()) {
      // A recipe may be a file, too.
      const std::string files = type.find("FILE") != std::string::npos ? "-f " : "";
      lines.push_back(
          fmt::format("        {}) COMPREPLY=($(compgen {}-W '{}' -- \"$word\")); return ;;", name,
                      files, fmt::join(words, " ")));
    } else if (type.find("FILE") != std::string::npos || type.find("PATH") != std::string::npos) {
      lines.push_back(
          fmt::format("        {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;", name));
    } else {
      lines.push_back(fmt::format("        {}) return ;;", name));
    }
  }
  std::string text = fmt::format("    {})\n", pattern);
  if (!lines.empty())
    text += fmt::format("      case $before in\n{}\n      esac\n", fmt::join(lines, "\n"));
  return text + fmt::format("      options='{}' ;;\n", fmt::join(options, " "));
}

}  // namespace

std::string bash_completion(const CLI::App& app, std::span<const Options> commands) {
  std::vector<std::string> names;
  std::string cases, arguments;
  for (const Options& declared : commands) {
    const CLI::App& command = declared.command();
    names.push_back(command.get_name());
    cases += command_case(command, &declared, command.get_name());
    for (const CLI::Option* option : command.get_options()) {
      if (!option->get_positional() || declared.words_of(*option).empty()) continue;
      arguments += fmt::format(
          "  elif [[ $command == {} ]]; then\n    COMPREPLY=($(compgen -W '{}' -- \"$word\"))\n",
          command.get_name(), fmt::join(declared.words_of(*option), " "));
    }
  }
  cases += command_case(app, nullptr, "*");
  return fmt::format(
      R"(# bash completion of camloss' trainer; written by `trainer completion bash`.
_camloss_trainer() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' options='' i
  local commands='{0}'
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case " $commands " in *" ${{COMP_WORDS[i]}} "*) command=${{COMP_WORDS[i]}}; break ;; esac
  done
  case $command in
{1}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "$commands" -- "$word"))
{2}  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _camloss_trainer trainer camloss-trainer
)",
      fmt::join(names, " "), cases, arguments);
}

}  // namespace camloss::train
