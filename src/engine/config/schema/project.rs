//! The keys at the top, `[project]` and `[discovery]`. Does not know what they mean for a build.

use super::Form::{Number, Path, Paths, Text, Texts, Truth};
use super::{Key, key};

pub(super) const KEYS: &[Key] = &[
    key("version", Text, "The version of the file's format: \"0.1.0\".").record(),
    key("last_updated", Text, "When the file was last completed.").record(),
    key(
        "project.name",
        Text,
        "The project's name, and its library's unless `binary.library_name` says otherwise. Else the root directory's name.",
    ),
    key("project.root", Path, "The root directory. It is always the one that jmake.toml is in; another one is warned of.").record(),
    key(
        "project.version",
        Text,
        "The project's version, such as \"1.2.0\": for `jmake install`, and of libraries that have none of their own there.",
    ),
    key("project.description", Text, "One line on what the project is, for the .pc file of `jmake install`."),
    key("project.authors", Texts, "Who wrote it, for readers.").record(),
    key("project.license", Text, "Its licence, for readers.").record(),
    key("project.allow_outside", Truth, "Sources and include directories may lie outside the root without a warning of `jmake check`.")
        .default("false"),
    key("discovery.enabled", Truth, "Sources are looked for. If false, those of `discovery.files` and `[[targets]]` are all there are.")
        .default("true"),
    key("discovery.scan_recursive", Truth, "Directories below the root are looked into.").default("true"),
    key("discovery.max_depth", Number(0, 1000), "How many directories deep; 0: only the root itself. Without it: all."),
    key("discovery.follow_symlinks", Truth, "Directories outside the root that symbolic links in it lead to are looked into. One inside has its files under another name already.").default("false"),
    key("discovery.exclude_dirs", Texts, "Directories that are not looked into: names, or paths from the root.").default("[]").append(),
    key("discovery.include_patterns", Texts, "If there are any, only sources that match one of these globs are built.")
        .default("[]")
        .append(),
    key("discovery.log_all_files", Truth, "Whether the original listed each file as it saw it; `jmake discover -v` lists all.").record(),
    key("discovery.parse_ast", Truth, "The file of `discovery.dependency_graph_file` has what each file declares, too, as clang reads it.").default("true"),
    key("discovery.walk_dependencies", Truth, "Includes are followed.").only("true", "includes are always followed"),
    key("discovery.completed", Truth, "`jmake complete` has run.").record(),
    key("discovery.timestamp", Text, "When it ran.").record(),
    key("discovery.include_dirs", Paths, "Include directories, instead of inferred ones."),
    key(
        "discovery.dependency_graph_file",
        Path,
        "Where `jmake discover` and the jobs `discover_project` and `walk_ast_dependencies` write what includes what, as JSON. Else nowhere.",
    ),
    key("discovery.files.cpp_sources", Paths, "The C++ sources. With this or `c_sources`, these are built and no others."),
    key("discovery.files.c_sources", Paths, "The C sources. With this or `cpp_sources`, these are built and no others."),
    key("discovery.files.cpp_headers", Paths, "The C++ headers that were found.").record(),
    key("discovery.files.c_headers", Paths, "The C headers that were found.").record(),
    key("discovery.files.total_scanned", Number(0, u64::MAX), "How many files were seen.").record(),
    key("discovery.binaries.executables", Paths, "Programs that were found in the tree.").record(),
    key("discovery.binaries.static_libs", Paths, "Static libraries that were found in the tree.").record(),
    key("discovery.binaries.shared_libs", Paths, "Shared libraries that were found in the tree.").record(),
    key("discovery.binaries.total", Number(0, u64::MAX), "How many were found.").record(),
];
