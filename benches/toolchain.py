"""Toolchains that stand in for the real one: one sleeps before each compile, one makes empty objects. Knows no build system."""

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


# A compile of a source without `main` makes an object of nothing and lists what the source includes, without a look at that.
HOLLOW = r"""
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static char text[1 << 16], object[1 << 16];
static size_t all_of(const char *name, char *into) {
    FILE *file = fopen(name, "rb");
    size_t size = file ? fread(into, 1, (1 << 16) - 1, file) : 0;
    into[size] = 0;
    if (file) fclose(file);
    return size;
}
int main(int count, char **words) {
    const char *source = 0, *out = 0, *list = 0;
    for (int word = 1; word < count; word++) {
        size_t length = strlen(words[word]);
        if (length > 2 && strcmp(words[word] + length - 2, ".c") == 0) source = words[word];
        if (word + 1 < count && strcmp(words[word], "-o") == 0) out = words[word + 1];
        if (word + 1 < count && strcmp(words[word], "-MF") == 0) list = words[word + 1];
    }
    if (source && out && list && all_of(source, text) && !strstr(text, "int main")) {
        FILE *depends = fopen(list, "w"), *made = fopen(out, "wb");
        if (!depends || !made) return 1;
        fprintf(depends, "%s: %s", out, source);
        for (char *at = text; (at = strstr(at, "#include \""));) {
            at += strlen("#include \"");
            fprintf(depends, " headers/%.*s", (int)strcspn(at, "\""), at);
        }
        fprintf(depends, "\n");
        fwrite(object, 1, all_of(EMPTY, object), made);
        return fclose(depends) || fclose(made);
    }
    words[0] = REAL;
    execv(REAL, words);
    return 127;
}
"""


def sleeping(place):
    """Makes the toolchain that sleeps at `place`."""
    return _with_drivers(place, SOURCE, MILLISECONDS=SLEEP_MS)


def hollow(place):
    """Makes the one of empty objects at `place`, if it is not there: what was built with it is not built again."""
    if place.exists():
        return place
    place.mkdir()
    empty = place / "empty.o"
    subprocess.run([newest() / "clang", "-c", "-fPIC", "-xc", os.devnull, "-o", empty], check=True)
    return _with_drivers(place, HOLLOW, EMPTY=f'"{empty}"')


def _with_drivers(place, source, **defines):
    """Links to all tools, and drivers of this source."""
    real = newest()
    folder = place / "bin"
    folder.mkdir(parents=True)
    for tool in real.iterdir():
        if tool.name not in ("clang", "clang++"):
            (folder / tool.name).symlink_to(tool)
    for driver in ("clang", "clang++"):
        flags = [f"-D{name}={value}" for name, value in {**defines, "REAL": f'"{real / driver}"'}.items()]
        subprocess.run([real / "clang", "-O1", "-xc", "-", *flags, "-o", folder / driver], input=source, text=True, check=True)
    return place
