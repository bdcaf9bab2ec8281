#!/bin/sh
# Installs a release of crit: the executable, the manual page and the completions.
#
#   sh install.sh [--from PLACE] [--prefix DIR] [--version VERSION]
#
# PLACE is a directory or a URL that has the release's archive and SHA256SUMS, the directory of
# this script without it. DIR is /usr/local for root, ~/.local for others. Nothing is installed if
# the archive is not the one in SHA256SUMS.
set -eu

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

from=$(dirname "$0") version='' prefix=$HOME/.local
[ "$(id -u)" != 0 ] || prefix=/usr/local
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a value"
  case $1 in
    --from) from=$2 ;;
    --prefix) prefix=$2 ;;
    --version) version=$2 ;;
    *) fail "there is no option $1" ;;
  esac
  shift 2
done

[ "$(uname -s)" = Linux ] || fail "there are releases for Linux only"
case $(uname -m) in
  x86_64 | amd64) target=x86_64-unknown-linux-gnu ;;
  aarch64 | arm64) target=aarch64-unknown-linux-gnu ;;
  *) fail "there is no release for $(uname -m)" ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
get() {
  case $from in
    http://* | https://*)
      if command -v curl >/dev/null; then
        curl -fsSL -o "$scratch/$1" "$from/$1"
      else
        wget -q -O "$scratch/$1" "$from/$1"
      fi ;;
    *) cp "$from/$1" "$scratch/$1" ;;
  esac || fail "$from/$1 cannot be had"
}

get SHA256SUMS
# "SUM  crit-VERSION-TARGET.tar.gz": the last version, or the one that was asked for.
line=$(grep "  crit-${version:-.*}-$target\.tar\.gz$" "$scratch/SHA256SUMS" | sort -V -k 2 | tail -n 1)
[ -n "$line" ] || fail "SHA256SUMS has no crit ${version:+$version }for $target"
archive=${line#*  }
get "$archive"
(cd "$scratch" && echo "$line" | sha256sum -c --status) || fail "$archive is not the one in SHA256SUMS"

tar -xzf "$scratch/$archive" -C "$scratch"
unpacked=$scratch/${archive%.tar.gz}
put() {
  mkdir -p "$prefix/$3" && install -m "$1" "$unpacked/$2" "$prefix/$3/$4"
}
put 755 crit bin crit
put 644 crit.1 share/man/man1 crit.1
put 644 completions/crit.bash share/bash-completion/completions crit
put 644 completions/_crit share/zsh/site-functions _crit
put 644 completions/crit.fish share/fish/vendor_completions.d crit.fish
echo "crit is installed: $prefix/bin/crit"
