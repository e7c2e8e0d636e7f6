#!/usr/bin/env bash
# Runs the core's tests compiled to WebAssembly, and the tests of the JavaScript module, in Node.js.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

if require "the build of the core's tests for Node.js" configure_and_build wasm-tests test_core; then
  run_catch "test_core in Node.js" node build/wasm-tests/bin/test_core.js
fi
if require "the build of the page" build_page; then
  run_node_tests "JavaScript module" tests/node/*.test.mjs
fi
finish node
