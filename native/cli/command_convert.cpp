// `trainer convert`: weights between forms and precisions.
#include <fmt/format.h>

#include <filesystem>

#include "native/cli/cli.h"
#include "native/cli/console.h"
#include "native/io/weights_io.h"
#include "native/record/epoch.h"

namespace camloss::train {

int run_convert(const ConvertCommand& command) {
  const CheckedWeights weights = io::load_weights(command.in);
  io::save_weights(command.out, weights, command.dtype);
  const auto bytes = std::filesystem::file_size(command.out);
  if (command.json) {
    const Json json{{"in", command.in}, {"out", command.out}, {"bytes", bytes}};
    print_line(stdout, to_line(json));
  } else {
    print_line(stdout, fmt::format("{}: {} head, {} x {}, {} bytes", command.out,
                                   to_string(weights.info().head), weights.info().input_size,
                                   weights.info().input_size, bytes));
  }
  return 0;
}

}  // namespace camloss::train
