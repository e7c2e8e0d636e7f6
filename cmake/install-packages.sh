#!/usr/bin/env bash
# Installs the packages of the named sections of packages-debian.txt that are missing; does nothing, and needs no
# network, where all are there. Usage: install-packages.sh SECTION…
# Environment: CAMLOSS_PACKAGES=no, install nothing (the system has them under other names); CAMLOSS_DOWNLOAD_SECONDS,
# a file that gets the seconds of downloading.
set -euo pipefail
export LC_ALL=C

list=$(dirname "${BASH_SOURCE[0]}")/packages-debian.txt

# Prints the packages of one section whose "unless" command is missing.
section() {
  local current="" package condition command
  while read -r package condition command; do
    case $package in
      '' | '#'*) ;;
      '['*) current=$package ;;
      *)
        [ "$current" = "[$1]" ] || continue
        if [ "$condition" = unless ] && command -v "$command" >/dev/null; then continue; fi
        echo "$package"
        ;;
    esac
  done <"$list"
}

installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=()
for name in "$@"; do
  packages=$(section "$name")
  if [ -z "$packages" ] && ! grep -qxF "[$name]" "$list"; then
    echo "error: $list has no section [$name]" >&2
    exit 2
  fi
  [ "${CAMLOSS_PACKAGES:-}" = no ] && continue
  for package in $packages; do
    installed "$package" || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${#missing[@]} packages: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo "error: apt-get was not found — install these, or what your system calls them: ${missing[*]}; then start with --no-packages" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "error: packages are missing and there is no sudo — install them as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
apt=(${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -q -o DPkg::Lock::Timeout=600)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The name of this system, for people.
system() { (. /etc/os-release 2>/dev/null && echo "${PRETTY_NAME:-this system}") || echo "this system"; }

unreachable() { grep -qE 'Could not (resolve|connect)|Temporary failure|Unable to connect|Connection (failed|timed out)|unreachable' "$log"; }

# The one line that says what to do, from what apt, dpkg or sudo said.
fail() {
  cat "$log" >&2
  if grep -q '^sudo: ' "$log"; then
    echo "error: sudo did not let you install — install as root: apt-get install ${missing[*]}" >&2
  elif grep -qE "No space left on device|don't have enough free space" "$log"; then
    echo "error: the disk is full — the packages need about 3 GB below /usr and /var; make room and start again" >&2
  elif unreachable; then
    echo "error: no network: the package server cannot be reached — see above; connect, or set apt's proxy, and start again" >&2
  else
    echo "error: the packages could not be installed — see above; the list is $list" >&2
  fi
  exit 1
}

# Names that this system's lists do not have, even after the update; nothing is installed then.
unknown() {
  local package
  for package in "${missing[@]}"; do
    # Not "grep -q", which ends first: what apt-cache then fails to print would pass for a missing name.
    apt-cache policy "$package" | grep -E '^  Candidate: [^(]' >/dev/null || echo "$package"
  done
}

started=$SECONDS
"${apt[@]}" update >"$log" 2>&1 || fail
not_found=$(unknown)
if [ -n "$not_found" ]; then
  # An update that reached no server ends well, too.
  if unreachable; then fail; fi
  # shellcheck disable=SC2086  # on one line
  echo "error: $(system) has no package named" $not_found "— the names are those of Debian 12: install what your system calls them, then start with --no-packages" >&2
  exit 1
fi
"${apt[@]}" install -y --no-install-recommends --download-only "${missing[@]}" >"$log" 2>&1 || fail
[ -z "${CAMLOSS_DOWNLOAD_SECONDS:-}" ] || echo $((SECONDS - started)) >"$CAMLOSS_DOWNLOAD_SECONDS"
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 || fail
