#!/usr/bin/env bash
# The core's tests under valgrind: uninitialised values and leaks, which the sanitizers of the dev build do not look for
# together. Arguments choose test cases as Catch2 has them (default: those that end within minutes).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
if [[ ${1:-} == -h || ${1:-} == --help ]]; then
  echo "usage: tests/faults/valgrind.sh [TEST|TAG]…"
  exit 0
fi
. cmake/build-steps.sh
. tests/counting.sh

cmake/install-packages.sh tools || exit 1
# The scenes draw hundreds of pictures, and the tests of halves and decimals go through all bits there are.
[ $# -gt 0 ] || set -- '~[scenes]~[half]~[json]~*5000x3000*'
if require "the build for valgrind" configure_and_build valgrind test_core; then
  CAMLOSS_TEST_TIMEOUT=${CAMLOSS_TEST_TIMEOUT:-7200} run_catch "test_core under valgrind" \
    valgrind --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --quiet build/valgrind/bin/test_core "$@"
fi
finish valgrind
