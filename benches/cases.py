"""What is measured. Each function returns rows of a table: cells as text. Knows trees and sides; nothing of Markdown."""

import time

import manifest
import scale
import sides
import timing
import toolchain
import trees


class Setting:
    """What all cases share."""

    def __init__(self, place, bin_dir, jobs, rounds, sources=(), hollow=()):
        self.place = place
        self.bin_dir = bin_dir
        self.jobs = jobs
        self.rounds = rounds
        self.sources = sources
        self.hollow = hollow

    def jmake(self, tree, name, **more):
        return sides.Jmake(self.place / f"{tree.name}-{name}", tree, self.bin_dir, **more)

    def pair(self, tree, case):
        """Both sides of a tree, both built once. `case` keeps the places of one tree apart."""
        jmake = self.jmake(tree, f"{case}-jmake")
        commands = jmake.commands(self.jobs)
        compiled = sum("-c" in command for command in commands)
        wanted = getattr(tree, "sources", None) or compiled
        if compiled != wanted:
            raise timing.Failed(f"{tree.name} has {compiled} sources instead of {wanted}: the corpus is another one")
        ninja = sides.Ninja(self.place / f"{tree.name}-{case}-ninja", tree, commands, manifest.responses(jmake.root, commands))
        ninja.build(self.jobs)
        return jmake, ninja, compiled


def projects(setting):
    """Cold builds of real projects: by a new daemon, by one that has to start, by one that knows the tools."""
    for tree in trees.PROJECTS:
        jmake, ninja, compiled = setting.pair(tree, "cold")
        figures = timing.interleaved(
            {
                "jmake": lambda _: jmake.cold(setting.jobs),
                "ninja": lambda _: ninja.cold(setting.jobs),
                "with start": lambda _: jmake.cold(setting.jobs, started=False),
                "again": lambda _: jmake.rebuild(setting.jobs),
            },
            setting.rounds,
        )
        jmake.close()
        yield [
            f"{tree.name} ({compiled} sources)",
            *map(milliseconds, (figures.median("ninja"), figures.median("jmake"))),
            f"**{ratio(figures, 'jmake', 'ninja')}**",
            ratio(figures, "with start", "ninja"),
            ratio(figures, "again", "ninja"),
        ]


def sizes(setting):
    """The three sizes: from nothing, after an edit, with nothing changed."""
    for tree in trees.SIZES:
        jmake, ninja, compiled = setting.pair(tree, "sizes")
        both = (("jmake", jmake), ("ninja", ninja))
        cold = timing.interleaved({name: lambda _, side=side: side.cold(setting.jobs) for name, side in both}, setting.rounds)
        edits = {
            what: timing.interleaved(
                {name: lambda number, side=side: _edited(side, setting.jobs, f"{linkage}_{number}", linkage) for name, side in both},
                setting.rounds,
            )
            for what, linkage in (("an edit that changes the object", "extern"), ("an edit that does not", "static"))
        }
        nothing = timing.interleaved({name: lambda _, side=side: side.build(setting.jobs) for name, side in both}, 3 * setting.rounds)
        jmake.close()
        for what, figures in (("from nothing", cold), *edits.items(), ("nothing changed", nothing)):
            yield [
                f"{compiled} sources, {what}",
                *map(milliseconds, (figures.median("ninja"), figures.median("jmake"))),
                ratio(figures, "jmake", "ninja"),
                f"{figures.median('jmake') / cold.median('jmake'):.3f}",
                f"{figures.median('ninja') / cold.median('ninja'):.3f}",
            ]


def _edited(side, jobs, number, linkage):
    sides.edit(side, number, linkage)
    return side.build(jobs)


def scaling(setting):
    """How more workers help: with a compiler that sleeps, and with the real one."""
    tree = trees.Trivial()
    sleepy = toolchain.sleeping(setting.place / "sleepy")
    jmake = setting.jmake(tree, "sleepy", toolchain=sleepy)
    yield from _scaled(jmake, f"{tree.sources} sources, a compiler that sleeps {toolchain.SLEEP_MS} ms", [1, 2, 4, 8], max(2, setting.rounds // 2))
    real = setting.jmake(trees.PROJECTS[-1], "scaling")
    yield from _scaled(real, f"{real.tree.name}, the real compiler", [1, 2], setting.rounds)


def _scaled(jmake, what, workers, rounds):
    figures = timing.interleaved({str(jobs): lambda _, jobs=jobs: jmake.cold(jobs) for jobs in workers}, rounds)
    jmake.close()
    for jobs in workers:
        yield [what, str(jobs), milliseconds(figures.median(str(jobs))), f"{figures.ratio('1', str(jobs)):.2f} ×"]


def start(setting):
    """The whole client process with nothing changed, back to back and after a pause; `true` is what any process costs."""
    for tree in (trees.SIZES[0], trees.SIZES[-1], *map(scale.Generated, setting.sources)):
        jmake, ninja, compiled = setting.pair(tree, "start")
        measured = {"jmake": lambda jobs, jmake=jmake: scale.idle(jmake, jobs), "ninja": ninja.build, "true": lambda _: timing.seconds(["true"], jmake.space.env)}
        scale.settled(jmake, setting.jobs)
        for what, before, rounds in (("back to back", None, 10 * setting.rounds), ("after 1 s idle", 1, 2 * setting.rounds)):
            taken = {name: lambda _, run=run: _after(before, lambda: run(setting.jobs)) for name, run in measured.items()}
            figures = timing.interleaved(taken, rounds)
            yield [
                f"{compiled} sources, {what}",
                *(milliseconds(figures.median(name)) for name in ("true", "ninja", "jmake")),
                ratio(figures, "jmake", "ninja"),
            ]
        jmake.close()


def queue(setting):
    """A queue of tiny jobs, over as many processes started by nobody's queue, as many at once."""
    for count in (1000, 4000):
        space = sides.Space(setting.place / f"queue-{count}")
        root = space.place / "project"
        root.mkdir(exist_ok=True)
        job = "[[jobs]]\nid = 'job{}'\ncallback = 'command'\nargs.argv = ['/bin/true']\n"
        jobs = "".join(job.format(number) for number in range(count))
        (root / "jmake.toml").write_text(f"[job_queue]\nmax_concurrent_jobs = {setting.jobs}\n{jobs}")
        program = str(setting.bin_dir / "jmake")
        run = [program, "-C", str(root), "jobs", "run", "-q"]
        timing.seconds(run, space.env)
        measured = {
            "queue": lambda _, run=run, space=space: timing.seconds(run, space.env),
            "bare": lambda _, count=count, space=space: timing.processes(["/bin/true"], count, setting.jobs, space.env),
        }
        figures = timing.interleaved(measured, setting.rounds)
        each = figures.difference("queue", "bare") / count
        yield [f"{count:,} jobs", milliseconds(figures.median("bare")), milliseconds(figures.median("queue")), f"{each * 1000:.3f} ms"]
        timing.seconds([program, "daemon", "stop"], space.env)


def _after(pause, run):
    """A run after so many seconds, or straight after another one."""
    if pause:
        time.sleep(pause)
    else:
        run()
    return run()


def milliseconds(seconds):
    decimals = 0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 2
    return f"{seconds * 1000:.{decimals}f} ms"


def ratio(figures, over, under):
    low, high = figures.spread(over, under)
    return f"{figures.ratio(over, under):.3f} ({low:.2f}–{high:.2f})"
