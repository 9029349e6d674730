"""JMake and ninja as things to be measured: each with a tree, a home, a socket and a cache of its own. Knows no figures."""

import os
import pathlib
import shutil
import subprocess

import manifest
import timing


class Space:
    """A place where nothing of the user's is read or written."""

    def __init__(self, place):
        self.place = place
        place.mkdir(mode=0o700, exist_ok=True)
        self.folders = {name: place / name for name in ("home", "config", "cache", "state", "run", "store")}
        for folder in self.folders.values():
            folder.mkdir(mode=0o700, exist_ok=True)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folders["home"]),
            "XDG_CONFIG_HOME": str(self.folders["config"]),
            "XDG_CACHE_HOME": str(self.folders["cache"]),
            "XDG_STATE_HOME": str(self.folders["state"]),
            "XDG_RUNTIME_DIR": str(self.folders["run"]),
            "JMAKE_CACHE_DIR": str(self.folders["store"]),
            "JMAKE_SOCKET": str(self.folders["run"] / "daemon.sock"),
        }

    def forget(self):
        """Empties the cache and what is kept of toolchains."""
        for name in ("cache", "state", "store"):
            shutil.rmtree(self.folders[name])
            self.folders[name].mkdir(mode=0o700)


class Jmake:
    """One project, built by the daemon of one space."""

    def __init__(self, place, tree, bin_dir, toolchain=None):
        self.space = Space(place)
        self.tree = tree
        self.root = place / "project"
        self.program = str(pathlib.Path(bin_dir) / "jmake")
        self.toolchain = ["--toolchain", str(toolchain)] if toolchain else []
        if not self.root.exists():
            tree.lay_out(self.root)

    def line(self, jobs, *more):
        everything = ["--all"] if self.tree.everything else []
        return [self.program, "-C", str(self.root), "build", "--native", f"-j{jobs}", *everything, *self.toolchain, *more]

    def build(self, jobs, says=None):
        return timing.seconds(self.line(jobs), self.space.env, says)

    def daemon(self, what):
        timing.seconds([self.program, "daemon", what], self.space.env)

    def forget(self):
        """No daemon, no cache, no outputs, nothing known."""
        self.daemon("stop")
        self.space.forget()
        for made in ("build", ".jmake_cache"):
            shutil.rmtree(self.root / made, ignore_errors=True)

    def cold(self, jobs, started=True):
        """Nobody has seen anything of the project or of the tools."""
        self.forget()
        if started:
            self.daemon("start")
        return self.build(jobs)

    def rebuild(self, jobs):
        """From nothing as well, by a daemon that has seen the tools and the sources."""
        for made in (self.root / "build", self.root / ".jmake_cache", self.space.folders["store"] / "cas"):
            shutil.rmtree(made)
        return self.build(jobs)

    def commands(self, jobs):
        """The command lines of a build of everything from nothing."""
        self.forget()
        done = subprocess.run(self.line(jobs, "--json"), env=self.space.env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise timing.Failed(f"`jmake build` of {self.tree.name} ended with code {done.returncode}:\n{done.stderr[-2000:]}\n{done.stdout[-2000:]}")
        return manifest.steps(done.stdout)

    def close(self):
        self.daemon("stop")


class Ninja:
    """The same project at another place, built by ninja with the same commands."""

    def __init__(self, place, tree, commands, responses=()):
        self.tree = tree
        self.space = Space(place)
        self.root = place / "project"
        self.outputs = sorted({pathlib.Path(manifest.output_of(command)).parts[0] for command in commands})
        if not self.root.exists():
            tree.lay_out(self.root)
            write_responses(self.root, responses)
            manifest.write(self.root, commands)

    def build(self, jobs):
        return timing.seconds(["ninja", "-C", str(self.root), f"-j{jobs}"], self.space.env)

    def cold(self, jobs):
        for made in [*self.outputs, ".ninja_log", ".ninja_deps"]:
            path = self.root / made
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return self.build(jobs)


def write_responses(root, responses):
    """The files that hold arguments of commands too long for a line."""
    for name, text in dict(responses).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def edit(side, number, linkage):
    """Adds a function to the source that the tree names. An unused one that is `static` leaves the object as it was."""
    source = side.root / side.tree.edited
    with source.open("a") as text:
        text.write(f"\n{linkage} int added_by_bench_{number}(void) {{ return 1; }}\n")
