#!/usr/bin/env bash
# Runs clang-tidy over the C++ sources; arguments choose files by regular expression (default: all of the project that
# clang can read). clang cannot read the compiler's precompiled header, so this has a build folder without one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset dev -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCAMLOSS_VIEWER=ON >/dev/null
cmake --build build/tidy --target camloss_generated >/dev/null
runner=$(command -v run-clang-tidy || command -v run-clang-tidy-14)
if [ $# -eq 0 ]; then
  # LibTorch 1.13's headers with GCC 12's library are no C++20 to clang; these files have GCC's warnings alone.
  torch=$(git ls-files -z {native,tests/native}'/*.cpp' | xargs -0 grep -lE '#include ("native/train/(net|norm_pool|losses|optimizer|export)\.h"|"tests/native/trained_net\.h"|<(torch|ATen)/)')
  echo "Left out, since they include LibTorch:" $torch
  mapfile -t files < <(git ls-files {shared,native,wasm,tests}'/*.cpp' | grep -vxF "$torch")
  for file in "${files[@]}"; do
    grep -qF "\"$PWD/$file\"" build/tidy/compile_commands.json && set -- "$@" "$PWD/$file\$"
  done
fi
# The build is GCC's, which has warnings that clang does not know.
"$runner" -quiet -p build/tidy -extra-arg=-Wno-unknown-warning-option "$@"
