#!/usr/bin/env bash
# Builds the native tests with ASan and UBSan, warnings as errors, and runs them.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

if require "the build of the native tests" configure_and_build dev; then
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
  run_catch test_core build/dev/bin/test_core
  run_catch test_native build/dev/bin/test_native
  run_catch "the fuzzers' corpora" build/dev/bin/test_corpora
fi
finish native
