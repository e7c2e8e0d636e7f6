// Output for people: lines that survive a closed pipe, and the table of epochs.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "native/trainer.h"

namespace camloss::train {

/// Prints a line; a reader that went away (a closed pipe) is no error. @param stream  stdout or
/// stderr
void print_line(std::FILE* stream, std::string_view line);

/// Opens /dev/null in the place of stdin, stdout and stderr where they were closed at the start:
/// otherwise the next file that is opened gets their number, and what is printed lands in it.
void occupy_standard_streams();

/// Flushes stdout. @return errno of what could not be printed on it since the last call; 0 for
/// none, and where nobody reads any more
[[nodiscard]] int take_stdout_error();

/// `warning: …` on stderr.
void print_warning(std::string_view text);

/// Headline and rows of the table of epochs; columns that a training does not have show a dash.
[[nodiscard]] std::string epoch_table_head();
[[nodiscard]] std::string epoch_table_row(const EpochRecord& record, int epochs);

}  // namespace camloss::train
