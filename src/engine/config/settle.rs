//! Settings from merged values. Does not know where a value came from.

use super::merge::{Layers, Request};
use super::merged::{Merged, relative};
use super::options::{EnvironmentFlags, Options, Platform, Visibility, Warnings};
use super::raw::Raw;
use super::settings::{DiscoverySettings, Emit, LastStage, LibraryType, Lto, Settings};
use super::targets::{Dependency, FileRule, InstallSettings, Kind, LibraryVersion, TargetSettings, TestSettings};
use super::tools;
use super::value::Table;

/// What settings are made of.
pub(super) struct Parts<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) layers: &'a Layers<'a>,
    pub(super) project: &'a Raw,
    pub(super) profile_flags: &'a [(String, Vec<String>)],
    pub(super) environment: EnvironmentFlags,
}

pub(super) fn settle(parts: &Parts<'_>) -> Settings {
    let (request, merged) = (parts.request, &parts.layers.merged(None));
    let profile = request.profile;
    let library_name = merged.text("binary.library_name").unwrap_or_default();
    let implied = std::path::Path::new(&library_name).extension().is_some_and(|e| e == "a").then_some(LibraryType::Static);
    let library_type = match merged.text("binary.library_type").as_deref() {
        Some("shared") => Some(LibraryType::Shared),
        Some("static") => Some(LibraryType::Static),
        _ => implied,
    };
    Settings {
        name: merged.text("project.name").unwrap_or_else(|| request.root_name.to_owned()),
        version: merged.text("project.version"),
        description: merged.text("project.description"),
        allow_outside: merged.truth("project.allow_outside"),
        profile: profile.to_owned(),
        options: options(parts, merged),
        targets: parts.project.targets.iter().map(|table| target(parts, table)).collect(),
        files: parts.project.files.iter().map(file_rule).collect(),
        dependencies: dependencies(merged, parts.project),
        discovery: discovery(merged, profile),
        extra_sources: merged.paths("compile.extra_sources"),
        emit: Emit {
            ir: merged.truth("compile.emit_ir"),
            bitcode: merged.truth("compile.emit_bc"),
            dir: merged.path("compile.output_dir", profile),
            linked_dir: merged.path("link.output_dir", profile),
        },
        library_name,
        library_type,
        library_version: LibraryVersion { soname: merged.text("binary.soname"), version: merged.text("binary.version") },
        export_list: merged.texts("symbols.export_list"),
        output_dir: merged.path("binary.output_dir", profile),
        llvm_root: merged.path("llvm.root", profile),
        llvm_version: merged.text("llvm.version"),
        llvm_tools: tools::named(merged.pairs("llvm.tools")),
        choose_llvm: merged.truth("llvm.use_jmake_llvm"),
        test: tests(merged),
        install: install(merged),
        use_store: merged.truth("cache.enabled"),
        workers: workers(merged),
        last_stage: last_stage(&merged.texts("workflow.stages")),
        keep_going: !merged.truth("workflow.stop_on_error"),
        on_success: merged.texts("hooks.on_success"),
        on_failure: merged.texts("hooks.on_failure"),
        staged: false,
        build_dir: request.build_dir.clone(),
    }
}

fn options(parts: &Parts<'_>, merged: &Merged) -> Options {
    let optimize = merged.truth("link.optimize");
    Options {
        std: merged.text("compile.std"),
        c_std: merged.text("compile.c_std"),
        warnings: warnings(merged),
        warnings_as_errors: merged.truth("compile.warnings_as_errors"),
        sanitizers: once(merged.texts("compile.sanitizers")),
        coverage: merged.truth("compile.coverage"),
        visibility: match merged.text("compile.visibility").as_deref() {
            Some("hidden") => Visibility::Hidden,
            _ => Visibility::Default,
        },
        profile_flags: parts.profile_flags.iter().flat_map(|(_, flags)| flags.iter().cloned()).collect(),
        opt_level: merged.text("link.opt_level").filter(|_| optimize),
        flags: merged.texts("compile.flags"),
        defines: merged.pairs("compile.defines"),
        include_dirs: merged.paths("compile.include_dirs"),
        link_flags: merged.texts("link.flags"),
        link_libraries: merged.texts("binary.link_libraries").iter().map(|l| l.strip_prefix("-l").unwrap_or(l).to_owned()).collect(),
        lib_dirs: merged.paths("binary.lib_dirs"),
        rpath: merged.truth("binary.rpath"),
        lto: match merged.text("link.lto").as_deref() {
            Some("thin") => Lto::Thin,
            Some("full") => Lto::Full,
            _ => Lto::Off,
        },
        opt_passes: if optimize { merged.texts("link.opt_passes") } else { Vec::new() },
        allow_undefined: merged.truth("link.allow_undefined"),
        platform: platform(merged),
        environment: parts.environment.clone(),
    }
}

fn warnings(merged: &Merged) -> Warnings {
    match merged.text("compile.warnings").as_deref() {
        Some("none") => Warnings::None,
        Some("all") => Warnings::All,
        Some("extra") => Warnings::Extra,
        Some("everything") => Warnings::Everything,
        _ => Warnings::Default,
    }
}

fn platform(merged: &Merged) -> Platform {
    Platform {
        triple: merged.text("target.triple"),
        cpu: merged.text("target.cpu").filter(|cpu| cpu != "generic"),
        features: merged.texts("target.features"),
        sysroot: merged.text("target.sysroot").map(|path| relative(&path)),
    }
}

/// Each once, the first time.
fn once(mut texts: Vec<String>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    texts.retain(|text| seen.insert(text.clone()));
    texts
}

fn discovery(merged: &Merged, profile: &str) -> DiscoverySettings {
    let depth = merged.number("discovery.max_depth").map(|depth| depth as u32);
    let lists = ["discovery.files.cpp_sources", "discovery.files.c_sources"].map(|path| merged.list(path));
    let listed = lists.iter().any(Option::is_some) || !merged.truth("discovery.enabled");
    let files = lists.into_iter().flatten().flatten().map(|path| relative(&path)).collect();
    DiscoverySettings {
        max_depth: if merged.truth("discovery.scan_recursive") { depth } else { Some(0) },
        exclude_dirs: merged.texts("discovery.exclude_dirs"),
        include_patterns: merged.texts("discovery.include_patterns"),
        follow_symlinks: merged.truth("discovery.follow_symlinks"),
        files: listed.then_some(files),
        include_dirs: merged
            .list("discovery.include_dirs")
            .map(|dirs| dirs.iter().map(|dir| relative(&dir.replace("{profile}", profile))).collect()),
        graph_file: merged.text("discovery.dependency_graph_file").filter(|path| !path.is_empty()).map(|path| relative(&path)),
        graph_declarations: merged.truth("discovery.parse_ast"),
        test_dir: merged.path("test.test_dir", profile).filter(|dir| !dir.as_bytes().is_empty()),
    }
}

fn dependencies(merged: &Merged, project: &Raw) -> Vec<Dependency> {
    let installed = merged.texts("dependencies.pkg_config").into_iter().map(Dependency::PkgConfig);
    installed.chain(project.dependencies.iter().map(|(dependency, ..)| dependency.clone())).collect()
}

fn tests(merged: &Merged) -> TestSettings {
    TestSettings {
        args: merged.texts("test.args"),
        env: merged.pairs("test.env"),
        timeout_s: merged.number("test.timeout_s"),
        working_dir: merged.text("test.working_dir").map(|path| relative(&path)),
        runner: merged.texts("test.runner"),
    }
}

fn install(merged: &Merged) -> InstallSettings {
    InstallSettings {
        prefix: merged.text("install.prefix").map(|path| relative(&path)),
        headers: merged.list("install.headers"),
        include_dir: merged.text("install.include_dir"),
        lib_dir: merged.text("install.lib_dir"),
        bin_dir: merged.text("install.bin_dir"),
        pkg_config: merged.truth_given("install.pkg_config"),
    }
}

/// A stage that comes later, or is not known, asks for all that comes before it.
fn last_stage(stages: &[String]) -> LastStage {
    let all_of = |early: &[&str]| !stages.is_empty() && stages.iter().all(|stage| early.contains(&stage.as_str()));
    match (all_of(&["discovery"]), all_of(&["discovery", "compile"])) {
        (true, _) => LastStage::Discovery,
        (_, true) => LastStage::Compile,
        _ => LastStage::Link,
    }
}

fn workers(merged: &Merged) -> Option<u32> {
    let one = (!merged.truth("compile.parallel")).then_some(1);
    merged.number("daemon.workers").map(|number| number as u32).or(one)
}

fn target(parts: &Parts<'_>, table: &Table) -> TargetSettings {
    let merged = parts.layers.merged(Some(table));
    let text = |key: &str| table.text(&format!("targets.{key}")).map(ToOwned::to_owned);
    let texts = |key: &str| table.texts(&format!("targets.{key}")).unwrap_or_default().to_vec();
    TargetSettings {
        name: text("name").unwrap_or_default(),
        kind: kind(table),
        sources: texts("sources"),
        exclude: texts("exclude"),
        depends: texts("depends"),
        options: options(parts, &merged),
        public_include_dirs: texts("public_include_dirs").iter().map(|path| relative(path)).collect(),
        public_defines: table.pairs("targets.public_defines"),
        output_name: text("output_name"),
        output_dir: text("output_dir").map(|dir| relative(&dir.replace("{profile}", parts.request.profile))),
        library: LibraryVersion { soname: text("soname"), version: text("version") },
        export_list: texts("export_list"),
        test: tests(&merged),
        install: table.truth("targets.install"),
        default: table.truth("targets.default"),
    }
}

/// What the target of `table` becomes.
pub(super) fn kind(table: &Table) -> Kind {
    match table.text("targets.kind") {
        Some("shared") => Kind::SharedLibrary,
        Some("static") => Kind::StaticLibrary,
        Some("plugin") => Kind::Plugin,
        Some("headers") => Kind::Headers,
        Some("objects") => Kind::Objects,
        Some("test") => Kind::Test,
        Some("example") => Kind::Example,
        Some("benchmark") => Kind::Benchmark,
        _ => Kind::Executable,
    }
}

fn file_rule(table: &Table) -> FileRule {
    let texts = |key: &str| table.texts(key).unwrap_or_default().to_vec();
    FileRule { patterns: texts("files.match"), flags: texts("files.flags"), defines: table.pairs("files.defines") }
}
