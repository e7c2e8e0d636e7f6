# Build steps that demo.sh and test.sh share; to be sourced in the project's root.
# shellcheck shell=bash

# What one checkout compiled serves another: paths below the project's root count as relative.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

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

# configure_and_build PRESET [TARGET…]: configures once (CMake does so again by itself where needed), then builds.
configure_and_build() {
  local preset=$1 folder=build/$1
  shift
  [ "$preset" = release ] && folder=build
  if [ ! -f "$folder/build.ninja" ]; then
    cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 || {
      cat "build/configure-$preset.log" >&2
      echo "error: the preset $preset could not be configured — see above" >&2
      # A half-made folder must not pass for a configured one at the next start.
      rm -f "$folder/CMakeCache.txt" "$folder/build.ninja"
      return 1
    }
  fi
  cmake --build --preset "$preset" ${@:+--target "$@"}
}

build_release() { configure_and_build release; }
build_page() { configure_and_build wasm site; }
