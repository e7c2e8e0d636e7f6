// `trainer convert`: weights between forms and precisions.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "native/base/json.h"
#include "native/cli/command.h"
#include "native/cli/console.h"
#include "native/io/weights_io.h"

namespace camloss::train {
namespace {

struct ConvertCommand {
  std::string in, out;
  DType dtype = DType::f32;
  bool json = false;
};

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

std::function<int(const Call&)> declare_convert(Options& options) {
  const auto c = std::make_shared<ConvertCommand>();
  options.text("--in", c->in, "FILE", "Weights file")->required();
  options.text("--out", c->out, "FILE", "Its ending names the form: .safetensors or .json")
      ->required();
  options.dtype(c->dtype, "f32 or f16. Default: f32");
  options.written_as_json(c->json);
  options.footer(
      "Example:\n  trainer convert --in camloss-s1.safetensors --out camloss.json --dtype f16");
  return [c](const Call&) { return run_convert(*c); };
}

}  // namespace

const Command kConvert{"convert", "Weights between safetensors and JSON, f32 and f16", false,
                       declare_convert};

}  // namespace camloss::train
