#!/usr/bin/env bash
# The front door on a machine that nobody prepared: a bare Debian 12, ./demo.sh --quick --no-serve in it, and what that left;
# then a second start without a network. As root; where no bare root can be made that is said, and fails where CI=true.
# Environment: CAMLOSS_BARE_ROOT, a folder to keep the root in (default: a scratch folder, removed at the end).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. cmake/build-steps.sh
. tests/counting.sh

# check WHAT COMMAND…: one test; what it says is shown only where it fails.
check() {
  local what=$1 said
  shift
  if said=$("$@" 2>&1); then
    echo "ok    $what"
    add_counts 1 0
  else
    printf 'FAIL  %s\n%s\n' "$what" "$said"
    add_counts 0 1
  fi
}

scratch=
root=${CAMLOSS_BARE_ROOT:-}
if [ -z "$root" ]; then
  scratch=$(mktemp -d -t camloss-bare-XXXXXX)
  root=$scratch/root
  trap 'rm -rf --one-file-system "$scratch"' EXIT
fi
bare() { tests/bare/run.sh --root "$root" "$@"; }
log=build/bare-demo.log second=build/bare-second.log
project=$root/srv/camloss

first_start() { bare ./demo.sh --quick --no-serve >"$log" 2>&1 || { tail -n 40 "$log" && return 1; }; }
# What would show that a fault was hidden: a package that only tests need.
no_test_package() {
  local package
  for package in catch2 chromium npm xvfb; do
    # shellcheck disable=SC2016  # dpkg-query's own
    ! chroot "$root" dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -x installed || return 1
  done
}
four_times() {
  local part
  for part in packages trainer page models; do
    [ "$(grep -cE "^$part: +[0-9]+ min [0-9]+ s " "$log")" -eq 1 ] || { echo "no line of $part" && return 1; }
  done
}
trainer_runs() {
  bare build/bin/trainer --version | grep -F "camloss trainer" &&
    bare bash -c 'build/bin/trainer scenes --out /tmp/scenes >/dev/null &&
      build/bin/trainer explain /tmp/scenes/shift/orca/*1.png web/weights/embedded-*.safetensors --json' | grep '"probability"' >/dev/null
}
page_answers() {
  CAMLOSS_SITE=$project/build/site node --test tests/bare/page.test.mjs
}
# Nothing is fetched, built or trained again.
second_start() {
  bare --offline ./demo.sh --quick --no-serve >"$second" 2>&1 &&
    ! grep -E 'Installing|Fetching|Building CXX|Linking|Generating' "$second" && grep 'training is skipped' "$second" && return
  cat "$second" && return 1
}

mkdir -p build
if ! [ -d "$project" ] && ! bare true >"$log" 2>&1; then
  grep '^error: ' "$log" || tail -n 5 "$log"
  echo "The bare machine was not tried."
  if [ "${CI:-}" = true ]; then add_counts 0 1; else add_counts 0 0 1; fi
else
  [ -z "$scratch" ] || echo "A bare Debian 12 is in $root; ./demo.sh --quick --no-serve runs there (log: $log)."
  check "demo.sh ends well on a bare machine" first_start
  grep -E '^(packages|trainer|page|models): ' "$log"
  check "it says where the time went" four_times
  check "it installed nothing that only tests need" no_test_package
  check "the trainer runs and explains" trainer_runs
  if require "the installation of playwright-core" install_node_packages; then
    check "the page opens and both models of each pair answer" page_answers
  fi
  check "a second start needs no network and does nothing again" second_start
fi
finish bare
