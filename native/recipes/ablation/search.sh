#!/usr/bin/env bash
# Compares recipes for choosing between them. The rule: nothing is chosen on a shift or test part. Hence the photographs
# are the training part alone, of which the trainer sets the most contradicting ones aside as an inner shift part, and the
# scenes are drawn from seeds that no reported figure uses.
#   native/recipes/ablation/search.sh PHOTOS/train OUT RECIPE.json…
set -euo pipefail
if [ $# -lt 3 ]; then
  echo "usage: $0 FOLDER_OF_TRAINING_PICTURES OUT RECIPE.json…" >&2
  exit 2
fi
data=$1 out=$2
shift 2
case $(basename "$data") in
  shift | test | val) echo "error: '$data' is a part that must not be chosen on — give the training part" >&2; exit 2 ;;
esac
if [ -d "$data/shift" ] || [ -d "$data/test" ]; then
  echo "error: '$data' holds a shift or test part — give its training part alone, $data/train" >&2
  exit 2
fi
trainer=${TRAINER:-build/bin/trainer}
recipes=()
for recipe in "$@"; do recipes+=(--recipe "$recipe"); done
"$trainer" train --data "$data" "${recipes[@]}" --seeds "${SEEDS:-11,12,13}" --threads 1 --out "$out/photographs"
"$trainer" train --scene-seed "${SCENE_SEED:-101}" "${recipes[@]}" --seeds "${SEEDS:-11,12,13}" --threads 1 --out "$out/scenes"
