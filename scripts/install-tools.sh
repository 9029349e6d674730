#!/bin/sh
# Installs, from the system's own packages, what is missing to use JMake; with "test", what its tests want
# too; with "bench", also the build systems that it is measured against.
# Does nothing, and asks for nothing, when all of it is there.
#
#   scripts/install-tools.sh [test|bench]
set -eu

for_tests=false
for_bench=false
case "${1:-}" in
"") ;;
test) for_tests=true ;;
bench) for_tests=true for_bench=true ;;
*)
    echo "usage: $0 [test|bench]" >&2
    exit 2
    ;;
esac

wanted=""
optional=""
want() { wanted="$wanted $*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# True if one directory holds the whole tool chain; tools of different versions do not mix.
whole_llvm() {
    for tool in clang clang++ ld.lld llvm-ar llvm-link opt llc; do
        [ -x "$1/$tool" ] || return 1
    done
}

any_llvm() {
    for dir in /usr/lib/llvm-*/bin; do
        version=${dir#/usr/lib/llvm-}
        version=${version%/bin}
        case "$version" in *[!0-9]*) continue ;; esac
        [ "$version" -ge 14 ] && whole_llvm "$dir" && return 0
    done
    dir=$(command -v clang++) && whole_llvm "$(dirname "$dir")"
}

# True once a package can be installed; looks at the lists that are there.
available() { [ -n "$(apt-cache --quiet policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([^(].*\)$/\1/p')" ]; }

refreshed=false
refresh() {
    $refreshed || $as_root apt-get -q update
    refreshed=true
}

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo"
fi

apt_or_explain() {
    if ! have apt-get; then
        echo "Missing: clang, lld and llvm of one version (14 or newer)$1." >&2
        echo "This machine has no apt-get; install them with its own package manager, then try again." >&2
        exit 3
    fi
    if [ -n "$as_root" ] && ! have sudo; then
        echo "Missing packages, and neither root nor sudo to install them. As root, run: $0 $2" >&2
        exit 3
    fi
}

needs_llvm=false
any_llvm || needs_llvm=true
have cc || want gcc libc6-dev

if $for_tests; then
    have ninja || want ninja-build
    have git || want git
    have dpkg-source || want dpkg-dev
    have python3 || want python3
    have unshare || want util-linux
    [ -f /usr/include/gtest/gtest.h ] || want libgtest-dev
    have pkg-config || want pkg-config
    [ -f /usr/include/zlib.h ] || want zlib1g-dev
    # Programs for another processor, and what runs them.
    have aarch64-linux-gnu-g++ || want g++-aarch64-linux-gnu
    [ -f /usr/aarch64-linux-gnu/lib/libc.so.6 ] || want libc6-dev-arm64-cross
    have qemu-aarch64 || want qemu-user
    [ -x /usr/lib/llvm-14/bin/clang ] || optional="$optional clang-14"
    # A file system that does not tell of changes.
    have bindfs || optional="$optional bindfs"
    [ -x /usr/lib/llvm-14/bin/ld.lld ] || optional="$optional lld-14"
    [ -x /usr/lib/llvm-14/bin/opt ] || optional="$optional llvm-14"
    for dir in /usr/lib/llvm-1[4-9] /usr/lib/llvm-[2-9][0-9]; do
        [ -x "$dir/bin/clang" ] || continue
        ls "$dir"/lib/clang/*/lib/linux/libclang_rt.asan* >/dev/null 2>&1 || optional="$optional libclang-rt-${dir#/usr/lib/llvm-}-dev"
    done
fi

if $for_bench; then
    # What tup looks at its commands with.
    have fusermount3 || optional="$optional fuse3"
    have tup || optional="$optional tup"
    have ccache || optional="$optional ccache"
fi

if $needs_llvm || [ -n "$wanted" ]; then
    apt_or_explain "" "${1:-}"
fi

if $needs_llvm; then
    available clang || refresh
    if available clang-19 && available lld-19 && available llvm-19; then
        want clang-19 lld-19 llvm-19
        if $for_tests; then want libclang-rt-19-dev; fi
    else
        want clang lld llvm
    fi
fi

# What only some tests use: those say that they were skipped without it.
if [ -n "$optional" ] && have apt-get && { [ -z "$as_root" ] || have sudo; }; then
    available ninja-build || refresh
    for package in $optional; do
        if available "$package"; then want "$package"; fi
    done
fi

[ -n "$wanted" ] || exit 0
echo "Installing:$wanted"
refresh
# shellcheck disable=SC2086 # one word per package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install --yes --no-install-recommends $wanted
