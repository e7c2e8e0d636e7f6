#!/usr/bin/env bash
# How time and memory grow with the number of pictures, in the trainer and in the page.
# usage: tests/bench/growth.sh [--sizes N,N] [--page-sizes N,N] [--recipe NAME] [--svg FILE] [--json FILE]      ("" leaves a part out)
# Environment: CAMLOSS_SITE, a built page, and CAMLOSS_TRAINER, a built trainer, instead of building them;
#              CAMLOSS_CHROMIUM, the browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. cmake/build-steps.sh
. tests/counting.sh

install_node_packages
if [ -z "${CAMLOSS_SITE:-}" ]; then
  build_page >&2
  CAMLOSS_SITE=build/site
fi
if [ -z "${CAMLOSS_TRAINER:-}" ]; then
  configure_and_build release trainer >&2
  CAMLOSS_TRAINER=build/bin/trainer
fi
export CAMLOSS_SITE CAMLOSS_TRAINER CAMLOSS_CHROMIUM=${CAMLOSS_CHROMIUM:-$(command -v chromium)}
exec node tests/bench/growth.mjs "$@"
