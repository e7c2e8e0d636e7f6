#!/usr/bin/env bash
# An epoch of training on a machine whose cores other processes keep busy: all threads against one, in turns, in one run.
# Ends with 1 where all threads take more than 3 times what one takes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

usage() {
  cat <<'TEXT'
usage: tests/faults/busy.sh [ROUNDS] [WAITING…]

Keeps each core busy with a loop, trains on the embedded scenes with as many threads as there are cores and with one, in
turns, and compares the median seconds of an epoch, over ROUNDS (default: 3). WAITING, such as OMP_WAIT_POLICY=active or
GOMP_SPINCOUNT=1000, are further ways of waiting to compare. CAMLOSS_TRAINER names another trainer.
TEXT
}

rounds=3
case ${1:-} in
  -h | --help) usage && exit 0 ;;
  [1-9] | [1-9][0-9]) rounds=$1 && shift ;;
esac
for word in "$@"; do [[ $word == *=* ]] || { usage >&2 && exit 2; }; done
. tests/faults/common.sh
. tests/counting.sh

cores=$(nproc)
ways=("one thread" "all threads")
for waiting in "$@"; do ways+=("all threads, $waiting"); done

# The loops end by themselves, should this script be killed; the trainings are given as much time as they need.
loops=()
for _ in $(seq "$cores"); do
  timeout 1200 bash -c 'while :; do :; done' &
  loops+=($!)
done
trap 'kill "${loops[@]}" 2>/dev/null; rm -rf "$scratch"' EXIT

# train_one WAY: prints the seconds of the epochs but the first, which also warms up.
train_one() {
  local threads=$cores variables=(-u OMP_WAIT_POLICY -u GOMP_SPINCOUNT)
  [ "$1" = "one thread" ] && threads=1
  [[ $1 == *=* ]] && variables+=("${1##*, }")
  rm -rf "$scratch/out"
  env "${variables[@]}" "$trainer" train --recipe camloss --epochs 4 --perturbed 0 --quiet --threads "$threads" \
    --out "$scratch/out" || return 1
  sed -nE '2,$s/.*"seconds":([0-9.e+-]+).*/\1/p' "$scratch/out/log.jsonl"
}

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

for round in $(seq "$rounds"); do
  for way in "${!ways[@]}"; do
    train_one "${ways[way]}" >>"$scratch/seconds-$way" || { echo "error: a training failed in round $round" >&2 && exit 1; }
  done
done

reference=$(median <"$scratch/seconds-0")
printf '| an epoch, %s cores kept busy by %s loops | median s of %s | against one thread |\n|---|---|---|\n' \
  "$cores" "$cores" "$(wc -l <"$scratch/seconds-0")"
for way in "${!ways[@]}"; do
  seconds=$(median <"$scratch/seconds-$way")
  ratio=$(awk -v a="$seconds" -v b="$reference" 'BEGIN { printf "%.2f", a / b }')
  printf '| %s | %.2f | %s x |\n' "${ways[way]}" "$seconds" "$ratio"
  [ "$way" -ne 1 ] || measured=$ratio
done
if awk -v r="$measured" 'BEGIN { exit !(r <= 3) }'; then add_counts 1 0; else
  echo "error: an epoch takes $measured times what one thread takes; at most 3 is allowed"
  add_counts 0 1
fi
finish busy
