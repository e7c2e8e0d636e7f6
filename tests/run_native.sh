#!/usr/bin/env bash
# Builds the native tests with ASan and UBSan, warnings as errors, and runs them; then compares what the core says of
# weights files natively and as WebAssembly. Trainings on drawn pictures tell whether the verdict is true.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

if require "the build of the native tests" configure_and_build dev; then
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
  # Trainings inside the test program: their threads sleep while they wait, as the trainer's do.
  export OMP_WAIT_POLICY=passive
  run_catch test_core build/dev/bin/test_core
  run_catch test_app build/dev/bin/test_app
  run_catch test_io build/dev/bin/test_io
  # Whole trainings take half of the time; the two halves have nothing to do with each other.
  trainings=$(mktemp)
  catch_names tests/native/test_{kill,mlflow,report}.cpp >"$trainings"
  run_catch_apart test_native "$trainings" build/dev/bin/test_native
  rm -f "$trainings"
  # Whole trainings on drawn pictures, which the sanitizers would make minutes of: the trainer itself does them.
  if require "the build of the trainer" build_release; then
    CAMLOSS_TRAINER=$PWD/build/bin/trainer run_catch "verdicts on drawn trainings" build/dev/bin/test_native "[drawn]"
  fi
  run_catch "the fuzzers' corpora" build/dev/bin/test_corpora
  if require "the build of the page" build_page; then
    CAMLOSS_DIGEST=$PWD/build/dev/bin/weights_digest
    export CAMLOSS_DIGEST
    run_node_tests "native against WebAssembly" tests/fuzz/differential.test.mjs
  fi
fi
finish native
