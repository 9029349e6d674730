//! The keys of `[compile]`, `[link]`, `[llvm]` and `[target]`. Does not know what they mean for a build.

use super::Form::{Choice, Choices, Defines, Pairs, Path, Paths, Standard, Switch, Text, Texts, Truth};
use super::{Key, key};

pub(in crate::engine::config) const OPT_LEVELS: &[&str] = &["O0", "O1", "O2", "O3", "Os", "Oz"];
pub(super) const LTO: &[&str] = &["off", "thin", "full"];
pub(super) const WARNINGS: &[&str] = &["none", "default", "all", "extra", "everything"];
pub(super) const VISIBILITY: &[&str] = &["default", "hidden"];
pub(super) const SANITIZERS: &[&str] = &[
    "address",
    "alignment",
    "bool",
    "bounds",
    "cfi",
    "dataflow",
    "enum",
    "float-cast-overflow",
    "float-divide-by-zero",
    "function",
    "fuzzer",
    "hwaddress",
    "implicit-conversion",
    "integer",
    "leak",
    "local-bounds",
    "memory",
    "memtag",
    "null",
    "nullability",
    "object-size",
    "realtime",
    "return",
    "safe-stack",
    "shadow-call-stack",
    "shift",
    "signed-integer-overflow",
    "thread",
    "type",
    "undefined",
    "unreachable",
    "unsigned-integer-overflow",
    "vla-bound",
    "vptr",
];

pub(super) const KEYS: &[Key] = &[
    key("compile.flags", Texts, "Flags for C and C++.").default("[]").append(),
    key("compile.defines", Defines, "Macros: `NAME = \"value\"`; an empty value means `-DNAME`.").default("{}"),
    key("compile.include_dirs", Paths, "Include directories, in order, before inferred ones.").default("[]").prepend(),
    key("compile.std", Standard { cxx: true }, "The C++ standard, such as \"c++20\".").default("\"gnu++17\""),
    key("compile.c_std", Standard { cxx: false }, "The C standard, such as \"c11\".").default("\"gnu17\""),
    key("compile.warnings", Choice(WARNINGS), "How much the compiler warns: \"all\" is -Wall, \"extra\" is -Wall -Wextra, \"none\" is -w.")
        .default("\"default\""),
    key("compile.warnings_as_errors", Truth, "A warning fails the build.").default("false"),
    key("compile.sanitizers", Choices(SANITIZERS), "Sanitizers, such as \"address\", for compiling and linking.").default("[]").append(),
    key("compile.coverage", Truth, "Source-based coverage, for compiling and linking.").default("false"),
    key("compile.visibility", Choice(VISIBILITY), "Which symbols a shared library offers unless its source says otherwise.")
        .default("\"default\""),
    key("compile.extra_sources", Paths, "Sources to build although discovery would leave them out.").default("[]").append(),
    key("compile.emit_ir", Truth, "A `.ll` file of LLVM's intermediate representation for each source.").default("false"),
    key("compile.emit_bc", Truth, "A `.bc` file of the same for each source.").default("false"),
    key("compile.output_dir", Path, "Where these go; `{profile}` may stand in it. Else `build/<profile>/ir`."),
    key("compile.parallel", Truth, "Several compilers run at once; false is `daemon.workers = 1`.").default("true"),
    key("compile.enabled", Truth, "Sources are compiled.")
        .only("true", "a build compiles what it needs; leave a source out by `discovery.exclude_dirs`"),
    key("compile.ir_files", Paths, "What jobs of the original wrote down.").record(),
    key("link.flags", Texts, "Flags for the linker, as the compiler takes them.").default("[]").append(),
    key("link.opt_level", Choice(OPT_LEVELS), "How much is optimised, by the compiler, too. Else what the profile says."),
    key(
        "link.lto",
        Switch(LTO),
        "Optimisation across files: \"thin\" (or true) in the linker, \"full\" with the whole program as one module.",
    )
    .default("\"off\""),
    key("link.opt_passes", Texts, "Passes for `opt`, with `lto` off or \"full\".").default("[]"),
    key("link.optimize", Truth, "If false, `link.opt_level` and `link.opt_passes` are set aside.").default("true"),
    key("link.allow_undefined", Truth, "A shared library may have undefined symbols.").default("false"),
    key("link.output_dir", Path, "Where the linked and the optimised IR goes, with `lto = \"full\"`; `{profile}` may stand in it."),
    key("link.enabled", Truth, "Targets are linked.").only("true", "a build links what it makes"),
    key("link.output", Path, "What jobs of the original wrote down.").record(),
    key("llvm.root", Path, "The LLVM to use: a directory that holds `bin/clang`."),
    key("llvm.version", Text, "The LLVM to use, such as \"19\"; `--toolchain` goes before it."),
    key("llvm.tools", Pairs, "Programs by name, such as `\"clang++\" = \"/usr/bin/clang++-19\"`, used instead of the toolchain's own."),
    key("llvm.use_jmake_llvm", Truth, "JMake chooses the LLVM. If false: what $CC and $CXX name, else the first on the PATH.")
        .default("true"),
    key("llvm.isolated", Truth, "Tools see a chosen few variables.")
        .only("true", "tools never see more of the environment than a listed few variables"),
    key("llvm.source", Choice(&["auto", "jll", "intree", "system"]), "Where the original looked.")
        .only("\"auto\"", "name the LLVM to use by `llvm.root` or `llvm.version`"),
    key("target.triple", Text, "What is compiled for, such as \"aarch64-linux-gnu\"."),
    key("target.cpu", Text, "The processor: -mcpu or, for x86, -march. \"generic\" is nothing.").default("\"generic\""),
    key("target.features", Texts, "Its features, such as \"+avx2\" and \"-sse4a\".").default("[]"),
    key(
        "target.sysroot",
        Path,
        "A root file system of that machine, with its headers and libraries. Not needed for what packages such as libc6-dev-arm64-cross bring.",
    ),
];
