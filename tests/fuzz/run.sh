#!/usr/bin/env bash
# Builds the fuzzers (clang, ASan, UBSan), runs each for a time, one after the other, and prints what they tried and found.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

usage() {
  cat <<'TEXT'
usage: tests/fuzz/run.sh [SECONDS] [TARGET…]

Runs the fuzzers for SECONDS each (default 60): json, module, picture, recipe, resample, split, tar, weights, or those named.
What they learn stays in build/fuzz/corpus and is where the next run begins; what breaks them is written to
build/fuzz/findings. Ends with 1 if anything was found.
TEXT
}

case ${1:-} in -h | --help) usage; exit 0 ;; esac
seconds=60
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  seconds=$1
  shift
fi
all=(json module picture recipe resample split tar weights)
targets=("$@")
[ $# -gt 0 ] || targets=("${all[@]}")
for target in "${targets[@]}"; do
  if [[ " ${all[*]} " != *" $target "* ]]; then
    echo "error: there is no fuzzer '$target' — there are ${all[*]}" >&2
    exit 2
  fi
done

. cmake/build-steps.sh
mkdir -p build
configure_and_build fuzz "${targets[@]/#/fuzz_}" || exit 1

declare -A seeds=([json]=weights) most=([weights]=262144 [json]=65536 [tar]=65536 [picture]=16384 [module]=2048 [resample]=4200)
rows=() found=0
for target in "${targets[@]}"; do
  learnt=build/fuzz/corpus/$target findings=build/fuzz/findings log=build/fuzz/$target.log
  mkdir -p "$learnt" "$findings"
  options=(-max_total_time="$seconds" -max_len="${most[$target]:-16384}" -timeout=20 -rss_limit_mb=2048
    -print_final_stats=1 -report_slow_units=60 -artifact_prefix="$findings/$target-")
  [ "$target" = weights ] && options+=(-dict=tests/fuzz/weights.dict)
  echo "-- $target for $seconds s"
  before=$(find "$findings" -type f -name "$target-*" | wc -l)
  UBSAN_OPTIONS=print_stacktrace=1 "build/fuzz/bin/fuzz_$target" "${options[@]}" \
    "$learnt" "tests/fuzz/corpus/${seeds[$target]:-$target}" >"$log" 2>&1
  status=$?
  new=$(($(find "$findings" -type f -name "$target-*" | wc -l) - before))
  [ "$status" -eq 0 ] || [ "$new" -gt 0 ] || new=1
  if [ "$new" -gt 0 ]; then
    found=$((found + new))
    grep -aE -m 3 'ERROR|runtime error|SUMMARY' "$log" >&2 || tail -n 3 "$log" >&2
  fi
  units=$(grep -aoE 'stat::number_of_executed_units: *[0-9]+' "$log" | grep -oE '[0-9]+$' || echo '?')
  speed=$(grep -aoE 'stat::average_exec_per_sec: *[0-9]+' "$log" | grep -oE '[0-9]+$' || echo '?')
  edges=$(grep -aoE 'cov: [0-9]+' "$log" | tail -n 1 | grep -oE '[0-9]+' || echo '?')
  rows+=("$(printf '| %-8s | %10s | %8s | %8s | %8s |' "$target" "$units" "$speed" "$edges" "$new")")
done

printf '\n| fuzzer   |     inputs | inputs/s |    edges | findings |\n|---|---|---|---|---|\n'
printf '%s\n' "${rows[@]}"
[ "$found" -eq 0 ] && exit 0
echo "error: $found findings — see build/fuzz/findings and build/fuzz/*.log" >&2
exit 1
