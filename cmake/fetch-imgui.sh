#!/usr/bin/env bash
# Fetches the source of Dear ImGui 1.90.1 from Debian's source package and unpacks it into the folder given.
# A private apt configuration asks the machine's own mirror for a newer suite; nothing of the system changes.
set -euo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/debian-mirror.sh"

version=1.90.1+ds-1
sha256=ecce377df0f90b292f15dcbd83d438bddc162b2388c881132bde18c787572a1c
target=${1:?usage: fetch-imgui.sh FOLDER}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

uri=$(debian_mirror)
if [ -z "$uri" ]; then
  echo "error: no Debian mirror in /etc/apt — give the source folder with -DIMGUI_DIR=" >&2
  exit 1
fi

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
printf 'deb-src [signed-by=%s] %s trixie main\n' "$keyring" "$uri" >"$work/sources.list"
apt_options=(
  -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
  -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User=$(id -un)"
)
(
  cd "$work"
  apt-get -qq "${apt_options[@]}" update
  apt-get -qq "${apt_options[@]}" source --download-only "imgui=$version"
)

archive=$(find "$work" -maxdepth 1 -name 'imgui_*.orig.tar.xz')
echo "$sha256  $archive" | sha256sum --check --quiet -
mkdir -p "$work/unpacked"
tar -xJf "$archive" -C "$work/unpacked" --strip-components=1
mkdir -p "$(dirname "$target")"
rm -rf "$target"
mv "$work/unpacked" "$target"
