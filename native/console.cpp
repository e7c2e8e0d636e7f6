// Formats and prints what people read.
#include "native/console.h"

#include <fmt/format.h>

#include <optional>

namespace camloss::train {
namespace {

std::string cell(std::optional<double> value, int width, int decimals) {
  return value ? fmt::format("{:>{}.{}f}", *value, width, decimals) : fmt::format("{:>{}}", "–", width);
}

}  // namespace

void print_line(std::FILE* stream, std::string_view line) {
  // No fmt::print: it throws when the pipe is closed.
  std::fwrite(line.data(), 1, line.size(), stream);
  std::fputc('\n', stream);
  std::fflush(stream);
}

void print_warning(std::string_view text) { print_line(stderr, fmt::format("warning: {}", text)); }

std::string epoch_table_head() {
  return "    epoch      loss  classify       map    train      val  off-centre  seconds";
}

std::string epoch_table_row(const EpochRecord& record, int epochs) {
  return fmt::format("{:>9}  {}  {}  {}  {}  {}  {}  {}", fmt::format("{}/{}", record.epoch, epochs),
                     cell(record.loss, 8, 4), cell(record.classify_loss, 8, 4), cell(record.map_loss, 8, 4),
                     cell(record.train_accuracy, 7, 3), cell(record.val_accuracy, 7, 3),
                     cell(record.val_off_centre_mass, 10, 3), cell(record.seconds, 7, 2));
}

}  // namespace camloss::train
