"""Times whole processes and compares them in interleaved rounds. Knows nothing of build systems."""

import os
import statistics
import sys
import tempfile
import time


class Failed(Exception):
    """A measured command failed: its figure would mean nothing."""


def seconds(argv, env, says=None):
    """The wall time of one process from its start to its end. What it prints is shown only if it fails, or does not say `says`."""
    with tempfile.TemporaryFile() as said:
        actions = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_DUP2, said.fileno(), 2)]
        start = time.perf_counter()
        child = os.posix_spawnp(argv[0], argv, env, file_actions=actions)
        status = os.waitpid(child, 0)[1]
        wall = time.perf_counter() - start
        if status != 0:
            said.seek(0)
            tail = said.read().decode(errors="replace")[-2000:]
            raise Failed(f"`{' '.join(argv)}` ended with code {os.waitstatus_to_exitcode(status)}:\n{tail}")
        if says:
            said.seek(0)
            text = said.read().decode(errors="replace")
            if says not in text:
                raise Failed(f"`{' '.join(argv)}` does not say `{says}`:\n{text[-2000:]}")
        return wall


def processes(argv, count, at_once, env):
    """The wall time of so many processes, some of them at once."""
    start = time.perf_counter()
    running = 0
    for _ in range(count):
        if running == at_once:
            os.wait()
            running -= 1
        os.posix_spawn(argv[0], argv, env)
        running += 1
    for _ in range(running):
        os.wait()
    return time.perf_counter() - start


def others_share(pause=2):
    """How much of the processors others use, looked at for some seconds: 0 on a quiet machine, 1 on a full one."""

    def counters():
        words = open("/proc/stat", encoding="ascii").readline().split()[1:9]
        ticks = [int(word) for word in words]
        return sum(ticks), ticks[3] + ticks[4]

    total, idle = counters()
    time.sleep(pause)
    total_after, idle_after = counters()
    return 1 - (idle_after - idle) / max(1, total_after - total)


class Figures:
    """Wall times of several sides, one of each per round."""

    def __init__(self, rounds):
        self.rounds = rounds

    def median(self, side):
        return statistics.median(times[side] for times in self.rounds)

    def ratio(self, over, under):
        """The median of the rounds' ratios: what disturbs both sides of a round cancels out."""
        return statistics.median(times[over] / times[under] for times in self.rounds)

    def difference(self, over, under):
        """The median of the rounds' differences."""
        return statistics.median(times[over] - times[under] for times in self.rounds)

    def spread(self, over, under):
        ratios = [times[over] / times[under] for times in self.rounds]
        return min(ratios), max(ratios)


def interleaved(sides, rounds):
    """Measures each side once a round, in turning order. `sides`: name -> function of the round that prepares and returns seconds."""
    taken = []
    for number in range(rounds):
        names = list(sides)
        turn = number % len(names)
        taken.append({name: sides[name](number) for name in names[turn:] + names[:turn]})
        shown = ", ".join(f"{name} {taken[-1][name] * 1000:.1f} ms" for name in names)
        print(f"  round {number + 1}: {shown}", file=sys.stderr)
    return Figures(taken)
