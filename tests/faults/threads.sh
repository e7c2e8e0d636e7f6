#!/usr/bin/env bash
# The tests under ThreadSanitizer, but for those that run through LibTorch: it and its OpenMP are not instrumented, and
# every synchronisation of theirs would be reported as missing.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
if [ $# -gt 0 ]; then
  echo "usage: tests/faults/threads.sh"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 2
fi
. cmake/build-steps.sh
. tests/counting.sh
. tests/faults/without_torch.sh

if require "the build with ThreadSanitizer" configure_and_build tsan test_core test_io test_native test_corpora; then
  export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/faults/tsan.supp
  run_catch test_core build/tsan/bin/test_core
  run_catch test_io build/tsan/bin/test_io
  list=$(mktemp)
  without_torch "$list"
  run_catch "test_native without LibTorch" build/tsan/bin/test_native --input-file "$list"
  rm -f "$list"
  run_catch "the fuzzers' corpora" build/tsan/bin/test_corpora
fi
finish threads
