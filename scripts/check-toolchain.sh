#!/bin/sh
# Fails if this machine's Rust is older than the rust-version that Cargo.toml promises to work with.
set -eu
cd "$(dirname "$0")/.."
promised=$(sed -n 's/^rust-version = "\([0-9.]*\)"$/\1/p' Cargo.toml)
used=$(rustc --version | cut -d ' ' -f 2 | cut -d - -f 1)
if [ -z "$promised" ]; then
    echo "Cargo.toml names no rust-version" >&2
    exit 1
fi
oldest=$(printf '%s\n%s\n' "$promised" "$used" | sort -V | head -n 1)
if [ "$oldest" != "$promised" ]; then
    echo "Rust $used is older than rust-version = \"$promised\" in Cargo.toml: run rustup update" >&2
    exit 1
fi
case "$used" in
"$promised" | "$promised".*) echo "rust-version $promised: checked with $used" ;;
*) echo "rust-version $promised: Rust $used is newer; only clippy's incompatible_msrv lint watches the older one here" ;;
esac
