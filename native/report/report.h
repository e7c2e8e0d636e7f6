// report.html: a training's curves, figures and pictures as one file that needs nothing else.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "native/record/run_records.h"
#include "native/report/report_pictures.h"

namespace camloss::train {

struct ReportOptions {
  std::optional<std::string> data;  // where the data lies now; nothing: where it lay in training
  int threads = 1;
};

/// Reads the trainings in `runs` and writes the report to `out`, atomically.
/// @return warnings, such as pictures that are gone and therefore not shown
/// Throws UserError: as load_records; a failed write.
std::vector<std::string> write_report(const std::filesystem::path& runs,
                                      const std::filesystem::path& out,
                                      const ReportOptions& options);

/// The report as HTML.
/// @param galleries  nothing: without pictures, for the reason given
[[nodiscard]] std::string report_html(const Records& records,
                                      const std::optional<Galleries>& galleries,
                                      const std::string& why_no_pictures);

}  // namespace camloss::train
