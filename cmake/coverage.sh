#!/usr/bin/env bash
# Runs the native tests with line counters; prints the share of lines run in shared/ and native/ and writes
# build/coverage/report.html.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -f build/coverage/build.ninja ] || cmake --preset coverage >/dev/null
cmake --build --preset coverage
find build/coverage -name '*.gcda' -delete
build/coverage/bin/test_core
build/coverage/bin/test_io
build/coverage/bin/test_native
gcovr --root . --object-directory build/coverage --filter shared/ --filter native/ --exclude-throw-branches \
  --gcov-ignore-parse-errors --html-details build/coverage/report.html --json build/coverage/report.json
for part in shared native; do
  echo "$part/:"
  gcovr --root . --add-tracefile build/coverage/report.json --filter "$part/" --print-summary | grep '^lines:'
done
