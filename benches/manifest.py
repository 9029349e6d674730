"""A build.ninja of the very commands that JMake ran, taken from its events. Knows Ninja's syntax and how the tools' lines look."""

import json
import shlex


def steps(events):
    """Command lines by the order of starting, from the lines of `jmake build --json`."""
    started = (event for event in map(json.loads, events.splitlines()) if event["type"] == "step_started")
    return [event["command"] for event in started if event["command"]]


def responses(place, commands):
    """What is in the files that hold arguments of commands too long for a line, by their paths."""
    names = {word[1:] for command in commands for word in command if word.startswith("@")}
    return {name: (place / name).read_text() for name in names if (place / name).is_file()}


def spelled_out(place, command):
    """A command with the arguments that a file holds."""
    for word in command:
        if word.startswith("@") and (place / word[1:]).is_file():
            yield from shlex.split((place / word[1:]).read_text())
        else:
            yield word


def write(place, commands):
    """Writes the manifest. Every word that names another step's output, or an existing file, is an input."""
    made = {output_of(command): command for command in commands}
    lines = ["ninja_required_version = 1.5", "rule run", "  command = $line", "rule compile", "  command = $line", "  depfile = $made_depfile", "  deps = gcc", ""]
    for output, command in made.items():
        inputs = [word for word in spelled_out(place, command[1:]) if word != output and not word.startswith("-") and _is_input(place, word, made)]
        depfile = _depfile(command)
        lines.append(f"build {_path(output)}: {'compile' if depfile else 'run'} {' '.join(map(_path, inputs))}")
        lines.append(f"  line = {shlex.join(command).replace('$', '$$')}")
        if depfile:
            lines.append(f"  made_depfile = {_path(depfile)}")
    (place / "build.ninja").write_text("\n".join(lines) + "\n")


def output_of(command):
    """What a line writes: after `-o`, else, for an archiver, the word after its letters."""
    return command[command.index("-o") + 1] if "-o" in command else command[2]


def _depfile(command):
    return command[command.index("-MF") + 1] if "-MF" in command else None


def _is_input(place, word, made):
    return word in made or (place / word).is_file()


def _path(name):
    return name.replace("$", "$$").replace(" ", "$ ").replace(":", "$:")
