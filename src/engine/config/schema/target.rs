//! The keys of `[[targets]]`, `[[files]]` and `[profile.NAME]`. Does not know what they mean for a build.

use super::Form::{Choice, Choices, Defines, Number, OneOrMore, Pairs, Path, Paths, Standard, Switch, Text, Texts, Truth};
use super::build::{LTO, OPT_LEVELS, SANITIZERS, VISIBILITY, WARNINGS};
use super::{Key, key};

/// What a target may become.
pub(super) const KINDS: &[&str] = &["executable", "shared", "static", "plugin", "headers", "objects", "test", "example", "benchmark"];

pub(super) const KEYS: &[Key] = &[
    key("targets.name", Text, "Its name. It must have one."),
    key("targets.kind", Choice(KINDS), "What it becomes. \"plugin\" is a shared library that is loaded, not linked; \"headers\" has nothing to compile; \"objects\" are linked into what depends on them.").default("\"executable\""),
    key("targets.sources", Texts, "Its sources: files, directories and globs, from the root."),
    key("targets.exclude", Texts, "Globs of what of them is left out."),
    key("targets.depends", Texts, "Targets of this project. Libraries among them are linked, and their `public_include_dirs` and `public_defines` count."),
    key("targets.public_include_dirs", Paths, "Include directories of this target and all that depend on it."),
    key("targets.public_defines", Defines, "Macros of this target and all that depend on it."),
    key("targets.flags", Texts, "Flags after the project's.").append().of("compile.flags"),
    key("targets.defines", Defines, "Macros over the project's.").of("compile.defines"),
    key("targets.include_dirs", Paths, "Include directories before the project's.").prepend().of("compile.include_dirs"),
    key("targets.std", Standard { cxx: true }, "Its C++ standard.").of("compile.std"),
    key("targets.c_std", Standard { cxx: false }, "Its C standard.").of("compile.c_std"),
    key("targets.warnings", Choice(WARNINGS), "How much the compiler warns.").of("compile.warnings"),
    key("targets.warnings_as_errors", Truth, "A warning fails the build.").of("compile.warnings_as_errors"),
    key("targets.sanitizers", Choices(SANITIZERS), "Sanitizers besides the project's.").append().of("compile.sanitizers"),
    key("targets.coverage", Truth, "Source-based coverage.").of("compile.coverage"),
    key("targets.visibility", Choice(VISIBILITY), "Which symbols it offers unless its source says otherwise.").of("compile.visibility"),
    key("targets.link_flags", Texts, "Flags for the linker after the project's.").append().of("link.flags"),
    key("targets.opt_level", Choice(OPT_LEVELS), "How much is optimised.").of("link.opt_level"),
    key("targets.lto", Switch(LTO), "Optimisation across files.").of("link.lto"),
    key("targets.opt_passes", Texts, "Passes for `opt`.").of("link.opt_passes"),
    key("targets.allow_undefined", Truth, "It may have undefined symbols.").of("link.allow_undefined"),
    key("targets.link_libraries", Texts, "Libraries to link, before the project's.").prepend().of("binary.link_libraries"),
    key("targets.lib_dirs", Paths, "Where they are looked for, before the project's.").prepend().of("binary.lib_dirs"),
    key("targets.rpath", Truth, "It finds its libraries when it runs.").of("binary.rpath"),
    key("targets.output_name", Text, "The file's name without `lib` and ending. Else the target's."),
    key("targets.output_dir", Path, "Where the file goes; `{profile}` may stand in it."),
    key("targets.soname", Text, "The soname of a shared library."),
    key("targets.version", Text, "The version of a shared library, such as \"1.2.3\"."),
    key("targets.export_list", Texts, "The symbols that a shared library offers, and no others."),
    key(
        "targets.install",
        Truth,
        "`jmake install` takes it. Without it: if it is a program or a library. A library that something installed needs comes along.",
    ),
    key("targets.default", Truth, "It is built when nothing is named. Without it: unless it is a test, an example or a benchmark."),
    key("targets.test.args", Texts, "Arguments of a test.").of("test.args"),
    key("targets.test.env", Pairs, "Variables of a test, over the project's.").of("test.env"),
    key("targets.test.timeout_s", Number(1, 86_400), "Seconds until it is ended.").of("test.timeout_s"),
    key("targets.test.working_dir", Path, "Where it runs, from the root.").of("test.working_dir"),
    key("targets.test.runner", Texts, "A program and its arguments before the test's.").of("test.runner"),
    key("files.match", OneOrMore, "Globs of the sources that are meant, from the root."),
    key("files.flags", Texts, "Flags after those of their target."),
    key("files.defines", Defines, "Macros over those of their target."),
    key("profile.NAME.inherits", Text, "The profile that this one adds to. Else \"dev\"."),
    key("profile.NAME.flags", Texts, "Short for `flags` in `[profile.NAME.compile]`."),
];
