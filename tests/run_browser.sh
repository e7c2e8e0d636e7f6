#!/usr/bin/env bash
# Runs the browser tests in Chromium against a copy of the page that has the shipped weights only, and those of the
# desktop viewer on a virtual screen.
# Usage: tests/run_browser.sh [NAME…], where tests/{browser,parity,bundle}/NAME.test.mjs are the files to run (default: all).
# Environment: CAMLOSS_CHROMIUM, the browser's program (default: chromium on PATH).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

# What demo.sh trained stays out of it: the same page is tested whether it ran or not.
copy_site() {
  rm -rf build/test-site &&
    cp -r build/site build/test-site &&
    rm -f build/test-site/weights/scenes-*.safetensors build/test-site/weights/index.json &&
    node web/tools/site-index.mjs web/weights/index.json build/test-site
}

if require "the build of the page" build_page &&
  require "the build of the desktop viewer" build_release &&
  require "the installation of playwright-core" install_node_packages &&
  require "the copy of the page" copy_site; then
  CAMLOSS_CHROMIUM=${CAMLOSS_CHROMIUM:-$(command -v chromium)}
  CAMLOSS_SITE=$PWD/build/test-site
  CAMLOSS_VIEWER=$PWD/build/bin/camloss_viewer
  CAMLOSS_TRAINER=$PWD/build/bin/trainer
  export CAMLOSS_CHROMIUM CAMLOSS_SITE CAMLOSS_VIEWER CAMLOSS_TRAINER
  files=(tests/browser/*.test.mjs tests/parity/*.test.mjs tests/bundle/*.test.mjs)
  if [ $# -gt 0 ]; then
    files=()
    for name in "$@"; do
      file=tests/browser/$name.test.mjs
      for folder in parity bundle; do [ ! -f "tests/$folder/$name.test.mjs" ] || file=tests/$folder/$name.test.mjs; done
      files+=("$file")
    done
  fi
  run_node_tests "page in Chromium" "${files[@]}"
fi
finish browser
