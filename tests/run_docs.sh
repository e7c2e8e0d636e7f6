#!/usr/bin/env bash
# Runs the commands of README and docs, with small pictures and small settings, against the built trainer; the scripts with
# bad input; the installed packages, whose page is opened in Chromium.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

if require "the build of the trainer" build_release &&
  require "the build of the page" build_page &&
  require "the installation of playwright-core" install_node_packages; then
  CAMLOSS_TRAINER=$PWD/build/bin/trainer
  CAMLOSS_CHROMIUM=${CAMLOSS_CHROMIUM:-$(command -v chromium)}
  export CAMLOSS_TRAINER CAMLOSS_CHROMIUM
  run_node_tests "documentation" tests/docs/*.test.mjs
fi
finish docs
