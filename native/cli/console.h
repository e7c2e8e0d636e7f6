// Output for people: lines that survive a closed pipe, and the table of epochs.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

#include "native/base/error.h"
#include "native/data/dataset.h"
#include "native/record/epoch.h"

namespace camloss::train {

/// Text without control characters, as the names of files may hold them: escape sequences would
/// colour the terminal or set its title. They are written out as \x1b; tabs stay.
/// @param is_one_line  line feeds are written out, too
[[nodiscard]] std::string printable(std::string_view text, bool is_one_line);

/// Prints text and a line feed, control characters written out; a reader that went away (a closed pipe) is no error.
/// @param stream  stdout or stderr
void print_line(std::FILE* stream, std::string_view line);

/// Opens /dev/null in the place of stdin, stdout and stderr where they were closed at the start:
/// otherwise the next file that is opened gets their number, and what is printed lands in it.
void occupy_standard_streams();

/// Flushes stdout.
/// @return errno of what could not be printed on it since the last call; 0 for none, and where nobody reads any more
[[nodiscard]] int take_stdout_error();

/// `warning: …` on stderr.
void print_warning(std::string_view text);

/// A warning for each that a data set has, and for each picture that was left out.
void warn_of_data(const Dataset& data);

/// `error: subject: reason — hint` on stderr.
/// @return the error's exit code
int print_error(const UserError& error);

/// Headline and rows of the table of epochs; columns that a training does not have show a dash.
[[nodiscard]] std::string epoch_table_head();
[[nodiscard]] std::string epoch_table_row(const EpochRecord& record, int epochs);

}  // namespace camloss::train
