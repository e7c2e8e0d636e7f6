#!/usr/bin/env bash
# The core natively: Google Benchmark over its operators and whole calls, then the race against onnxruntime-node.
# usage: tests/bench/native.sh [--race-only] [--dense FILE] [--fcn FILE] [--rounds N] [--calls N]
# FILE is a .safetensors, or "random"; without it the shipped weights are raced, or random ones where there are none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. cmake/build-steps.sh
. tests/bench/peers.sh

race_only=
if [ "${1:-}" = --race-only ]; then
  race_only=1
  shift
fi
cmake/install-packages.sh bench
configure_and_build bench bench bench_race >&2
install_peers
if [ -z "$race_only" ]; then
  build/bench/bin/bench
  echo
fi
exec node tests/bench/native_race.mjs --program build/bench/bin/bench_race --work build/bench-models/native "$@"
