#!/bin/sh
# Prints the path of a real CRIU of a newer Debian, unpacked with its libraries into a directory of
# its own; nothing is installed. `crit` of the same release lies beside it (it needs python3 and
# python3-protobuf). Dumping and restoring need root; fetching does not.
#
#   tools/fetch_criu.sh [SUITE] [DIR]
#
# SUITE is trixie (CRIU 4.1.1, without it) or sid (4.2.1 or newer), DIR is build/criu-SUITE of the
# checkout. x86-64 Debian and its like only.
set -eu

fail() {
  echo "fetch_criu.sh: $*" >&2
  exit 1
}

suite=${1:-trixie}
dir=${2:-$(cd "$(dirname "$0")/.." && pwd)/build/criu-$suite}
[ "$(uname -sm)" = "Linux x86_64" ] || fail "x86-64 Linux only"
if [ -x "$dir/criu" ]; then
  echo "$dir/criu"
  exit 0
fi
command -v apt-get >/dev/null || fail "there is no apt-get"

mirror=$(sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb(-src)? (\[[^]]*\] )?([^ ]+) .*/\3/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v security | head -n 1)
[ -n "$mirror" ] || fail "there is no mirror in apt's sources"
keyring=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' 2>/dev/null | head -n 1)
mkdir -p "$(dirname "$dir")"
scratch=$(mktemp -d "$dir.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/lists/partial" "$scratch/cache/archives/partial" "$scratch/root"
: >"$scratch/status"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$scratch/sources.list"

# apt with lists, status and archives of its own.
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$scratch/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::Lists="$scratch/lists" -o Dir::State::status="$scratch/status" \
    -o Dir::Cache="$scratch/cache" -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
    -o Debug::NoLocking=true "$@" >>"$scratch/log" 2>&1 || {
    tail -n 5 "$scratch/log" >&2
    exit 1
  }
}
apt update
apt -y --download-only install criu
(cd "$scratch/cache/archives" && apt download python3-pycriu)
for package in "$scratch"/cache/archives/*.deb; do dpkg-deb -x "$package" "$scratch/root"; done

libraries=$dir/root/usr/lib/x86_64-linux-gnu:$dir/root/lib/x86_64-linux-gnu
cat >"$scratch/criu" <<X
#!/bin/sh
exec "$dir/root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$libraries" "$dir/root/usr/sbin/criu" "\$@"
X
cat >"$scratch/crit" <<X
#!/bin/sh
PYTHONPATH="$dir/root/usr/lib/python3/dist-packages" exec /usr/bin/python3 -c 'import sys; from crit.__main__ import main; sys.exit(main())' "\$@"
X
chmod +x "$scratch/criu" "$scratch/crit"
rm -rf "$scratch/lists" "$scratch/cache" "$scratch/status" "$scratch/sources.list" "$scratch/log" "$dir"
mv "$scratch" "$dir"
trap - EXIT
echo "$dir/criu"
