//! Names that the original JMake's other two dialects, its successor and other tools use, and the line to write instead. Does not know our own keys' meaning.

use toml::de::DeValue;

/// Keys of other dialects, and the line that means the same here; `{}` is the value as typed, `` an empty line: nothing is needed.
const DIALECTS: &[(&str, &str)] = &[
    ("compiler.standard", "[compile] std = {}"),
    ("compiler.c_standard", "[compile] c_std = {}"),
    ("compiler.optimization", "[link] opt_level = {}"),
    ("compiler.warnings", "[compile] warnings = \"all\""),
    ("compiler.extra_flags", "[compile] flags = {}"),
    ("compiler.flags", "[compile] flags = {}"),
    ("compiler.defines", "[compile] defines = {}"),
    ("compiler.include_dirs", "[compile] include_dirs = {}"),
    ("compiler", "[compile]"),
    ("sources.files", "[discovery] include_patterns = {}"),
    ("sources.include_dirs", "[compile] include_dirs = {}"),
    ("sources.defines", "[compile] defines = {}"),
    ("sources.exclude", "[discovery] exclude_dirs = {}"),
    ("sources", "[discovery] include_patterns = [\"src/**\"]"),
    ("output.library_name", "[binary] library_name = {}"),
    ("output.output_dir", "[binary] output_dir = {}"),
    ("output.generate_ir", "[compile] emit_ir = {}"),
    ("output.generate_assembly", ""),
    ("output.julia_module", ""),
    ("output", "[binary]"),
    ("dependencies.system_libs", "[binary] link_libraries = {}"),
    ("dependencies.link_dirs", "[binary] lib_dirs = {}"),
    ("build.parallel", "[compile] parallel = {}"),
    ("build.jobs", "[daemon] workers = {}"),
    ("build.verbose", ""),
    ("build.cache_enabled", "[cache] enabled = {}"),
    ("build", "[compile]"),
    ("llvm.use_bundled", "[llvm] use_jmake_llvm = {}"),
    ("llvm.toolchain_path", "[llvm] root = {}"),
    ("llvm.toolchain", "[llvm] version = {}"),
    ("project_root", ""),
    ("paths.source", "[discovery] include_patterns = [\"src/**\"]"),
    ("paths.source_dir", "[discovery] include_patterns = [\"src/**\"]"),
    ("paths.include", "[compile] include_dirs = [\"include\"]"),
    ("paths.include_dirs", "[compile] include_dirs = {}"),
    ("paths.build", "[binary] output_dir = {}"),
    ("paths.build_dir", "[binary] output_dir = {}"),
    ("paths.output", "[binary] output_dir = {}"),
    ("paths", "[compile] include_dirs = [\"include\"]"),
    ("bridge", ""),
    ("tools", "[llvm] root = \"/usr/lib/llvm-19\""),
    ("bindings", ""),
    ("binding", ""),
    ("logging", ""),
    ("integration", ""),
    ("learning", ""),
];

/// Names that people try, and the key that they mean.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("compile.standard", "compile.std"),
    ("compile.cxx_std", "compile.std"),
    ("compile.cpp_std", "compile.std"),
    ("compile.cxxflags", "compile.flags"),
    ("compile.cflags", "compile.flags"),
    ("compile.cxx_flags", "compile.flags"),
    ("compile.c_flags", "compile.flags"),
    ("compile.extra_flags", "compile.flags"),
    ("compile.options", "compile.flags"),
    ("compile.definitions", "compile.defines"),
    ("compile.macros", "compile.defines"),
    ("compile.includes", "compile.include_dirs"),
    ("compile.include_directories", "compile.include_dirs"),
    ("compile.include", "compile.include_dirs"),
    ("compile.sources", "compile.extra_sources"),
    ("compile.source_files", "compile.extra_sources"),
    ("compile.optimization", "link.opt_level"),
    ("compile.optimize", "link.opt_level"),
    ("compile.werror", "compile.warnings_as_errors"),
    ("compile.sanitize", "compile.sanitizers"),
    ("link.optimization_level", "link.opt_level"),
    ("link.optimization", "link.opt_level"),
    ("link.enable_lto", "link.lto"),
    ("link.libraries", "binary.link_libraries"),
    ("link.libs", "binary.link_libraries"),
    ("link.library_dirs", "binary.lib_dirs"),
    ("link.link_dirs", "binary.lib_dirs"),
    ("link.ldflags", "link.flags"),
    ("binary.type", "binary.library_type"),
    ("binary.name", "binary.library_name"),
    ("binary.output_name", "binary.library_name"),
    ("binary.libraries", "binary.link_libraries"),
    ("binary.libs", "binary.link_libraries"),
    ("binary.library_dirs", "binary.lib_dirs"),
    ("discovery.exclude", "discovery.exclude_dirs"),
    ("discovery.include", "discovery.include_patterns"),
    ("discovery.sources", "discovery.include_patterns"),
    ("target.arch", "target.triple"),
    ("target.name", "targets.name"),
    ("target.kind", "targets.kind"),
    ("test.timeout", "test.timeout_s"),
    ("package", "project"),
    ("name", "project.name"),
    ("profiles", "profile"),
    ("libs", "binary.link_libraries"),
    ("libraries", "binary.link_libraries"),
    ("includes", "compile.include_dirs"),
    ("include_directories", "compile.include_dirs"),
    ("cxxflags", "compile.flags"),
    ("cxxstd", "compile.std"),
    ("cxx_std", "compile.std"),
    ("cpp_std", "compile.std"),
    ("cppstd", "compile.std"),
    ("cxx_standard", "compile.std"),
    ("targ", "targets"),
    ("compile.cxxstd", "compile.std"),
    ("compile.cppstd", "compile.std"),
    ("cflags", "compile.flags"),
    ("ldflags", "link.flags"),
    ("standard", "compile.std"),
    ("type", "targets.kind"),
    ("deps", "targets.depends"),
    ("dependencies", "targets.depends"),
    ("depends_on", "targets.depends"),
    ("srcs", "targets.sources"),
    ("src", "targets.sources"),
    ("files", "targets.sources"),
];

/// `path` is a key of another dialect.
pub(super) fn known(path: &str) -> bool {
    DIALECTS.iter().any(|(known, _)| *known == path)
}

/// The line to write instead of `path`. Directories are left out in one place, files in another.
fn instead(path: &str, value: &DeValue<'_>) -> Option<&'static str> {
    let is_file = |text: &str| text.contains('*') || std::path::Path::new(text).extension().is_some();
    let files = || value.as_array().is_some_and(|items| items.iter().any(|item| item.get_ref().as_str().is_some_and(is_file)));
    match path {
        "sources.exclude" if files() => Some("[[targets]] exclude = {}"),
        _ => DIALECTS.iter().find(|(known, _)| *known == path).map(|(_, line)| *line),
    }
}

/// What to say of the key `path` of another dialect. A table of known keys is answered with a line for each.
pub(super) fn answer(path: &str, value: &DeValue<'_>, typed: &str) -> Option<(String, String)> {
    let instead = instead(path, value)?;
    let mut lines: Vec<(usize, String)> = value
        .as_table()
        .into_iter()
        .flatten()
        .filter_map(|(name, inner)| Some((name.span().start, of_one(&format!("{path}.{}", name.get_ref()), inner.get_ref())?)))
        .collect();
    lines.sort();
    if lines.is_empty() && !instead.is_empty() {
        lines.push((0, instead.replace("{}", one_line(typed))));
    }
    let lines: Vec<&str> = lines.iter().map(|(_, line)| line.as_str()).collect();
    let advice =
        if lines.is_empty() { "remove it: nothing is needed in its place".to_owned() } else { format!("write\n{}", by_section(&lines)) };
    Some((format!("`{path}` is of another dialect of jmake.toml and has no effect"), advice))
}

/// `[section] key = value` of each as it stands in a file, each section once.
fn by_section(lines: &[&str]) -> String {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in lines {
        let (section, key) = line.split_once(' ').unwrap_or((line, ""));
        match sections.iter_mut().find(|(known, _)| *known == section) {
            // Two keys of another dialect may mean one of this: TOML takes it once.
            Some((_, keys)) if keys.iter().any(|other| name(other) == name(key)) => {}
            Some((_, keys)) => keys.push(key),
            None => sections.push((section, vec![key])),
        }
    }
    let lines = sections.into_iter().flat_map(|(section, keys)| [section].into_iter().chain(keys));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn name(line: &str) -> &str {
    line.split(" = ").next().unwrap_or(line)
}

fn of_one(path: &str, value: &DeValue<'_>) -> Option<String> {
    let instead = instead(path, value)?;
    (!instead.is_empty()).then(|| instead.replace("{}", &shown(path, value)))
}

/// A value of another dialect as this one writes it.
fn shown(path: &str, value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if path == "compiler.optimization" => {
            format!("\"O{}\"", text.trim_start_matches('-').trim_start_matches('O'))
        }
        DeValue::Integer(number) if path == "compiler.optimization" => format!("\"O{}\"", number.as_str()),
        DeValue::String(text) => super::value::quoted(text),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Array(items) => {
            format!("[{}]", items.iter().map(|item| shown("", item.get_ref())).collect::<Vec<_>>().join(", "))
        }
        _ => "…".to_owned(),
    }
}

fn one_line(typed: &str) -> &str {
    if typed.contains('\n') { "…" } else { typed }
}

/// The key that is meant by `name`, a path or its last part.
pub(super) fn other_name(name: &str) -> Option<&'static str> {
    OTHER_NAMES.iter().find(|(other, _)| *other == name).map(|(_, right)| *right)
}
