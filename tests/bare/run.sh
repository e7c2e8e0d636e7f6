#!/usr/bin/env bash
# Runs a command of the project on a bare Debian 12: a root made anew by debootstrap, with nothing installed but apt.
# What this machine happens to have, packages, variables, caches, hides what a fresh one lacks; there it does not.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: tests/bare/run.sh [--keep] [--root DIR] [--offline] [--] COMMAND…

Installs a bare Debian 12 into a folder, clones the committed state of this checkout into it and runs COMMAND there, in
the clone, as root and without any variable of this environment. Ends with the command's exit status.

  --keep      leave the root; its path is printed last
  --root DIR  run in the root kept in DIR, as it was left; made there if DIR is not there. Implies --keep
  --offline   without any network

Needs root, debootstrap, and about 4 GB for a whole build. Package sources, their keys and proxies, and npm's settings
are those of this machine.
TEXT
}

fail() {
  echo "error: $*" >&2
  exit 3
}

keep=no root='' offline=no
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=yes ;;
    --root) root=${2:?--root needs a folder} keep=yes && shift ;;
    --offline) offline=yes ;;
    -h | --help) usage && exit 0 ;;
    --) shift && break ;;
    -*) usage >&2 && exit 2 ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || { usage >&2 && exit 2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$here/cmake/debian-mirror.sh"
[ "$(id -u)" -eq 0 ] || fail "a bare machine can be made by root only"
command -v debootstrap >/dev/null || fail "debootstrap is missing — apt-get install debootstrap"
unshare --mount --pid --fork true 2>/dev/null || fail "this machine lets nobody mount: no bare root can be made here"

copy() { # copy PATH…: those that exist, to the same place of the root
  local path
  for path in "$@"; do
    [ ! -e "$path" ] || { mkdir -p "$root$(dirname "$path")" && cp -rL "$path" "$root$(dirname "$path")/"; }
  done
}

# The package sources: lists, keys, proxies, certificates; none of the machine's other habits.
copy_apt_settings() {
  local file
  rm -f "$root/etc/apt/sources.list"
  copy /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/keyrings /etc/apt/auth.conf /etc/apt/auth.conf.d \
    /usr/share/keyrings /etc/ssl/certs /usr/local/share/ca-certificates
  for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
    if grep -qsiE '^[[:space:]]*Acquire.*(proxy|::https?|CA)' "$file"; then copy "$file"; fi
  done
  copy /etc/resolv.conf /etc/hosts
}

copy_npm_settings() {
  local which file
  command -v npm >/dev/null || return 0
  for which in globalconfig userconfig; do
    file=$(cd / && npm config get "$which" 2>/dev/null) || continue
    [ ! -f "$file" ] || { cat "$file" && echo; } >>"$root/root/.npmrc"
  done
}

make_root() {
  local mirror include=()
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || fail "no Debian mirror in /etc/apt: no bare root can be made here"
  [[ $mirror != https:* ]] || include=(--include=ca-certificates)
  if ! debootstrap --variant=minbase ${include[@]+"${include[@]}"} bookworm "$root" "$mirror" >"$root.log" 2>&1; then
    tail -n 20 "$root.log" >&2
    fail "debootstrap could not make a root — see above"
  fi
  rm -f "$root.log"
  copy_apt_settings
  copy_npm_settings
  rm -rf "$root"/var/cache/apt/archives/*.deb
  git clone --quiet --no-hardlinks "$here" "$root/srv/camloss"
}

if [ -z "$root" ]; then
  root=$(mktemp -d -t camloss-bare-XXXXXX)
fi
# Nothing is mounted in this script's own sight, so that nothing of this machine can be removed with the root.
trap '[ "$keep" = yes ] && echo "kept: $root" || rm -rf --one-file-system "$root" "$root.log"' EXIT
if [ ! -d "$root/srv/camloss" ]; then
  mkdir -p "$root"
  root=$(cd "$root" && pwd)
  make_root
fi

variables=(HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin)
while IFS= read -r variable; do variables+=("$variable"); done < <(env | grep -iE '^((https?|no|all)_proxy|npm_config_[a-z_]*)=' || true)
apart=(--mount --pid --fork --kill-child)
[ "$offline" = no ] || apart+=(--net)
status=0
# Dies with this script: nothing goes on in a root that nobody watches.
# shellcheck disable=SC2016  # expanded by the inner shell
setpriv --pdeathsig KILL unshare "${apart[@]}" bash -euc '
  root=$1 && shift
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" /usr/bin/env -i "$@"
' bare "$root" "${variables[@]}" /bin/bash -c 'cd /srv/camloss && exec "$@"' bare "$@" </dev/null || status=$?
exit "$status"
