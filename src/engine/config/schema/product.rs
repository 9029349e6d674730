//! The keys of `[binary]`, `[symbols]`, `[install]`, `[dependencies]` and of sections that are not built. Does not know what they mean for a build.

use super::Form::{Anything, Choice, Pairs, Path, Paths, Text, Texts, TextsOrAll, Truth};
use super::{Key, key};

/// Why a key of a whole inert section has no effect is said once, of the section.
const SECTION: &str = "";

pub(super) const KEYS: &[Key] = &[
    key("binary.library_name", Text, "The library's name, with or without `lib` and ending. Else the project's name in lower case."),
    key("binary.library_type", Choice(&["shared", "static"]), "Its form. Else what the ending of `library_name` says, else \"shared\"."),
    key("binary.output_dir", Path, "Where libraries and programs go; `{profile}` may stand in it. Else `build/<profile>/lib` and `bin`."),
    key("binary.link_libraries", Texts, "Libraries to link, without `-l`.").default("[]").prepend(),
    key("binary.lib_dirs", Paths, "Where they are looked for, in order.").default("[]").prepend(),
    key("binary.rpath", Truth, "Programs and libraries find those of `lib_dirs` and of this build when they run.").default("true"),
    key("binary.soname", Text, "The soname of the discovered library."),
    key("binary.version", Text, "Its version, such as \"1.2.3\": the file is `lib<name>.so.1.2.3`, with links to it."),
    key("binary.enabled", Truth, "Libraries and programs are made.")
        .only("true", "a build makes what it finds; name the targets that you want"),
    key("binary.library_path", Path, "What jobs of the original wrote down.").record(),
    key(
        "symbols.export_list",
        TextsOrAll,
        "The symbols that the discovered shared library offers, and no others. Without it, or if true: all visible ones.",
    ),
    key("symbols.enabled", Truth, "Symbols are looked at.").only("true", "symbols are looked at when a build needs them"),
    key("symbols.method", Choice(&["nm", "objdump", "llvm-nm"]), "What lists them.").only("\"nm\"", "JMake reads symbols itself"),
    key("symbols.demangle", Truth, "They are shown as written.").only("true", "names are always shown as written"),
    key("symbols.filter_internal", Truth, "Internal ones are left out.").only("true", "internal symbols are never shown"),
    key(
        "dependencies.pkg_config",
        Texts,
        "Modules that pkg-config knows, such as \"zlib\" or \"zlib >= 1.2\"; their flags are for all targets.",
    )
    .default("[]")
    .append(),
    key("dependencies.NAME", Anything, "`NAME = { path = \"../x\" }`: another project that JMake builds, whose libraries are linked."),
    key("install.prefix", Path, "Where it goes; `--prefix` goes before it.").default("\"/usr/local\""),
    key(
        "install.headers",
        Texts,
        "Headers: files, directories and globs. Without it: what lies in `include/` and in the `public_include_dirs` of installed libraries.",
    ),
    key("install.include_dir", Path, "Where headers go, below the prefix.").default("\"include\""),
    key("install.lib_dir", Path, "Where libraries go, below the prefix.").default("\"lib\""),
    key("install.bin_dir", Path, "Where programs go, below the prefix.").default("\"bin\""),
    key("install.pkg_config", Truth, "A .pc file is written. Without it: if there are libraries, or headers and no programs."),
    key("reorganize.enabled", Truth, "Sources are moved.").only("false", SECTION),
    key("reorganize.create_structure", Truth, "Directories are made.").inert(SECTION),
    key("reorganize.sort_by_type", Truth, "Files are put by their kind.").inert(SECTION),
    key("reorganize.preserve_hierarchy", Truth, "Directories stay as they are.").inert(SECTION),
    key("reorganize.target_structure", Pairs, "The directory of each kind.").inert(SECTION),
    key("wrap.enabled", Truth, "Bindings are made.").only("false", SECTION),
    key("wrap.output_dir", Path, "Where they go.").inert(SECTION),
    key("wrap.style", Choice(&["auto", "basic", "advanced", "clangjl"]), "How they are made.").inert(SECTION),
    key("wrap.module_name", Text, "The module's name.").inert(SECTION),
    key("wrap.add_tests", Truth, "With tests.").inert(SECTION),
    key("wrap.add_docs", Truth, "With documentation.").inert(SECTION),
    key("wrap.type_mappings", Pairs, "Types by name.").inert(SECTION),
];
