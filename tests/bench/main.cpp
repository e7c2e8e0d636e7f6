// Google Benchmark over the core: operators and whole explain calls, with the measured peak of each
// instruction set first.
#include <benchmark/benchmark.h>

#include <string>

#include "shared/kernels/kernels.h"
#include "tests/bench/groups.h"
#include "tests/bench/peak.h"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const camloss::Kernels* table : camloss::available_kernels()) {
    benchmark::AddCustomContext(
        std::string("peak of ") + table->name,
        std::to_string(camloss::bench::peak_flops(table->name) * 1e-9) + " GFLOP/s");
  }
  camloss::bench::register_operators();
  camloss::bench::register_explain();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
