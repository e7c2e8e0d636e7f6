# What the test runners share: they run programs, read the counts from their reports and print one closing line.
# shellcheck shell=bash

passed=0 failed=0 skipped=0

add_counts() {
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + ${3:-0}))
}

# A step that is no test itself, such as a build: counts as one failure where it fails.
require() {
  local what=$1
  shift
  if ! "$@"; then
    echo "error: $what failed"
    add_counts 0 1
    return 1
  fi
}

# catch_names FILE…: the names of the test cases in these sources, for Catch2's --input-file.
catch_names() { sed -nE 's/^TEST_CASE\("([^"]*)".*/\1/p' "$@" | sed 's/,/\\,/g; s/.*/"&"/'; }

# run_catch NAME COMMAND…: a Catch2 program; its test cases are counted from the summary it prints.
run_catch() {
  local name=$1 report status=0
  shift
  report=$(mktemp)
  echo "-- $name"
  timeout "${CAMLOSS_TEST_TIMEOUT:-2400}" "$@" 2>&1 | sed -u 's/\x1b\[[0-9;]*m//g; /^Filters: /d' | tee "$report"
  status=${PIPESTATUS[0]}
  count_catch "$name" "$report" "$status"
}

# run_catch_apart NAME LIST PROGRAM: as run_catch, with the test cases of the file LIST in a process of their own beside
# the others. What they print comes last.
run_catch_apart() {
  local name=$1 list=$2 program=$3 others report status=0
  others=$(mktemp) report=$(mktemp)
  "$program" --list-test-names-only | sed 's/,/\\,/g; s/.*/"&"/' | grep -vxFf "$list" >"$others"
  timeout "${CAMLOSS_TEST_TIMEOUT:-2400}" "$program" --input-file "$list" >"$report" 2>&1 &
  run_catch "$name" "$program" --input-file "$others"
  wait $! || status=$?
  echo "-- $name, the tests that ran beside"
  sed '/^Filters: /d' "$report"  # the list, on one line of ten thousand characters
  count_catch "$name" "$report" "$status"
  rm -f "$others"
}

# count_catch NAME REPORT STATUS: adds what a Catch2 program printed and how it ended; removes the report.
count_catch() {
  local name=$1 report=$2 status=$3 ok=0 bad=0
  local all='All tests passed \([0-9]+ assertions? in ([0-9]+) test cases?\)'
  local some='^test cases: +[0-9]+ \|'
  if [[ $(grep -E "$all" "$report" | tail -n 1) =~ $all ]]; then
    ok=${BASH_REMATCH[1]}
  else
    local line
    line=$(grep -E "$some" "$report" | tail -n 1) || true
    [[ $line =~ ([0-9]+)\ passed ]] && ok=${BASH_REMATCH[1]}
    [[ $line =~ ([0-9]+)\ failed($|\ +\|) ]] && bad=${BASH_REMATCH[1]}
  fi
  rm -f "$report"
  # Crashed, timed out, leaked, or ran nothing: never a success, whatever was printed.
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
    echo "error: $name ended with status $status after $ok passed test cases"
    bad=1
  fi
  add_counts "$ok" "$bad"
}

# run_node_tests NAME FILE…: node's own test runner; counted from its TAP report.
run_node_tests() {
  local name=$1 report status=0
  shift
  report=$(mktemp)
  echo "-- $name"
  timeout "${CAMLOSS_TEST_TIMEOUT:-2400}" node --test --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=tap --test-reporter-destination="$report" "$@" || status=$?
  local -A count=()
  local key value
  while read -r _ key value; do
    count[$key]=$value
  done < <(grep -E '^# (pass|fail|cancelled|skipped|todo) [0-9]+$' "$report")
  rm -f "$report"
  local ok=${count[pass]:-0} bad=$((${count[fail]:-0} + ${count[cancelled]:-0}))
  if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$ok" -eq 0 ]; }; then
    echo "error: $name ended with status $status after $ok passed tests"
    bad=1
  fi
  add_counts "$ok" "$bad" $((${count[skipped]:-0} + ${count[todo]:-0}))
}

# finish NAME: the closing line; the exit status tells whether all passed.
finish() {
  echo "$1: $passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

# The Node.js packages that drive Chromium: those of the lock file, fetched once and again only when it changes.
install_node_packages() {
  local folder=tests/browser mark
  mark=$folder/node_modules/.installed
  if ! cmp -s "$folder/package-lock.json" "$mark"; then
    npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error &&
      cp "$folder/package-lock.json" "$mark"
  fi
}
