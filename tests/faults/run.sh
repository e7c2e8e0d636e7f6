#!/usr/bin/env bash
# Faults of the machine around the trainer: full disk, no rights, files that vanish, signals, closed outputs, two at once.
# Each must end with the right exit code and one line that names what was wrong, and must leave nothing half-written.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
if [ $# -gt 0 ]; then
  echo "usage: tests/faults/run.sh    (CAMLOSS_TRAINER names another trainer; as root it mounts a small disk)"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 2
fi
. tests/faults/common.sh
. tests/counting.sh

make_pictures "$scratch/data" 12
quick=(--epochs 1 --input-size 16 --perturbed 0 --threads 1 --quiet)
long=(--epochs 400 --input-size 16 --perturbed 0 --threads 1 --quiet)
middling=(--epochs 100 --input-size 16 --perturbed 0 --threads 1 --quiet)
out=$scratch/out err=$scratch/err
unprivileged=()
if [ "$(id -u)" -eq 0 ]; then
  unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  # The program and its pictures must be within that user's reach.
  cp "$trainer" "$scratch/trainer" && chmod 755 "$scratch/trainer"
  trainer=$scratch/trainer
fi

# check WHAT COMMAND…: one test; its output only where it fails.
check() {
  local what=$1 said
  shift
  rm -rf "$out"
  if said=$("$@" 2>&1); then
    printf 'ok    %s\n' "$what"
    add_counts 1 0
  else
    printf 'FAIL  %s\n%s\n' "$what" "$said"
    add_counts 0 1
  fi
}

# ends CODE WORDS COMMAND…: the exit code, and one line of error that has the words.
ends() {
  local code=$1 words=$2 status=0
  shift 2
  timeout 60 "$@" 2>"$err" >/dev/null || status=$?
  [ "$status" -eq "$code" ] || { echo "ended with $status instead of $code: $(cat "$err")"; return 1; }
  [ "$(grep -c '^error: ' "$err")" -eq 1 ] || { echo "not one line of error: $(cat "$err")"; return 1; }
  grep -qiE "$words" "$err" || { echo "does not say '$words': $(cat "$err")"; return 1; }
}

# Nothing half-written lies in a folder.
no_parts() { [ -z "$(find "$1" -name '*.part' 2>/dev/null)" ] || { find "$1"; return 1; }; }

# wait_for_checkpoint FOLDER: until a training there has saved its state; at most 20 s.
wait_for_checkpoint() {
  for _ in $(seq 400); do
    compgen -G "$1/*.checkpoint" >/dev/null && return 0
    sleep 0.05
  done
  echo "no checkpoint came"
  return 1
}

full_disk() {
  mkdir -p "$scratch/disk"
  mount -t tmpfs -o size=300k tmpfs "$scratch/disk" || return 1
  ends 1 'No space left.*disk is full' "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/disk/out" &&
    no_parts "$scratch/disk"
  local status=$?
  umount "$scratch/disk"
  return $status
}

# With room again the same training goes on to its end.
full_then_resumed() {
  mkdir -p "$scratch/disk"
  mount -t tmpfs -o size=300k,mode=777 tmpfs "$scratch/disk" || return 1
  local status=0
  {
    ends 1 'No space left' "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/disk/out" &&
      mount -o remount,size=64m "$scratch/disk" &&
      "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/disk/out" --resume &&
      "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$out" &&
      same_result "$out" "$scratch/disk/out"
  } || status=1
  umount "$scratch/disk"
  return $status
}

# A file may not grow beyond 8 blocks of 1 KiB: what a quota does to a process.
file_size_limit() {
  ends 1 'File too large' bash -c "ulimit -f 8; exec \"\$@\"" _ "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$out" &&
    no_parts "$out"
}

full_stdout() {
  local status=0
  "$trainer" --version >/dev/full 2>"$err" || status=$?
  [ "$status" -eq 1 ] && grep -q 'error: cannot write to the standard output: No space left' "$err" ||
    { echo "ended with $status: $(cat "$err")"; return 1; }
  "$trainer" scenes --out "$out" --json >/dev/full 2>"$err" && return 1
  grep -q 'error: cannot write to the standard output: No space left' "$err" || { cat "$err"; return 1; }
}

read_only_output() {
  mkdir -p "$scratch/locked" && chmod 555 "$scratch/locked"
  ends 1 'Permission denied.*--out' "${unprivileged[@]}" "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/locked/out" &&
    ends 1 'Permission denied' "${unprivileged[@]}" "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/locked" &&
    ends 1 'Permission denied' "${unprivileged[@]}" "$trainer" scenes --out "$scratch/locked/scenes" &&
    ends 1 'locked/model.json.*Permission denied' "${unprivileged[@]}" "$trainer" convert \
      --in web/weights/"$(ls web/weights | grep -m 1 'safetensors$')" --out "$scratch/locked/model.json"
}

output_is_a_file() {
  echo text >"$scratch/file"
  ends 1 "$scratch/file" "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/file" && [ "$(cat "$scratch/file")" = text ]
}

unreadable_folder() {
  cp -r "$scratch/data" "$scratch/secret" && chmod 000 "$scratch/secret/orca"
  ends 1 'orca.*Permission denied' "${unprivileged[@]}" "$trainer" train --data "$scratch/secret" "${quick[@]}" --out "$scratch/open/out"
  local status=$?
  chmod 755 "$scratch/secret/orca"
  return $status
}

unreadable_pictures() {
  cp -r "$scratch/data" "$scratch/half"
  chmod 000 "$scratch"/half/orca/*
  ends 1 'orca.*|unreadable|could not be read' "${unprivileged[@]}" "$trainer" train --data "$scratch/half" "${quick[@]}" --out "$scratch/open/out"
}

vanished_weights() {
  ends 1 'gone.safetensors: No such file.*check the path' "$trainer" evaluate --weights "$scratch/gone.safetensors"
}

# All pictures are read before the first epoch: a folder that vanishes afterwards does not matter but to the report.
vanished_pictures() {
  cp -r "$scratch/data" "$scratch/going"
  "$trainer" train --data "$scratch/going" "${middling[@]}" --out "$out" 2>"$err" &
  local child=$!
  wait_for_checkpoint "$out" || return 1
  rm -rf "$scratch/going"
  wait "$child" || { echo "ended with $?: $(cat "$err")"; return 1; }
  [ -s "$out/camloss-s1.safetensors" ] && [ -s "$out/metrics.json" ] && ! grep -q '^error' "$err"
}

# stopped SIGNAL: saves its state, says how to go on, ends with 128 + the signal's number; the rest gives the same result.
stopped() {
  local number status=0
  number=$(kill -l "$1")
  rm -rf "$scratch/undisturbed"
  "$trainer" train --data "$scratch/data" "${middling[@]}" --out "$scratch/undisturbed" || return 1
  # A shell ignores SIGINT for what it starts in the background; env undoes that.
  env --default-signal=INT "$trainer" train --data "$scratch/data" "${middling[@]}" --out "$out" 2>"$err" &
  local child=$!
  wait_for_checkpoint "$out" || return 1
  kill -s "$1" "$child"
  wait "$child" || status=$?
  [ "$status" -eq $((128 + number)) ] || { echo "ended with $status: $(cat "$err")"; return 1; }
  grep -q -- '--resume' "$err" || { echo "does not say how to go on: $(cat "$err")"; return 1; }
  [ ! -e "$out/.lock" ] || { echo "left its lock"; return 1; }
  "$trainer" train --data "$scratch/data" "${middling[@]}" --out "$out" --resume && same_result "$scratch/undisturbed" "$out"
}

closed_stdout() {
  # Not quiet: what is printed must not end up in a file that was opened in stdout's place.
  "$trainer" train --data "$scratch/data" "${quick[@]:0:8}" --out "$out" >&- 2>"$err" || { cat "$err"; return 1; }
  "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/reference" && same_result "$scratch/reference" "$out"
}

everything_closed() {
  "$trainer" train --data "$scratch/data" "${quick[@]:0:8}" --out "$out" <&- >&- 2>&- || { echo "ended with $?"; return 1; }
  "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$scratch/reference" && same_result "$scratch/reference" "$out"
}

reader_goes_away() {
  "$trainer" train --data "$scratch/data" --epochs 2 --input-size 16 --perturbed 0 --threads 1 --out "$out" 2>"$err" | head -n 1 >/dev/null
  [ "${PIPESTATUS[0]}" -eq 0 ] && [ -s "$out/metrics.json" ] || { cat "$err"; return 1; }
}

two_in_one_folder() {
  "$trainer" train --data "$scratch/data" "${long[@]}" --out "$out" 2>/dev/null &
  local child=$! status=0
  wait_for_checkpoint "$out" || return 1
  ends 1 "a training is running in $out \(process $child\)" "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$out" || status=1
  kill -9 "$child"
  wait "$child" 2>/dev/null
  # The lock of one that was killed stops nobody.
  "$trainer" train --data "$scratch/data" "${quick[@]}" --out "$out" 2>"$err" || { cat "$err"; return 1; }
  return $status
}

damaged_checkpoint() {
  "$trainer" train --data "$scratch/data" "${long[@]}" --out "$out" 2>/dev/null &
  local child=$! file
  wait_for_checkpoint "$out" || return 1
  kill -9 "$child"
  wait "$child" 2>/dev/null
  file=$(compgen -G "$out/*.checkpoint" | head -n 1)
  printf 'x' | dd of="$file" bs=1 seek=5000 conv=notrunc 2>/dev/null
  ends 1 'checkpoint.*damaged: its checksum is wrong.*without --resume' "$trainer" train --data "$scratch/data" "${long[@]}" --out "$out" --resume
}

# An address space that holds the libraries and little more.
out_of_memory() {
  ends 1 'not enough memory' bash -c "ulimit -v 1300000; exec \"\$@\"" _ "$trainer" train --data "$scratch/data" --epochs 1 \
    --input-size 1024 --perturbed 0 --threads 1 --quiet --out "$out" && no_parts "$out"
}

mkdir -p "$scratch/open" && chmod 777 "$scratch/open"
if [ "$(id -u)" -eq 0 ]; then
  check 'a full disk' full_disk
  check 'a full disk, then --resume with room' full_then_resumed
else
  echo 'skip  a full disk: only root can mount a small one'
  add_counts 0 0 2
fi
check 'a file that may not grow (quota)' file_size_limit
check 'figures that cannot be printed (/dev/full)' full_stdout
check 'a folder without the right to write' read_only_output
check 'a file where the folder should be' output_is_a_file
check 'a folder of pictures without the right to read' unreadable_folder
check 'pictures without the right to read' unreadable_pictures
check 'weights that are gone' vanished_weights
check 'pictures that vanish while training' vanished_pictures
check 'SIGTERM' stopped TERM
check 'SIGINT' stopped INT
check 'stdout closed' closed_stdout
check 'stdin, stdout and stderr closed' everything_closed
check 'the reader of the pipe goes away' reader_goes_away
check 'two trainings in one folder' two_in_one_folder
check 'a checkpoint with one wrong byte' damaged_checkpoint
check 'not enough memory' out_of_memory
finish faults
