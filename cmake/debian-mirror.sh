# Where this machine gets its Debian packages from; to be sourced.
# shellcheck shell=bash

# The first http(s) mirror of a Debian "main" archive in the machine's apt configuration, security archives apart.
debian_mirror() {
  {
    grep -rhsE '^[[:space:]]*deb(-src)?[[:space:]]' /etc/apt/sources.list /etc/apt/sources.list.d/*.list |
      sed -E 's/^[[:space:]]*deb(-src)?[[:space:]]+(\[[^]]*\][[:space:]]+)?//' |
      awk '$3 == "main" && $2 !~ /security/ { print $1 }'
    # deb822: paragraphs of "Key: value" lines.
    for file in /etc/apt/sources.list.d/*.sources; do
      [ -f "$file" ] || continue
      awk -v RS= '{
        uris = ""; main = 0; debian = 0
        n = split($0, lines, "\n")
        for (i = 1; i <= n; i++) {
          if (lines[i] ~ /^URIs:/) { uris = lines[i]; sub(/^URIs:[ \t]*/, "", uris) }
          if (lines[i] ~ /^Components:.*main/) main = 1
          if (lines[i] ~ /^Suites:/ && lines[i] !~ /security/ ) debian = 1
          if (lines[i] ~ /^Suites:[ \t]*nodistro/) debian = 0
        }
        if (main && debian && uris ~ /debian/) { split(uris, u, /[ \t]+/); print u[1] }
      }' "$file"
    done
  } | grep -E '^(https?|mirror\+https?|file|cdrom)://?' | head -n 1
}
