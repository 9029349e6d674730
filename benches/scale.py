"""Projects that grow: N sources, N/5 headers, seven of them included by each source. JMake beside ninja, n2, tup and ccache. Knows no pages."""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import manifest
import sides
import timing
import toolchain

INCLUDED = 7
# A folder holds so many files.
FOLDER = 100


class Generated:
    """Sources that cost a compiler little, so that what a build system does shows."""

    everything = False

    def __init__(self, sources):
        self.name = f"scale{sources}"
        self.sources = sources
        self.headers = max(1, sources // 5)
        self.edited = self.source(sources // 2)

    def source(self, number):
        return f"src/d{number // FOLDER}/s{number}.c"

    def header(self, number):
        return f"headers/d{number // FOLDER}/h{number}.h"

    def lay_out(self, place):
        chance = random.Random(self.sources)
        texts = {"jmake.toml": f'[project]\nname = "{self.name}"\n\n[compile]\ninclude_dirs = ["headers"]\n'}
        for number in range(self.headers):
            texts[self.header(number)] = f"#ifndef H{number}\n#define H{number}\n/* One. */\nint f{number}(int);\n#endif\n"
        for number in range(self.sources):
            chosen = {0, *chance.sample(range(self.headers), min(INCLUDED - 1, self.headers))}
            lines = [f'#include "{self.header(header).removeprefix("headers/")}"\n' for header in sorted(chosen)]
            main = "int main(void) { return 0; }\n" if number == 0 else ""
            texts[self.source(number)] = "".join(lines) + f"int s{number}(void) {{ return {number}; }}\n{main}"
        for name, text in texts.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


class Bare:
    """The commands alone that an edit of one source needs, one after the other: what no build system can save."""

    def __init__(self, place, tree, commands, built):
        self.tree = tree
        self.space = sides.Space(place)
        self.root = place / "project"
        if not self.root.exists():
            shutil.copytree(built.root, self.root, symlinks=True)
        changed, self.commands = {tree.edited}, []
        for command in commands:
            if changed.intersection(manifest.spelled_out(self.root, command)):
                changed.add(manifest.output_of(command))
                self.commands.append(command)

    def build(self, _):
        os.chdir(self.root)
        return sum(timing.seconds(command, self.space.env) for command in self.commands)


class ByDriver(Bare):
    """The same, the link by the compiler's driver, as people write it. That it makes the same program is checked."""

    def __init__(self, place, tree, commands, built):
        super().__init__(place, tree, commands, built)
        os.chdir(self.root)
        for at, command in enumerate(self.commands):
            if "--eh-frame-hdr" in command:
                made = self.root / manifest.output_of(command)
                self.commands[at] = through_driver(command)
                programs = [timing.seconds(line, self.space.env) and made.read_bytes() for line in (command, self.commands[at])]
                if programs[0] != programs[1]:
                    raise timing.Failed("the driver makes another program")


def through_driver(command):
    """The line of the driver that passes on such a line of a linker."""
    own = [word for word in command[1:] if re.search(r"\.(o|a)$", word) and not word.startswith("/")]
    return [str(Path(command[0]).parent / "clang"), "-fuse-ld=lld", "-o", manifest.output_of(command), "-Xlinker", *[
        word for word in command if word.startswith("--dependency-file=")
    ], *own, "-Wl,--push-state,--as-needed", "-lm", "-lpthread", "-ldl", "-Wl,--pop-state", "-Wl,--color-diagnostics"]


class N2(sides.Ninja):
    """Another reader of Ninja's manifests."""

    def build(self, jobs):
        return timing.seconds(["n2", "-C", str(self.root), f"-j{jobs}"], self.space.env)


class Tup:
    """The same commands as tup's rules. tup looks at what they read itself, so they write no depfiles."""

    def __init__(self, place, tree, commands, responses):
        self.tree = tree
        self.space = sides.Space(place)
        self.root = place / "project"
        if self.root.exists():
            return
        tree.lay_out(self.root)
        sides.write_responses(self.root, {renamed(name): renamed(text) for name, text in responses.items()})
        rules = [self.rule(command) for command in commands]
        (self.root / "Tupfile").write_text("".join(rules))
        subprocess.run(["tup", "init"], cwd=self.root, env=self.space.env, check=True, capture_output=True)

    def rule(self, command):
        words = list(command)
        for flag, count in (("-MD", 1), ("-MF", 2)):
            while flag in words:
                at = words.index(flag)
                del words[at : at + count]
        for at in [at for at, word in enumerate(words) if word.startswith("--dependency-file=")]:
            del words[at]
        out = manifest.output_of(words)
        words, out = [renamed(word) for word in words], renamed(out)
        spelled = manifest.spelled_out(self.root, words[1:])
        inputs = [word for word in spelled if re.search(r"\.(c|o|a)$", word) and word != out and not word.startswith("/")]
        return f": {' '.join(inputs)} |> {' '.join(words)} |> {out}\n"

    def build(self, jobs):
        os.chdir(self.root)
        return timing.seconds(["tup", f"-j{jobs}"], self.space.env)

    def monitor(self, what):
        # It stays, with whatever it was given to write to.
        subprocess.run(["tup", what], cwd=self.root, env=self.space.env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def renamed(text):
    """What tup names must lie in its tree under names without dots at their start. What begins with @ may be a list of arguments."""
    return text.replace(".jmake_cache", "made").replace("/@", "/at_")


class Ccached(sides.Ninja):
    """ninja, whose compilers run behind ccache."""

    def __init__(self, place, tree, commands, responses):
        super().__init__(place, tree, [["ccache", *command] if "-c" in command else command for command in commands], responses)
        self.space.env["CCACHE_DIR"] = str(self.space.folders["cache"] / "ccache")


PEERS = {"ninja": sides.Ninja, "ninja + ccache": Ccached, "n2": N2, "tup": Tup}
COLUMNS = ("jmake", "ninja", "ninja + ccache", "n2", "tup", "tup + monitor", "commands alone", "by the driver")


ALONE = ("commands alone", "by the driver")


def rows(setting):
    """Each row: what, then a figure for JMake, and for each peer one with the ratio of JMake's to it."""
    everybody = [name for name in PEERS if is_here(name)]
    built = {}
    for sources, hollow, wanted in [*((size, False, everybody) for size in setting.sources), *((size, True, ["ninja"]) for size in setting.hollow)]:
        tree = Generated(sources)
        stand_in = {"toolchain": toolchain.hollow(setting.place / f"hollow{sources}")} if hollow else {}
        jmake = built[sources] = setting.jmake(tree, "jmake", **stand_in)
        commands, responses = _commands(setting, jmake)
        at = lambda name: setting.place / f"{tree.name}-{name.replace(' ', '')}"
        peers = {name: PEERS[name](at(name), tree, commands, responses) for name in wanted}
        for name, peer in peers.items():
            print(f"  {name} builds {sources} sources: {peer.build(setting.jobs):.1f} s", file=sys.stderr)
        bare = None
        if not hollow:
            bare = {"commands alone": Bare(at("bare"), tree, commands, peers["ninja"]), "by the driver": ByDriver(at("driver"), tree, commands, peers["ninja"])}
        yield from _figures(setting, f"{sources:,} sources", jmake, peers, bare)
        if "tup" in peers:
            peers["tup"].monitor("stop")
    if len(built) > 1:
        yield from _in_turn(setting, built)
    for jmake in built.values():
        jmake.close()


def _in_turn(setting, built):
    """The same question to projects of all sizes, in turns: what the size itself costs."""
    for jmake in built.values():
        settled(jmake, setting.jobs)
    for jmake in built.values():
        resting(jmake)
    asked = {sources: lambda _, jmake=jmake: idle(jmake, setting.jobs) for sources, jmake in built.items()}
    figures = timing.interleaved(asked, 20 * setting.rounds)
    smallest = min(built)
    for sources in built:
        over = f"{figures.median(sources) * 1000:.2f} ms, {figures.ratio(sources, smallest):.3f} × {smallest:,} sources"
        yield [f"{sources:,} sources, nothing changed, all sizes in turns", over, *("-" for _ in COLUMNS[1:])]


def _commands(setting, jmake):
    """All of them, and what is in files that they name; from a file, where an earlier run left one."""
    kept = setting.place / f"{jmake.tree.name}-commands.json"
    if not kept.exists():
        commands = jmake.commands(setting.jobs)
        kept.write_text(json.dumps([commands, manifest.responses(jmake.root, commands)]))
    return json.loads(kept.read_text())


def is_here(name):
    """Whether a peer is on this machine. What is compared with the monitor is tup itself."""
    return all(shutil.which(word) for word in name.split(" + ") if word != "monitor")


def idle(jmake, jobs, *prepare):
    """A build that has to find that no step has to run."""
    for act in prepare:
        act()
    return jmake.build(jobs, says="steps: 0 ran, 0 cached")


def _figures(setting, size, jmake, peers, bare):
    both = {"jmake": jmake, **peers}
    settled(jmake, setting.jobs)

    def measured(sides_of, rounds):
        return timing.interleaved({name: lambda number, act=act: act(number) for name, act in sides_of.items()}, rounds)

    def cell(figures, name, sides_of):
        if name not in sides_of:
            return "-" if name in ALONE or is_here(name) else "absent"
        shown = f"{figures.median(name) * 1000:.2f} ms"
        return shown if name in ("jmake", *ALONE) else f"{shown} ({figures.ratio('jmake', name):.3f})"

    def row(what, sides_of, rounds):
        figures = measured(sides_of, rounds)
        return [f"{size}, {what}", *(cell(figures, name, sides_of) for name in COLUMNS)]

    build = {name: lambda _, side=side: side.build(setting.jobs) for name, side in peers.items()}
    build["jmake"] = lambda _: idle(jmake, setting.jobs)
    back_to_back = row("nothing changed", build, 4 * setting.rounds)
    pausing = row("nothing changed, after 1 s idle", {name: _after(act, 1) for name, act in build.items()}, setting.rounds)
    if "tup" in peers:
        peers["tup"].monitor("monitor")
        peers["tup"].build(setting.jobs)
        # In rounds of their own: a monitor that runs would make the figures of tup without one better.
        watched = {"jmake": build["jmake"], "tup + monitor": build["tup"]}
        column = 1 + COLUMNS.index("tup + monitor")
        for line, pause, rounds in ((back_to_back, 0, 4 * setting.rounds), (pausing, 1, setting.rounds)):
            line[column] = row("", {name: _after(act, pause) for name, act in watched.items()}, rounds)[column]
    yield back_to_back
    yield pausing
    if bare:
        yield from _edited(setting, size, both, bare, measured, cell)

    def touch():
        for header in range(jmake.tree.headers):
            os.utime(jmake.root / jmake.tree.header(header))

    yield row("every header touched", {"jmake": lambda _: idle(jmake, setting.jobs, touch)}, setting.rounds)

    def comment():
        header = jmake.root / jmake.tree.header(0)
        text = header.read_text()
        header.write_text(text.replace("One.", "Two.") if "One." in text else text.replace("Two.", "One."))

    yield row("a comment edited in a header of all", {"jmake": lambda _: idle(jmake, setting.jobs, comment)}, setting.rounds)

    def restart():
        settled(jmake, setting.jobs)
        jmake.daemon("stop")

    restarted = {"jmake": lambda _: idle(jmake, setting.jobs, restart), "ninja": build["ninja"]}
    yield row("the daemon stopped, started, nothing changed", restarted, setting.rounds)
    settled(jmake, setting.jobs)
    yield [f"{size}, the daemon's memory", f"{status(jmake)['daemon']['rss_kb'] / 1024:.0f} MiB", *("-" for _ in COLUMNS[1:])]


def _edited(setting, size, both, bare, measured, cell):
    def edited(side):
        def act(number):
            _edit(side)
            return side.build(setting.jobs)

        return act

    every = {name: edited(side) for name, side in {**both, **bare}.items()}
    figures = measured(every, 6 * setting.rounds)
    yield [f"{size}, one source edited", *(cell(figures, name, every) for name in COLUMNS)]
    for alone, words in zip(ALONE, ("the commands alone", "the same with the link by the driver")):
        beyond = lambda name: f"{figures.difference(name, alone) * 1000:.2f} ms" if name in both else cell(figures, name, both)
        yield [f"{size}, one source edited, beyond {words}", *(beyond(name) for name in COLUMNS)]


def _edit(side):
    """Another function each time, so that the object is another one."""
    source = side.root / side.tree.edited
    text = source.read_text()
    source.write_text(f"{text}int added_{text.count(chr(10))}(void) {{ return 1; }}\n")


def _after(act, pause):
    def later(number):
        time.sleep(pause)
        return act(number)

    return later


def status(jmake):
    done = subprocess.run([jmake.program, "status", "--json"], env=jmake.space.env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def resting(jmake):
    """Waits until the daemon does nothing. After a restart it finds out behind the first answer what that stands on."""
    stat = f"/proc/{status(jmake)['daemon']['pid']}/stat"
    before = None
    for _ in range(240):
        with open(stat, encoding="ascii") as file:
            now = file.read().rpartition(")")[2].split()[11:13]
        if now == before:
            return
        before = now
        time.sleep(0.5)
    raise timing.Failed("the daemon does not rest")


def settled(jmake, jobs):
    """Builds until the daemon hears of changes."""
    for _ in range(100):
        jmake.build(jobs)
        if any(project["watching"] for project in status(jmake)["projects"]):
            return
        time.sleep(0.1)
    raise timing.Failed("the daemon does not watch the project")
