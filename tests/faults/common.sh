# What the fault tests share: a scratch folder, a trainer, few pictures, and the comparison of two results.
# shellcheck shell=bash

trainer=${CAMLOSS_TRAINER:-$PWD/build/bin/trainer}
if [ ! -x "$trainer" ]; then
  echo "error: there is no trainer at $trainer — ./demo.sh --no-serve builds it, or name one in CAMLOSS_TRAINER" >&2
  exit 1
fi
scratch=$(mktemp -d -t camloss-faults-XXXXXX)
# Other users must be able to look into it: some faults are those of a user without rights.
chmod 755 "$scratch"
trap 'umount "$scratch"/disk 2>/dev/null; rm -rf "$scratch"' EXIT

# make_pictures FOLDER: both classes of the embedded scenes, COUNT pictures each (default 24).
make_pictures() {
  local folder=$1 count=${2:-24} name
  "$trainer" scenes --out "$scratch/scenes" >/dev/null || exit 1
  for name in leopard orca; do
    mkdir -p "$folder/$name"
    find "$scratch/scenes" -path "*train/$name/*.png" ! -name '*mask*' | sort | head -n "$count" |
      while read -r file; do cp "$file" "$folder/$name/"; done
  done
  rm -rf "$scratch/scenes"
}

small=(--epochs 100 --input-size 16 --perturbed 0 --threads 1 --quiet)

# same_result A B: weights byte by byte, log and figures without what is a time or a command line.
same_result() {
  local file
  for file in "$1"/*.safetensors; do
    cmp "$file" "$2/$(basename "$file")" || return 1
  done
  node -e '
    const { readFileSync } = require("node:fs");
    const times = (key, value) => (["seconds", "started", "ended", "command"].includes(key) ? undefined : value);
    const read = (folder) => [
      readFileSync(`${folder}/log.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line, times)),
      JSON.parse(readFileSync(`${folder}/metrics.json`, "utf8"), times)];
    const [a, b] = process.argv.slice(1, 3).map((folder) => JSON.stringify(read(folder)));
    if (a !== b) { console.error(`log.jsonl or metrics.json differ:\n${a.slice(0, 600)}\n${b.slice(0, 600)}`); process.exit(1); }
  ' "$1" "$2"
}
