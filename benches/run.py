#!/usr/bin/env python3
"""Measures JMake against ninja and writes what came of it.

    benches/run.py [--write docs/benchmarks.md] [--only projects,sizes,scaling,start,queue] [--rounds N]
    benches/run.py --only scale --sources 1000 10000 --hollow 50000 [--keep DIR]

Wants release binaries (`cargo build --release --bins`), ninja and the corpus (`make corpus`). Works in a directory of its own
and leaves nothing behind, unless told to: what was built in DIR is not built again by the next run."""

import argparse
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

import cases  # noqa: E402
import scale  # noqa: E402
import timing  # noqa: E402
import toolchain  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Around each table in a page, so that one can be made anew without the others.
BEGIN, END = "<!-- begin: {}, written by benches/run.py -->", "<!-- end: {} -->"

TABLES = {
    "projects": (
        "Real projects from nothing",
        "No outputs, no records, an empty cache. Bound of the ratio: 1.05. *jmake* has a new daemon, which looks for the tools, reads them and\n"
        "asks the compiler what it does with the flags (with ninja, a configure step did that before). Then the same with the\n"
        "start of the daemon; then by a daemon that has done all that before.",
        ["project", "ninja", "jmake", "jmake / ninja", "with the daemon's start", "tools known"],
        cases.projects,
    ),
    "sizes": (
        "Three sizes",
        "All targets of as many real sources. *To cold* is the time over that system's own build from nothing.",
        ["what", "ninja", "jmake", "jmake / ninja", "jmake to cold", "ninja to cold"],
        cases.sizes,
    ),
    "scaling": (
        "More workers",
        "Builds from nothing, over one worker. Bounds with the compiler that sleeps: 3.3 × with 4 workers, 3.7 × with 8.",
        ["what", "workers", "time", "faster"],
        cases.scaling,
    ),
    "start": (
        "Nothing changed: client start to exit",
        "Whole processes; `true` is what starting any process costs. Back to back: the sides take turns, each runs twice, and the second run is\n"
        "timed. The project of 1,000 sources and those above are made up (`--sources`).",
        ["what", "`true`", "ninja", "jmake", "jmake / ninja"],
        cases.start,
    ),
    "queue": (
        "Tiny jobs",
        "`jmake jobs run` with jobs that are `/bin/true`, over as many such processes without a queue, as many at once. Bound of the overhead:\n"
        "0.5 ms a job.",
        ["what", "processes alone", "jmake", "overhead a job"],
        cases.queue,
    ),
    "scale": (
        "Projects that grow",
        "N sources, N/5 headers, seven of them included by each source. Medians; in brackets JMake's time over that peer's, in the same rounds.\n"
        "*-*: not measured. *absent*: that program is not on this machine. *Commands alone*: the compile, the archive and the link of the edit run\n"
        "by hand, as JMake tells them: its links leave out the compiler's driver, and so do those of the others here. *By the driver*: the same with\n"
        "that link as people write it. *Beyond* either is the median of the rounds' differences. Where 0 steps have to run it is checked that none did. Objects of 50,000\n"
        "sources are empty and made by a stand-in for the compiler (`--hollow`): no edit is measured there. Bounds: nothing changed 1.3 ms and no\n"
        "slower than tup with its monitor, 50,000 sources within 20 % of 1,000; headers touched 100 ms at 10,000; a comment 10 ms; an edit 5 ms\n"
        "beyond its compile and link; a restart no slower than ninja with nothing changed; 150 MiB.",
        ["what", *scale.COLUMNS],
        scale.rows,
    ),
}


def main():
    asked = arguments()
    place = asked.keep or pathlib.Path(tempfile.mkdtemp(prefix="jmake-bench-", dir=home()))
    place.mkdir(mode=0o700, exist_ok=True)
    setting = cases.Setting(place, asked.bin, len(os.sched_getaffinity(0)), asked.rounds, asked.sources, asked.hollow)
    page = asked.write.read_text() if asked.write else None
    try:
        for name in asked.only.split(","):
            load, others = os.getloadavg(), timing.others_share()
            title, text = table(name, setting)
            text = f"## {title}\n\n{about(name, setting, load, others)}\n\n{text}\n"
            print(text)
            if page:
                page = inserted(page, name, text)
                asked.write.write_text(page)
    except timing.Failed as why:
        sys.exit(f"run.py: {why}")
    finally:
        stop_daemons(place, asked.bin)
        if not asked.keep:
            shutil.rmtree(place)


def arguments():
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    parser = argparse.ArgumentParser(description="Measures JMake against ninja.")
    parser.add_argument("--write", type=lambda page: pathlib.Path(page).resolve(), metavar="PAGE", help="put each table into this page, between its marks")
    parser.add_argument("--only", default=",".join(TABLES), help="some of: %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="of each comparison [default: %(default)s]")
    parser.add_argument("--bin", type=pathlib.Path, default=target / "release", help="where jmake is [default: %(default)s]")
    parser.add_argument("--sources", type=int, nargs="*", default=[1000, 10000], help="sizes of the projects that grow [default: %(default)s]")
    parser.add_argument("--hollow", type=int, nargs="*", default=[50000], help="those of empty objects [default: %(default)s]")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="work there, and leave it there")
    return parser.parse_args()


def home():
    """Projects lie at somebody's home, and not where everybody may write."""
    place = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    place.mkdir(parents=True, exist_ok=True)
    return place


def table(name, setting):
    title, words, head, rows = TABLES[name]
    print(f"{title}:", file=sys.stderr)
    lines = [words, "", row(head), row(["---"] + ["---:"] * (len(head) - 1))]
    for cells in rows(setting):
        print(f"  {row(cells)}", file=sys.stderr)
        lines.append(row(cells))
    return title, "\n".join(lines)


def row(cells):
    return f"| {' | '.join(cells)} |"


def about(name, setting, load, others):
    clang = first_line([toolchain.newest() / "clang", "--version"])
    commit = first_line(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"])
    busy = ", so that times are too long and ratios scatter" if others > 0.1 else ""
    return (
        f"Made by `benches/run.py --only {name}` at commit {commit}, {datetime.date.today()}: {setting.rounds} rounds of each comparison, the sides taking\n"
        f"turns; ratios are medians of the rounds' ratios, with the lowest and the highest. {setting.jobs} processors (`-j{setting.jobs}` unless\n"
        f"said), load before: {load[0]:.1f}, {load[1]:.1f}, {load[2]:.1f}; others used {others:.0%} of the processors{busy}.\n"
        f"{clang}; ninja {first_line(['ninja', '--version'])}."
    )


def first_line(argv):
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def stop_daemons(place, bin_dir):
    """After a failure some may run still."""
    for socket in place.glob("*/run/daemon.sock"):
        env = {**os.environ, "JMAKE_SOCKET": str(socket), "XDG_STATE_HOME": str(socket.parent.parent / "state")}
        subprocess.run([bin_dir / "jmake", "daemon", "stop"], env=env, capture_output=True, check=False)


def inserted(page, name, text):
    begin, end = BEGIN.format(name), END.format(name)
    before, rest = page.split(begin)
    return f"{before}{begin}\n{text}{end}{rest.split(end)[1]}"


if __name__ == "__main__":
    main()
