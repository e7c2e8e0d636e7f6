// Puts the commands together; help, versions and errors of the command line.
#include "native/cli/cli.h"

#include <archive.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <nlohmann/json.hpp>
#include <opencv2/core/version.hpp>
#include <sstream>
#include <vector>

#include "camloss_version.h"
#include "native/base/error.h"
#include "native/cli/command.h"
#include "native/cli/completion.h"
#include "native/cli/console.h"
#include "native/cli/thread_waiting.h"
#include "native/cli/usage.h"
#include "native/train/trainer.h"

namespace camloss::train {
namespace {

std::string version_text() {
  return fmt::format("camloss trainer {} (commit {})\n{}", kVersion, kCommit, library_versions());
}

int dispatch(int argc, const char* const* argv) {
  CLI::App app(
      "Trains classifiers that look at the animal, not at the background.\n"
      "Without a command: trains baseline and CAMLoss on the embedded scenes.",
      "trainer");
  app.set_version_flag("--version", version_text());
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "Print this help");
  app.footer(
      "Examples:\n"
      "  trainer                                            train both models on the embedded "
      "scenes\n"
      "  trainer train --data photos --seeds 1,2,3          on your own pictures, three times\n"
      "  trainer evaluate --weights runs/photos/camloss-s1.safetensors --data photos\n"
      "  trainer explain photo.jpg runs/photos/*.safetensors --out maps\n"
      "  trainer report --runs runs/photos --out photos.html\n"
      "\n`trainer COMMAND --help` has every option of a command, with examples.\n"
      "Exit codes: 0 done, 1 an error, 2 wrong usage, 128 + signal for a training that was "
      "interrupted (see --resume).");
  std::vector<Options> options;
  std::vector<std::function<int(const Call&)>> runs;
  options.reserve(kCommands.size());
  for (const Command* command : kCommands) {
    CLI::App* parser = app.add_subcommand(std::string(command->name), std::string(command->about));
    runs.push_back(command->declare(options.emplace_back(*parser)));
    parser->set_version_flag("--version", version_text());
  }
  refuse_unknown_command(app, argc, argv);
  try {
    app.parse(argc, argv);
    refuse_empty_values(app);
  } catch (const CLI::Success& asked) {  // --help, --version
    // Through the program's own printing, which keeps the reason of what fails.
    std::ostringstream text;
    const int code = app.exit(asked, text, text);
    std::string said = std::move(text).str();
    if (said.ends_with('\n')) said.pop_back();
    print_line(stdout, said);
    return code;
  } catch (const CLI::ParseError& wrong) {
    throw usage_error(app, wrong, argc, argv);
  }
  for (const CLI::App* used : app.get_subcommands()) {
    const CLI::Option* threads = used->get_option_no_throw("--threads");
    if (threads != nullptr && !threads->empty()) warn_of_many_threads(threads->as<int>());
  }

  const Call call{fmt::format("{}", fmt::join(argv, argv + argc, " ")),
                  [&] { return bash_completion(app, options); }};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (app.got_subcommand(std::string(kCommands[i]->name))) return runs[i](call);
  }
  return runs.front()(call);
}

}  // namespace

std::string library_versions() {
  return fmt::format("{}, OpenCV {}, {}, CLI11 {}, fmt {}.{}.{}, nlohmann/json {}.{}.{}",
                     torch_description(), CV_VERSION, archive_version_string(), CLI11_VERSION,
                     FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100,
                     NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                     NLOHMANN_JSON_VERSION_PATCH);
}

int run_trainer(int argc, const char* const* argv) {
  // A reader that closes the pipe must not end a training; printing goes on into the void.
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on the size of files is an error of the write that meets it, which is told, and no end
  // without a word.
  std::signal(SIGXFSZ, SIG_IGN);
  occupy_standard_streams();
  try {
    const int code = dispatch(argc, argv);
    const int error = take_stdout_error();
    if (error == 0 || code != 0) return code;
    return print_error(
        UserError(fmt::format("cannot write to the standard output: {}", std::strerror(error)),
                  error == ENOSPC ? "the disk is full" : ""));
  } catch (const UserError& error) {
    return print_error(error);
  } catch (const std::bad_alloc&) {
    return print_error(
        UserError("not enough memory", "use fewer pictures or a smaller --input-size"));
  } catch (const std::exception& error) {
    return print_error(UserError(error.what()));
  }
}

}  // namespace camloss::train
