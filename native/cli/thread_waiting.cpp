// The program starts itself anew once, with libgomp's variable set; the warning of too many
// threads.
#include "native/cli/thread_waiting.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>

#include "native/cli/command.h"
#include "native/cli/console.h"

namespace camloss::train {
namespace {

/// Rounds that a thread waits awake before it sleeps: a fifth of a millisecond on a Xeon. Between two operations of a step
/// it then rarely falls asleep, and on a busy machine it soon lets others work.
constexpr const char* kSpins = "20000";

/// Without a command the program trains, too.
bool trains(int argc, char** argv) {
  if (argc < 2) return true;
  const std::string_view named = argv[1];
  return std::ranges::any_of(kCommands,
                             [&](const Command* one) { return one->trains && one->name == named; });
}

}  // namespace

void wait_briefly(int argc, char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr) return;
  if (!trains(argc, argv)) return;
  if (setenv("GOMP_SPINCOUNT", kSpins, 0) != 0) return;
  // The link's target, since a process that executes the link itself is called "exe".
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) execv(program.c_str(), argv);
  execv("/proc/self/exe", argv);  // its file was replaced meanwhile, by a build for example
}

void warn_of_many_threads(int threads) {
  const unsigned cores = std::thread::hardware_concurrency();  // 0: not known
  if (cores == 0 || threads <= static_cast<int>(cores)) return;
  print_warning(
      fmt::format("--threads {} is more than the {} core{} here — threads "
                  "that share a core slow each other down; leave it out to use all "
                  "cores",
                  threads, cores, cores == 1 ? "" : "s"));
}

}  // namespace camloss::train
