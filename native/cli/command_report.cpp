// `trainer report`: finished trainings as one HTML file.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "native/base/json.h"
#include "native/base/parallel.h"
#include "native/cli/command.h"
#include "native/cli/console.h"
#include "native/report/report.h"

namespace camloss::train {
namespace {

struct ReportCommand {
  std::string runs, out;
  std::optional<std::string> data;  // where the data lies now; nothing: where it lay in training
  int threads = 0;
  bool json = false;
};

int run_report(const ReportCommand& command) {
  ReportOptions options;
  options.data = command.data;
  options.threads = threads_or_all(command.threads);
  for (const std::string& warning : write_report(command.runs, command.out, options))
    print_warning(warning);
  print_line(stdout, command.json ? to_line(Json{{"written", command.out}})
                                  : fmt::format("The report is in {}", command.out));
  return 0;
}

std::function<int(const Call&)> declare_report(Options& options) {
  const auto c = std::make_shared<ReportCommand>();
  options
      .text("--runs", c->runs, "DIR",
            "Output folder of train, or a folder of such on the same data")
      ->required();
  options.text("--out", c->out, "FILE", "The report")->required();
  options.text("--data", c->data, "PATH",
               "Where the pictures lie now. Default: where they lay in training");
  options.threads(c->threads);
  options.written_as_json(c->json);
  options.footer(
      "The file needs nothing else: no network, no script. It contains pictures of the data.\n\n"
      "Example:\n  trainer report --runs runs/photos --out photos.html");
  return [c](const Call&) { return run_report(*c); };
}

}  // namespace

const Command kReport{"report", "Curves, figures and maps of finished trainings as one HTML file",
                      false, declare_report};

}  // namespace camloss::train
