// The core's side of the native race: loads a model and a picture, then runs what it is asked for
// on standard input and answers with the time; tests/bench/native_race.mjs asks.
//
// usage: bench_race WEIGHTS RGBA_FILE SIDE
//   predict N | explain N   → milliseconds a call
//   result                  → logit, then the map's values
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "shared/kernels/kernels.h"
#include "shared/maps/map_methods.h"
#include "shared/model.h"
#include "shared/picture/resample.h"
#include "shared/weights/weights.h"

namespace camloss::bench {
namespace {

std::vector<std::uint8_t> bytes_of(const char* file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

int fail(const std::string& message) {
  std::cerr << "error: " << message << '\n';
  return 1;
}

int run(const char* weights_file, const char* picture_file, int side) {
  auto weights = read_weights(bytes_of(weights_file), weights_file);
  if (!weights) return fail(weights.error().message());
  Model model(*weights);
  const auto pixels = bytes_of(picture_file);
  const auto area = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
  if (pixels.size() != 4 * area) return fail(std::string(picture_file) + " has another size");
  const ImageView picture{pixels.data(), side, side, 4};
  const int cells = model.info().cells();
  const Method mapped = model.info().head == Head::fcn ? Method::cam : Method::hirescam;
  std::vector<float> heat(area);  // (side, side)

  std::cout << kernels().name << std::endl;
  std::string task;
  while (std::cin >> task) {
    if (task == "result") {
      const auto explanation = model.explain(picture, mapped);
      if (!explanation) return fail(explanation.error().message());
      std::cout.precision(9);
      std::cout << explanation->logit;
      for (const float value : explanation->map) std::cout << ' ' << value;
      std::cout << std::endl;
      continue;
    }
    int calls = 0;
    if (!(std::cin >> calls) || calls < 1 || (task != "predict" && task != "explain")) {
      return fail("unknown task '" + task + "'");
    }
    const bool map = task == "explain";
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
      const auto explanation = model.explain(picture, map ? mapped : Method::none);
      if (!explanation) return fail(explanation.error().message());
      if (map) upsample_bilinear(explanation->map, cells, cells, heat, side, side);
    }
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start;
    std::cout << taken.count() / calls << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace camloss::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: bench_race WEIGHTS RGBA_FILE SIDE\n";
    return 2;
  }
  return camloss::bench::run(argv[1], argv[2], std::stoi(argv[3]));
}
