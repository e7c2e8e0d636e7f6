// `trainer report`: finished trainings as one HTML file.
#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "native/cli/cli.h"
#include "native/cli/console.h"
#include "native/report/report.h"

namespace camloss::train {

int run_report(const ReportCommand& command) {
  ReportOptions options;
  options.data = command.data;
  options.threads = command.threads > 0
                        ? command.threads
                        : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (const std::string& warning : write_report(command.runs, command.out, options))
    print_warning(warning);
  print_line(stdout, command.json ? Json{{"written", command.out}}.dump(
                                        -1, ' ', false, Json::error_handler_t::replace)
                                  : fmt::format("The report is in {}", command.out));
  return 0;
}

}  // namespace camloss::train
