#!/bin/sh
# Fetches the third-party sources that tests and benchmarks build, from the distribution's source packages.
#
#   scripts/fetch-corpus.sh [NAME…]        prints the directory they are in
#
# They go to $JMAKE_CORPUS, else the user's cache directory, never into the repository. The deb-src lists are made from
# the machine's own apt files and kept in that directory too: apt's own configuration is read, never changed.
set -eu

corpus=${JMAKE_CORPUS:-${XDG_CACHE_HOME:-$HOME/.cache}/jmake-corpus}
all="tinyxml2 pugixml muparser http-parser lz4 zlib leveldb"
names=${*:-$all}

missing=""
for name in $names; do
    [ -f "$corpus/$name/.fetched" ] || missing="$missing $name"
done
if [ -z "$missing" ]; then
    echo "$corpus"
    exit 0
fi
for tool in apt-get dpkg-source; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "$tool is missing: run scripts/install-tools.sh test on a Debian or a system made from it" >&2
        exit 3
    fi
done

apt=$corpus/.apt
mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/cache" "$apt/downloads"

# One-line format: the same lines, for sources.
: >"$apt/sources.list"
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$list" ] || continue
    sed -n 's/^[[:blank:]]*deb\(-src\)\{0,1\}[[:blank:]]/deb-src /p' "$list" >>"$apt/sources.list"
done
# deb822 format: the same stanzas, with another type.
rm -f "$apt"/sources/*
for stanza in /etc/apt/sources.list.d/*.sources; do
    [ -f "$stanza" ] || continue
    sed 's/^[Tt]ypes:.*/Types: deb-src/' "$stanza" >"$apt/sources/$(basename "$stanza")"
done

private_apt() {
    apt-get -q \
        -o Dir::Etc::sourcelist="$apt/sources.list" \
        -o Dir::Etc::sourceparts="$apt/sources" \
        -o Dir::State::lists="$apt/lists" \
        -o Dir::Cache="$apt/cache" \
        -o APT::Sandbox::User="$(id -un)" \
        "$@"
}

private_apt update >&2
failed=""
for name in $missing; do
    rm -rf "$apt/downloads/$name" "$corpus/$name.part"
    mkdir -p "$apt/downloads/$name"
    if (cd "$apt/downloads/$name" && private_apt source --download-only "$name") >&2 &&
        dpkg-source --no-check -x "$apt/downloads/$name"/*.dsc "$corpus/$name.part" >&2; then
        rm -rf "${corpus:?}/$name"
        touch "$corpus/$name.part/.fetched"
        mv "$corpus/$name.part" "$corpus/$name"
    else
        failed="$failed $name"
    fi
done
if [ -n "$failed" ]; then
    echo "could not fetch:$failed (is a source mirror reachable?)" >&2
    exit 3
fi
echo "$corpus"
