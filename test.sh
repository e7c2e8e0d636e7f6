#!/usr/bin/env bash
# Installs what is missing, builds everything and runs every test: natively, in Node.js, in Chromium, and of the docs.
# The last line is "N passed, N failed"; the exit status is 0 only if nothing failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

usage() {
  cat <<'TEXT'
usage: ./test.sh [--no-packages] [native|node|browser|docs|bare]…

Installs the packages that are missing (Debian), builds, and runs the tests: natively (ASan and UBSan), in Node.js and
in Chromium, and the commands of the documentation; only the suites named, if any are. Leaves build/bin/trainer and the
page in build/site/. `bare`, which runs only where it is named, installs a bare Debian 12 into a folder (as root) and
runs ./demo.sh there.

  --no-packages   install nothing: what cmake/packages-debian.txt lists is here under other names
TEXT
}

suites=()
for word in "$@"; do
  case $word in
    native | node | browser | docs | bare) suites+=("$word") ;;
    --no-packages) export CAMLOSS_PACKAGES=no ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      echo "error: unknown suite or option '$word' — see ./test.sh --help" >&2
      usage >&2
      exit 2
      ;;
  esac
done
[ ${#suites[@]} -gt 0 ] || suites=(native node browser docs)

. cmake/build-steps.sh
need_writable_checkout
sections=(build viewer test)
[[ " ${suites[*]} " != *" bare "* ]] || sections+=(bare)
passed=0 failed=0 lines=() started=$SECONDS

since_start() { printf '%d min %d s' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }

step() {
  printf '\n== %s (after %s)\n' "$1" "$(since_start)"
  shift
  if ! "$@"; then
    failed=$((failed + 1))
    lines+=("$*: failed")
    return 1
  fi
}

# Runs a suite and adds what its closing line says; no closing line is a failure.
suite() {
  local name=$1 closing output
  printf '\n== Tests: %s (after %s)\n' "$name" "$(since_start)"
  output=$(mktemp)
  "tests/run_$name.sh" 2>&1 | tee "$output"
  local status=${PIPESTATUS[0]}
  closing=$(grep -E "^$name: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped\$" "$output" | tail -n 1)
  rm -f "$output"
  if [[ $closing =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    if [ "$status" -ne 0 ] && [ "${BASH_REMATCH[2]}" -eq 0 ]; then failed=$((failed + 1)); fi
    lines+=("$closing")
  else
    failed=$((failed + 1))
    lines+=("$name: ended with status $status before it was done")
  fi
}

if step "Packages" cmake/install-packages.sh "${sections[@]}"; then
  take_build_folder
  step "Trainer" build_release
  step "Page" build_page
  for name in "${suites[@]}"; do suite "$name"; done
fi

[ "$failed" -eq 0 ] || say_full_disk
printf '\n== Results after %s\n' "$(since_start)"
printf '%s\n' "${lines[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
