#!/usr/bin/env bash
# Installs the packages of the named sections of packages-debian.txt that are missing; does nothing, and needs no
# network, where all are there. Usage: install-packages.sh SECTION…
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
  for package in $packages; do
    installed "$package" || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Installing ${#missing[@]} packages: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo "error: apt-get was not found — install these, or what your system calls them: ${missing[*]}" >&2
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
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "error: the packages could not be installed — see above; the list is $list" >&2
  exit 1
fi
