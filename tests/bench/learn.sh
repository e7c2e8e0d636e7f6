#!/usr/bin/env bash
# Training in a page against tfjs on each of its backends and against the LibTorch trainer on one thread, in one run.
# usage: tests/bench/learn.sh [--data FOLDER] [--rounds N] [--budget SECONDS] [--epochs N] [--no-whole] [--json FILE]
# FOLDER has two folders of photos, or train/ with such; without it drawn pictures are taken.
# Environment: CAMLOSS_SITE, a built page, and CAMLOSS_TRAINER, a built trainer, instead of building them;
#              CAMLOSS_CHROMIUM, the browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. cmake/build-steps.sh
. tests/bench/peers.sh

prepare_race
if [ -z "${CAMLOSS_TRAINER:-}" ]; then
  configure_and_build release trainer >&2
  CAMLOSS_TRAINER=build/bin/trainer
fi
exec node tests/bench/learn_race.mjs --site "$CAMLOSS_SITE" --trainer "$CAMLOSS_TRAINER" --work build/bench-models/learn "$@"
