# What the races in a browser need; to be sourced in the project's root, after cmake/build-steps.sh.
# shellcheck shell=bash

# The peers' packages, fetched once and again only when the lock file changes.
install_peers() {
  local folder=tests/bench mark
  mark=$folder/node_modules/.installed
  if ! cmp -s "$folder/package-lock.json" "$mark"; then
    npm ci --prefix "$folder" --no-audit --no-fund --ignore-scripts --loglevel=error &&
      cp "$folder/package-lock.json" "$mark"
  fi
}

# The peers, and the page in CAMLOSS_SITE; built unless the environment names one.
prepare_race() {
  install_peers
  if [ -z "${CAMLOSS_SITE:-}" ]; then
    build_page >&2
    CAMLOSS_SITE=build/site
  fi
  export CAMLOSS_CHROMIUM=${CAMLOSS_CHROMIUM:-$(command -v chromium)}
}
