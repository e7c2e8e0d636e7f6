// A command of the command line: each file command_*.cpp defines one, with its options, help and examples.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "native/cli/options.h"

namespace camloss::train {

/// What the rest of the program may tell a command when it runs.
struct Call {
  std::string command_line;                 // as typed
  std::function<std::string()> completion;  // the script of bash, for the command that prints it
};

struct Command {
  std::string_view name, about;
  bool trains = false;  // its threads must not spin for long while they wait; see thread_waiting.h
  /// Declares the options, and returns what runs the command with the values they were given. That returns the exit
  /// code and throws UserError.
  std::function<int(const Call&)> (*declare)(Options& options) = nullptr;
};

extern const Command kTrain, kEvaluate, kComposites, kExplain, kScenes, kConvert, kReport,
    kReproduce, kCompletion;

/// In the order of --help. The first one runs where no command is named.
inline constexpr std::array<const Command*, 9> kCommands{&kTrain,   &kEvaluate,  &kComposites,
                                                         &kExplain, &kScenes,    &kConvert,
                                                         &kReport,  &kReproduce, &kCompletion};

}  // namespace camloss::train
