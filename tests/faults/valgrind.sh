#!/usr/bin/env bash
# The core's tests, and those of the trainer that do not run through LibTorch, under valgrind: uninitialised values and
# leaks, which the sanitizers of the dev build do not look for together. Arguments choose test cases of the core as Catch2
# has them (default: all but those that go through every half and hundreds of thousands of decimals), and leave out the
# trainer's.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  echo "usage: tests/faults/valgrind.sh [TEST|TAG]…"
  exit 0
fi
. cmake/build-steps.sh
. tests/counting.sh
. tests/faults/without_torch.sh

cmake/install-packages.sh tools || exit 1
export CAMLOSS_TEST_TIMEOUT=${CAMLOSS_TEST_TIMEOUT:-7200}
# valgrind takes what libjpeg's hand-written vector code reads beside a picture for uninitialised pixels.
export JSIMD_FORCENONE=1
under_valgrind() {
  local name=$1
  shift
  run_catch "$name under valgrind" valgrind --quiet --error-exitcode=99 \
    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite "build/valgrind/bin/$name" "$@"
}
if [ $# -gt 0 ]; then
  require "the build for valgrind" configure_and_build valgrind test_core && under_valgrind test_core "$@"
elif require "the build for valgrind" configure_and_build valgrind test_core test_io test_native; then
  under_valgrind test_core '~[half]~[json]'
  under_valgrind test_io
  list=$(mktemp)
  without_torch "$list"
  under_valgrind test_native --input-file "$list"
  rm -f "$list"
fi
finish valgrind
