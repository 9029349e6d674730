#!/bin/bash
# What `make run` shows: builds and runs a project with the jmake that was just built, and times three builds of it.
#
#   scripts/try.sh BIN_DIR PROJECT
#
# Works on a copy, with a daemon and a cache of its own, and leaves nothing behind.
set -eu

bin=$1
project=$2
copy=$(mktemp -d)
export JMAKE_SOCKET="$copy/daemon.sock" JMAKE_CACHE_DIR="$copy/cache" XDG_STATE_HOME="$copy/state"
stop() {
    "$bin/jmake" daemon stop >/dev/null 2>&1 || true
    rm -rf "$copy"
}
trap stop EXIT
cp -r "$project" "$copy/project"
cd "$copy/project"

times=()
timed() {
    local from to
    from=$(date +%s%N)
    "$bin/jmake" build
    to=$(date +%s%N)
    times+=("$((to - from))")
}
milliseconds() { printf '%d.%02d ms' "$(($1 / 1000000))" "$(($1 / 10000 % 100))"; }

echo "== jmake build"
timed
echo "== jmake build, nothing changed"
timed
edited=$(find src -name '*.cpp' | sort | head -n 1)
echo "== jmake build, after an edit of $edited"
printf '\nint an_edit_of_%s = 1;\n' "$$" >>"$edited"
timed
echo "== jmake run -- '2 * (3 + 4)'"
"$bin/jmake" run -- '2 * (3 + 4)'
echo
echo "first build:          $(milliseconds "${times[0]}")"
echo "nothing changed:      $(milliseconds "${times[1]}")"
echo "one file edited:      $(milliseconds "${times[2]}")"
