# Build steps that demo.sh and test.sh share; to be sourced in the project's root.
# shellcheck shell=bash

# What one checkout compiled serves another: paths below the project's root count as relative.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
# A home that cannot be written must not stop the compiler's cache, and with it the compiler.
if [ -z "${CCACHE_DIR:-}" ] && ! mkdir -p "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/ccache" 2>/dev/null; then
  export CCACHE_DIR=$PWD/build/ccache
fi

# Ends the script with one line where the checkout cannot be written: everything is built in its folder build/.
need_writable_checkout() {
  if ! { mkdir -p build && : >>build/.lock; } 2>/dev/null; then
    echo "error: $PWD/build cannot be written — copy or clone the repository into a folder of your own" >&2
    exit 1
  fi
}

# Two scripts must not build into the same folders at once; the second waits.
take_build_folder() {
  mkdir -p build
  exec 9>build/.lock
  if ! flock -n 9; then
    echo "Another demo.sh or test.sh is building here; waiting for it."
    flock 9
  fi
}

release_build_folder() { exec 9>&-; }

# Says which disk is full, if one is: what failed before it says so in many ways.
say_full_disk() {
  local folder free
  for folder in build "${CCACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-/}/.cache}}" "${TMPDIR:-/tmp}" /var/cache/apt; do
    free=$(df --output=avail --block-size=1M "$folder" 2>/dev/null | tail -n 1)
    if [ -n "$free" ] && [ "$free" -lt 10 ]; then
      echo "error: the disk of $(realpath "$folder") is full — make room (a whole build takes 1 GB) and start again" >&2
      return
    fi
  done
}

# What a build folder was configured from. Where it changes, the folder is configured again: a folder made by an older
# preset would go on asking for what that one needed.
configured_from() { sha256sum CMakePresets.json && echo "$PWD"; }

# packages_of PRESET: the sections of packages-debian.txt that its configuration looks for.
packages_of() {
  case $1 in
    release) echo build viewer ;;
    wasm | wasm-dev) echo build ;;
    wasm-tests | dev | tsan | valgrind | coverage) echo build test ;;
    fuzz) echo build fuzz ;;
    bench) echo build bench ;;
    *) echo "error: cmake/build-steps.sh does not know what the preset '$1' needs" >&2 && return 1 ;;
  esac
}

# configure PRESET FOLDER: once, and again where the presets changed (CMake itself does so where its own files change).
configure() {
  local preset=$1 folder=$2 fresh=() sections
  [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/.configured" 2>/dev/null)" = "$(configured_from)" ] && return
  # CMake refuses a folder that was configured elsewhere.
  [ -f "$folder/.configured" ] && [ "$(tail -n 1 "$folder/.configured")" != "$PWD" ] && fresh=(--fresh)
  rm -f "$folder/.configured"
  # Whoever calls this: no configuration may look for what nobody installed.
  sections=$(packages_of "$preset") || return 1
  # shellcheck disable=SC2086  # several words
  cmake/install-packages.sh $sections || return 1
  mkdir -p build
  if cmake ${fresh[@]+"${fresh[@]}"} --preset "$preset" >"build/configure-$preset.log" 2>&1 &&
    configured_from >"$folder/.configured"; then
    return
  fi
  cat "build/configure-$preset.log" >&2
  # A half-made folder must not pass for a configured one at the next start.
  rm -f "$folder/CMakeCache.txt" "$folder/build.ninja" "$folder/.configured"
  if grep -q 'Fetching Dear ImGui from upstream' "build/configure-$preset.log"; then
    echo "error: Dear ImGui could not be fetched — the first start needs a network; look above for what failed" >&2
  else
    echo "error: the preset $preset could not be configured — see above" >&2
  fi
  return 1
}

# configure_and_build PRESET [TARGET…]
configure_and_build() {
  local preset=$1 folder=build/$1
  shift
  [ "$preset" = release ] && folder=build
  configure "$preset" "$folder" && cmake --build --preset "$preset" ${@:+--target "$@"}
}

build_release() { configure_and_build release; }
build_page() { configure_and_build wasm site; }
