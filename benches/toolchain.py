"""A toolchain that sleeps before each compile: its outputs are real, and it needs next to no processor. Knows no build system."""

import glob
import os
import pathlib
import subprocess

SLEEP_MS = 200

SOURCE = r"""
#include <string.h>
#include <time.h>
#include <unistd.h>
int main(int count, char **words) {
    struct timespec pause = {0, MILLISECONDS * 1000000L};
    for (int word = 1; word < count; word++)
        if (strcmp(words[word], "-c") == 0) nanosleep(&pause, 0);
    words[0] = REAL;
    execv(REAL, words);
    return 127;
}
"""


def newest():
    """The bin directory of the newest LLVM that has a C++ driver."""
    found = [path for path in glob.glob("/usr/lib/llvm-*/bin") if os.access(f"{path}/clang++", os.X_OK)]
    return pathlib.Path(max(found, key=lambda path: int(path.split("-")[-1].split("/")[0])))


def sleeping(place):
    """Makes the toolchain at `place`: links to all tools, and drivers that sleep."""
    real = newest()
    folder = place / "bin"
    folder.mkdir(parents=True)
    for tool in real.iterdir():
        if tool.name not in ("clang", "clang++"):
            (folder / tool.name).symlink_to(tool)
    for driver in ("clang", "clang++"):
        defines = [f"-DMILLISECONDS={SLEEP_MS}", f'-DREAL="{real / driver}"']
        subprocess.run([real / "clang", "-O1", "-xc", "-", *defines, "-o", folder / driver], input=SOURCE, text=True, check=True)
    return place
