# The peers' packages, fetched once and again only when the lock file changes; to be sourced in the project's root.
# shellcheck shell=bash

install_peers() {
  local folder=tests/bench mark
  mark=$folder/node_modules/.installed
  if ! cmp -s "$folder/package-lock.json" "$mark"; then
    npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error &&
      cp "$folder/package-lock.json" "$mark"
  fi
}
