#!/usr/bin/env bash
# From nothing to the page: installs, builds, trains both models on the embedded scenes, serves the page.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'TEXT'
usage: ./demo.sh [--quick] [--no-serve] [--port N] [--no-packages]

Installs the packages that are missing (Debian), builds the trainer and the page, trains the baseline and the CAMLoss
model on the embedded scenes and serves the page on this machine. A second start does only what changed.

  --quick      train fewer epochs: enough to see the effect
  --no-serve   stop when build/bin/trainer and build/site/ are complete
  --port N     serve on this port (default: the first free one from 8080 on)
  --no-packages
               install nothing: what cmake/packages-debian.txt lists is here under other names
  --help       this text
TEXT
}

wrong_usage() {
  echo "error: $1 — see ./demo.sh --help" >&2
  usage >&2
  exit 2
}

quick=no serve=yes port=() asked_port=
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes ;;
    --no-serve) serve=no ;;
    --port)
      if ! [[ ${2:-} =~ ^[0-9]{1,5}$ ]] || ((10#$2 < 1 || 10#$2 > 65535)); then
        wrong_usage "--port needs a number from 1 to 65535"
      fi
      asked_port=$((10#$2))
      port=(--port "$asked_port")
      shift
      ;;
    --no-packages) export CAMLOSS_PACKAGES=no ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) wrong_usage "unknown option '$1'" ;;
  esac
  shift
done

say() { printf '\n== %s\n' "$*"; }

. cmake/build-steps.sh
. cmake/time-account.sh

need_writable_checkout
# Told now, not after minutes of building.
if [ "$serve" = yes ] && [ -n "$asked_port" ] && (exec 3<>"/dev/tcp/127.0.0.1/$asked_port") 2>/dev/null; then
  echo "error: something else listens on port $asked_port — choose another --port, or leave it out" >&2
  exit 1
fi
trap '[ $? -eq 0 ] || say_full_disk' EXIT

start_account
say "Packages"
rm -f build/.downloading
CAMLOSS_DOWNLOAD_SECONDS=build/.downloading cmake/install-packages.sh build viewer
account packages "$(cat build/.downloading 2>/dev/null || true)"

take_build_folder
say "Trainer"
build_release
account trainer
say "Page"
build_page
account page

# Weights of an earlier start are kept while nothing that shapes them has changed.
train_scenes() {
  local kind=$1 out=build/demo/$1 stamp
  shift
  stamp=$(find shared native cmake/options.cmake -type f \( -name '*.cpp' -o -name '*.h' -o -name '*.json' -o -name '*.cmake' \) \
    -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  stamp="$stamp $kind $*"
  for done in "$out" build/demo/full; do
    # A full training serves where a quick one is asked for.
    if [ -f "$done/stamp" ] && [ "$(cut -d' ' -f1 "$done/stamp")" = "${stamp%% *}" ]; then
      echo "The models in $done are up to date; training is skipped."
      models=$done
      return
    fi
  done
  local resume=()
  if [ -f "$out/unfinished" ] && [ "$(cat "$out/unfinished")" = "$stamp" ]; then
    resume=(--resume)
  else
    rm -rf "$out"
    mkdir -p "$out"
    echo "$stamp" >"$out/unfinished"
  fi
  build/bin/trainer train --recipe baseline --recipe camloss --seeds 1 --dtype f16 --out "$out" \
    "$@" ${resume[@]+"${resume[@]}"}
  mv "$out/unfinished" "$out/stamp"
  models=$out
}

say "Models of the embedded scenes"
if [ "$quick" = yes ]; then
  train_scenes quick --epochs 10
else
  train_scenes full
fi

# Each file is complete under its final name or not there at all.
mkdir -p build/site/weights
for recipe in baseline camloss; do
  target=build/site/weights/scenes-$recipe.safetensors
  if ! cmp -s "$models/$recipe-s1.safetensors" "$target"; then
    cp "$models/$recipe-s1.safetensors" "$target.new"
    mv "$target.new" "$target"
  fi
done
node web/tools/site-index.mjs web/weights/index.json build/site
release_build_folder
account models

say "Done"
echo "trainer: build/bin/trainer"
echo "page:    build/site/ (any static web server can serve it)"
printf '\nWhere the time went:\n'
print_account
if [ "$serve" = yes ]; then
  exec node web/tools/serve.mjs build/site ${port[@]+"${port[@]}"}
fi
