#!/usr/bin/env bash
# Runs the commands of README and docs, with small pictures and small settings, against the built trainer.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

if require "the build of the trainer" build_release; then
  CAMLOSS_TRAINER=$PWD/build/bin/trainer
  export CAMLOSS_TRAINER
  run_node_tests "documentation" tests/docs/*.test.mjs
fi
finish docs
