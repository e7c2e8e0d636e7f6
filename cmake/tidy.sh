#!/usr/bin/env bash
# Runs clang-tidy over the C++ sources; arguments choose files by regular expression (default: all of the project).
# clang cannot read the compiler's precompiled header, so this has a build folder without one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCAMLOSS_VIEWER=ON >/dev/null
cmake --build build/tidy --target camloss_generated >/dev/null
runner=$(command -v run-clang-tidy || command -v run-clang-tidy-14)
[ $# -gt 0 ] || set -- "$PWD/(shared|native|wasm|tests)/.*\.cpp"
# The build is GCC's, which has warnings that clang does not know.
"$runner" -quiet -p build/tidy -extra-arg=-Wno-unknown-warning-option "$@"
