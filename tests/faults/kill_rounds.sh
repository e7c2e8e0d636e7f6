#!/usr/bin/env bash
# kill -9 at random moments of a training, --resume until it is done: the result must be that of an undisturbed one.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
case ${1:-50} in
  *[!0-9]* | '')
    echo "usage: tests/faults/kill_rounds.sh [KILLS]    (default 50; CAMLOSS_TRAINER names another trainer)"
    [[ $1 == -h || $1 == --help ]] && exit 0
    exit 2
    ;;
esac
wanted=${1:-50}
. tests/faults/common.sh

make_pictures "$scratch/data"
began=$(date +%s%N)
"$trainer" train --data "$scratch/data" "${small[@]}" --out "$scratch/whole" || exit 1
whole=$((($(date +%s%N) - began) / 1000000))
echo "an undisturbed training takes $whole ms"

kills=0 trainings=0 during=0
while [ "$kills" -lt "$wanted" ]; do
  out=$scratch/killed
  rm -rf "$out"
  resume=()
  while :; do
    touch "$scratch/started"
    "$trainer" train --data "$scratch/data" "${small[@]}" --out "$out" "${resume[@]}" 2>"$scratch/err" &
    child=$!
    # One of four anywhere from before its first picture to after its end, the others after it has saved its state once.
    most=$((whole * 11 / 10))
    if [ $((RANDOM % 4)) -gt 0 ]; then
      most=$((whole / 3))
      while kill -0 "$child" 2>/dev/null && [ -z "$(find "$out" -name '*.checkpoint' -newer "$scratch/started" 2>/dev/null)" ]; do
        sleep 0.02
      done
    fi
    wait_ms=$(((RANDOM * 32768 + RANDOM) % most))
    sleep "$(printf '%d.%03d' $((wait_ms / 1000)) $((wait_ms % 1000)))"
    kill -9 "$child" 2>/dev/null
    wait "$child" 2>/dev/null
    status=$?
    [ "$status" -eq 0 ] && break
    if [ "$status" -ne 137 ]; then
      echo "error: after $kills kills a training ended by itself with $status:" >&2
      cat "$scratch/err" >&2
      exit 1
    fi
    kills=$((kills + 1))
    ls "$out"/*.checkpoint >/dev/null 2>&1 && during=$((during + 1))
    resume=(--resume)
  done
  trainings=$((trainings + 1))
  if ! same_result "$scratch/whole" "$out"; then
    echo "error: training $trainings, resumed, has another result" >&2
    exit 1
  fi
  if ls "$out"/*.checkpoint "$out"/.lock >/dev/null 2>&1; then
    echo "error: training $trainings left a checkpoint or its lock" >&2
    exit 1
  fi
done
echo "$kills kills ($during with a checkpoint on the disk), $trainings trainings finished: all weights equal byte by byte, log and figures equal"
