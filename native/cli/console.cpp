// Formats and prints what people read.
#include "native/cli/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace camloss::train {
namespace {

std::string cell(std::optional<double> value, int width, int decimals) {
  return value ? fmt::format("{:>{}.{}f}", *value, width, decimals)
               : fmt::format("{:>{}}", "–", width);
}

int stdout_errno = 0;

void note_stdout_error() {
  if (stdout_errno == 0 && errno != EPIPE) stdout_errno = errno;
}

}  // namespace

std::string printable(std::string_view text, bool is_one_line) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_c1 = c == 0xC2 && i + 1 < text.size() &&
                       static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                       static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_c1) {
      safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[++i]));
    } else if ((c < 0x20 && c != '\t' && (c != '\n' || is_one_line)) || c == 0x7F) {
      safe += fmt::format("\\x{:02x}", c);
    } else {
      safe += text[i];
    }
  }
  return safe;
}

void print_line(std::FILE* stream, std::string_view text) {
  const std::string line = printable(text, false);
  // No fmt::print: it throws when the pipe is closed.
  const bool is_written = std::fwrite(line.data(), 1, line.size(), stream) == line.size() &&
                          std::fputc('\n', stream) != EOF && std::fflush(stream) == 0;
  if (!is_written && stream == stdout) note_stdout_error();
}

void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest free number is this one, as those below it are taken by now. It stays open to the
    // end.
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF)
      static_cast<void>(::open("/dev/null", O_RDWR));
  }
}

int take_stdout_error() {
  if (std::fflush(stdout) != 0) note_stdout_error();
  std::clearerr(stdout);
  return std::exchange(stdout_errno, 0);
}

int print_error(const UserError& error) {
  print_line(stderr, "error: " + printable(error.error().message(), true));
  return error.exit_code;
}

void print_warning(std::string_view text) {
  print_line(stderr, fmt::format("warning: {}", printable(text, true)));
}

void warn_of_data(const Dataset& data) {
  for (const std::string& warning : data.warnings) print_warning(warning);
  for (const Unreadable& picture : data.unreadable) {
    print_warning(fmt::format("{} is left out: {}", picture.name, picture.reason));
  }
}

std::string epoch_table_head() {
  std::string head = fmt::format("{:>9}", "epoch");
  for (const EpochFigure& figure : kEpochFigures) {
    if (figure.width > 0) head += fmt::format("  {:>{}}", figure.column, figure.width);
  }
  return head;
}

std::string epoch_table_row(const EpochRecord& record, int epochs) {
  std::string row = fmt::format("{:>9}", fmt::format("{}/{}", record.epoch, epochs));
  for (const EpochFigure& figure : kEpochFigures) {
    if (figure.width > 0)
      row += "  " + cell(value_of(figure, record), figure.width, figure.decimals);
  }
  return row;
}

}  // namespace camloss::train
