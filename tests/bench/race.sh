#!/usr/bin/env bash
# The JavaScript module against onnxruntime-web, LiteRT.js and tfjs in Chromium, in one run on the same weights.
# usage: tests/bench/race.sh [--dense FILE] [--fcn FILE] [--fcn96 FILE] [--rounds N] [--calls N] [--cold N]
#                            [--no-relaxed-simd] [--json FILE]
#        tests/bench/race.sh --context [--size S] [--contexts KxD,…] [--rounds N] [--calls N]
#        fcn networks with a context of K x K cells and dilation D against onnxruntime-web on the same networks
# FILE is a .safetensors, or "random"; without it the shipped weights are raced, or random ones where there are none.
# Environment: CAMLOSS_SITE, a built page to race instead of building build/site; CAMLOSS_CHROMIUM, the browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. cmake/build-steps.sh
. tests/bench/peers.sh

prepare_race
if [ "${1:-}" = --context ]; then
  shift
  exec node tests/bench/context_race.mjs --site "$CAMLOSS_SITE" --work build/bench-models/context "$@"
fi
exec node tests/bench/race.mjs --site "$CAMLOSS_SITE" --work build/bench-models/web "$@"
