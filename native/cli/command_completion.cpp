// `trainer completion`: prints the script that completes the command line in a shell.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>

#include "native/cli/command.h"
#include "native/cli/console.h"

namespace camloss::train {
namespace {

std::function<int(const Call&)> declare_completion(Options& options) {
  const auto shell = std::make_shared<std::string>();
  options.choice("shell", *shell, {"bash"}, "bash")->required();
  options.footer("Example:\n  source <(trainer completion bash)");
  return [shell](const Call& call) {
    print_line(stdout, call.completion());
    return 0;
  };
}

}  // namespace

const Command kCompletion{"completion", "A script that completes this command line in a shell",
                          false, declare_completion};

}  // namespace camloss::train
