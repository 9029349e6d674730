"""The source trees that are built: real projects from the corpus (`scripts/fetch-corpus.sh`), and trivial sources for scaling.

Knows where sources come from and what a jmake.toml for them says; nothing of build systems or times."""

import fnmatch
import os
import pathlib
import shutil


def corpus():
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("JMAKE_CORPUS") or pathlib.Path(cache) / "jmake-corpus")


class Tree:
    """Folders of the corpus that make one project. A single one is the project's root, several lie side by side."""

    def __init__(self, name, folders, edited, defines=(), without=(), everything=False, sources=None):
        self.name = name
        self.folders = folders
        self.edited = edited
        self.defines = defines
        self.without = without
        self.everything = everything
        self.sources = sources

    def lay_out(self, place):
        """Copies the tree to `place`, which must not exist."""
        for folder in self.folders:
            target = place if len(self.folders) == 1 else place / folder
            shutil.copytree(corpus() / folder, target, symlinks=True, ignore=self._ignored)
        (place / "jmake.toml").write_text(self._settings())

    def _settings(self):
        defines = ", ".join(f'{name} = "1"' for name in self.defines)
        return f'[project]\nname = "{self.name}"\n\n[compile]\ndefines = {{ {defines} }}\n'

    def _ignored(self, folder, names):
        inside = pathlib.Path(folder).relative_to(corpus())
        unwanted = [name for name in names if any(fnmatch.fnmatch(str(inside / name), pattern) for pattern in self.without)]
        # Debian's patch machinery keeps copies of the sources here.
        return unwanted + [name for name in names if name in (".pc", ".fetched")]


PROJECTS = [
    Tree("leveldb", ["leveldb"], "db/db_impl.cc", ["LEVELDB_PLATFORM_POSIX"]),
    Tree("lz4", ["lz4"], "lib/lz4.c"),
    Tree("muparser", ["muparser"], "src/muParserBase.cpp"),
]

# As many real sources as the three projects of the seeds have, all of their targets.
SIZES = [
    Tree("size5", ["http-parser"], "http_parser.c", everything=True, sources=5),
    Tree(
        "size23",
        ["http-parser", "muparser", "lz4/lib"],
        "muparser/src/muParserBase.cpp",
        ["MUPARSER_DLL"],
        everything=True,
        sources=23,
    ),
    Tree(
        "size156",
        ["leveldb", "pugixml", "muparser", "zlib", "lz4/lib", "lz4/programs", "lz4/examples", "tinyxml2"],
        "leveldb/db/db_impl.cc",
        ["LEVELDB_PLATFORM_POSIX", "HAVE_UNISTD_H", "MUPARSER_DLL"],
        # Not built here: other platforms, and what needs libraries that a machine may lack.
        without=[
            "leveldb/*_test.c*",
            "leveldb/benchmarks",
            "leveldb/util/testutil.cc",
            "leveldb/util/env_windows.cc",
            "pugixml/tests/fuzz_*",
            "zlib/contrib",
            "zlib/examples",
            "zlib/test",
            "tinyxml2/contrib",
        ],
        everything=True,
        sources=156,
    ),
]

TRIVIAL = 64


class Trivial:
    """Sources that cost a compiler next to nothing, and one program of them."""

    name = "trivial"
    everything = False
    sources = TRIVIAL

    def lay_out(self, place):
        place.mkdir()
        (place / "jmake.toml").write_text('[project]\nname = "trivial"\n')
        numbers = range(1, TRIVIAL)
        for number in numbers:
            (place / f"part{number}.c").write_text(f"int part{number}(void) {{ return {number}; }}\n")
        declared = "".join(f"int part{number}(void);\n" for number in numbers)
        total = " + ".join(f"part{number}()" for number in numbers)
        (place / "main.c").write_text(f"{declared}int main(void) {{ return ({total}) == 0; }}\n")
