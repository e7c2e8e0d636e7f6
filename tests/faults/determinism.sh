#!/usr/bin/env bash
# The same seed twice on one machine gives the same bytes; with another number of threads, which adds in another order, models
# whose probabilities differ by no more than a tolerance. Weights may not be compared: a bias before batch norm has no
# effect, so rounding moves it freely.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
if [ $# -gt 0 ]; then
  echo "usage: tests/faults/determinism.sh    (CAMLOSS_TRAINER names another trainer)"
  [[ $1 == -h || $1 == --help ]] && exit 0
  exit 2
fi
. tests/faults/common.sh

tolerance=0.02  # of probability
make_pictures "$scratch/data"
train() { "$trainer" train --data "$scratch/data" --epochs 20 --input-size 32 --perturbed 0 --quiet "$@" 2>/dev/null || exit 1; }
train --threads 1 --out "$scratch/first"
train --threads 1 --out "$scratch/again"
train --threads 2 --out "$scratch/two"
same_result "$scratch/first" "$scratch/again" || exit 1
echo "twice with one thread: weights equal byte by byte, log and figures equal"
explained() {
  find "$scratch/data" -name '*.png' | sort | xargs -d '\n' "$trainer" explain --method none --json \
    "$1/baseline-s1.safetensors" "$1/camloss-s1.safetensors" >"$1.json" || exit 1
}
explained "$scratch/first"
explained "$scratch/two"
node -e '
  const [first, two] = process.argv.slice(1, 3).map((path) => JSON.parse(require("node:fs").readFileSync(path, "utf8")).images
    .flatMap(({ models }) => models.map(({ probability }) => probability)));
  const tolerance = Number(process.argv[3]), worst = Math.max(...first.map((p, i) => Math.abs(p - two[i])));
  console.log(`one thread against two: ${first.length} probabilities differ by at most ${worst.toExponential(1)}; tolerance ${tolerance}`);
  process.exit(first.length === two.length && worst <= tolerance ? 0 : 1);
' "$scratch/first.json" "$scratch/two.json" "$tolerance"
