//! What a job can run: each function with its arguments and its result. Does not know how one is carried out.

use super::values::Kind;

/// One function.
#[derive(Debug, Eq, PartialEq)]
pub struct Function {
    /// Which.
    pub call: Call,
    /// As `callback` names it.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    /// What it takes.
    pub parameters: &'static [Parameter],
    /// The fields of its result beside `success`.
    pub results: &'static [&'static str],
    /// The one of them that `target_section` receives; empty: there is none.
    pub primary: &'static str,
}

/// One argument that a function takes.
#[derive(Debug, Eq, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// It has to be given.
    pub required: bool,
    /// What it is for, in a sentence.
    pub doc: &'static str,
}

/// The functions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "FUNCTIONS documents each")]
pub enum Call {
    Command,
    ScanFiles,
    DetectBinaries,
    BuildIncludeDirs,
    DiscoverProject,
    WalkAstDependencies,
    GetTool,
    GetAllTools,
    CreateStructure,
    ValidateConfig,
    UpdateConfig,
    GetConfigSection,
    CompileParallel,
    LinkIr,
    OptimizeIr,
    CompileToObject,
    LinkSharedLibrary,
    BuildProject,
    CleanBuild,
}

const fn parameter(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter { name, kind, required: false, doc }
}

const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Parameter {
    Parameter { name, kind, required: true, doc }
}

const PATH: Parameter = parameter("path", Kind::Text, "The project: that of the queue.");
const CONFIG: Parameter = parameter("config", Kind::Text, "The settings: those of the queue's project.");
const FORCE: Parameter = parameter("force", Kind::Truth, "Records and caches are ignored.");
const IR_OUTPUT: Parameter = required("output", Kind::Text, "The file to make; text if it ends in `.ll`.");
const BUILD: &[Parameter] = &[PATH, CONFIG, FORCE, parameter("targets", Kind::Texts, "What is built; nothing: what `jmake build` builds.")];
const BUILT: &[&str] = &["library_path", "artifacts", "elapsed_time", "compile_stats"];

const fn function(call: Call, name: &'static str, doc: &'static str) -> Function {
    Function { call, name, doc, parameters: &[], results: &[], primary: "" }
}

impl Function {
    const fn takes(self, parameters: &'static [Parameter]) -> Self {
        Self { parameters, ..self }
    }

    const fn gives(self, results: &'static [&'static str], primary: &'static str) -> Self {
        Self { results, primary, ..self }
    }

    /// The parameter `name`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// All functions.
pub const FUNCTIONS: &[Function] = &[
    function(Call::Command, "command", "Runs a program, without a shell.")
        .takes(&[required("argv", Kind::Texts, "The program and its arguments; a list among them counts as its items.")])
        .gives(&["stdout", "stderr", "exit_code", "truncated"], "stdout"),
    function(Call::ScanFiles, "scan_files", "Finds the files of the project, by kind.")
        .takes(&[PATH])
        .gives(&["files", "results", "total"], "files"),
    function(Call::DetectBinaries, "detect_binaries", "Finds compiled files that no build of the project makes.")
        .takes(&[PATH])
        .gives(&["binaries", "count"], "binaries"),
    function(Call::BuildIncludeDirs, "build_include_dirs", "Infers the directories that the project's includes are found in.")
        .takes(&[PATH, parameter("files", Kind::Any, "What `scan_files` found; the project is asked either way.")])
        .gives(&["include_dirs"], "include_dirs"),
    function(Call::DiscoverProject, "discover_project", "Finds files, include directories and targets.")
        .takes(&[PATH, FORCE])
        .gives(&["files", "include_dirs", "targets"], "files"),
    function(Call::WalkAstDependencies, "walk_ast_dependencies", "Says what each file includes, and what it declares, as clang reads it.")
        .takes(&[PATH, parameter("include_dirs", Kind::Texts, "Where includes are looked for, too."), FORCE])
        .gives(&["graph", "nodes", "edges", "cached", "errors"], "graph"),
    function(Call::GetTool, "get_tool", "The path of one LLVM tool.")
        .takes(&[required("tool", Kind::Text, "Its name.")])
        .gives(&["tool", "path"], "path"),
    function(Call::GetAllTools, "get_all_tools", "The paths of all LLVM tools of the toolchain that builds use.")
        .gives(&["tools", "count"], "tools"),
    function(Call::CreateStructure, "create_structure", "Makes the directories that a project of a type has, where they are missing.")
        .takes(&[PATH, parameter("type", Kind::Text, "`cpp_project`, `lib_project` or `binary_project`.")])
        .gives(&["created_dirs", "output_dir"], "output_dir"),
    function(Call::ValidateConfig, "validate_config", "Says what is wrong with the settings; fails if anything is.")
        .takes(&[CONFIG])
        .gives(&["valid", "issues"], "valid"),
    function(Call::UpdateConfig, "update_config", "Writes values into a table of the settings.")
        .takes(&[CONFIG, required("section", Kind::Text, "The table."), required("data", Kind::Table, "Its keys and values.")])
        .gives(&["updated"], ""),
    function(Call::GetConfigSection, "get_config_section", "The values of a table of the settings.")
        .takes(&[CONFIG, required("section", Kind::Text, "The table.")])
        .gives(&["data"], "data"),
    function(Call::CompileParallel, "compile_parallel", "Compiles the project's sources to LLVM IR.")
        .takes(&[PATH, CONFIG, FORCE])
        .gives(&["ir_files", "total"], "ir_files"),
    function(Call::LinkIr, "link_ir", "Joins files of LLVM IR into one, by llvm-link.")
        .takes(&[required("ir_files", Kind::Texts, "The files."), IR_OUTPUT])
        .gives(&["output"], "output"),
    function(Call::OptimizeIr, "optimize_ir", "Optimises a file of LLVM IR, by opt.")
        .takes(&[
            required("ir_path", Kind::Text, "The file."),
            IR_OUTPUT,
            parameter("opt_level", Kind::Text, "`O0` to `O3`, `Os` or `Oz`; `O2` unless said."),
        ])
        .gives(&["output"], "output"),
    function(Call::CompileToObject, "compile_to_object", "Compiles a file of LLVM IR to position-independent machine code, by llc.")
        .takes(&[required("ir_path", Kind::Text, "The file."), required("output", Kind::Text, "The object to make.")])
        .gives(&["output"], "output"),
    function(Call::LinkSharedLibrary, "link_shared_library", "Links objects into a shared library, by clang++.")
        .takes(&[
            required("object_files", Kind::Texts, "The objects."),
            required("output", Kind::Text, "The library to make."),
            parameter("libraries", Kind::Texts, "Libraries to link with, without `-l`."),
        ])
        .gives(&["output"], "output"),
    function(Call::BuildProject, "build_project", "Builds the project.").takes(BUILD).gives(BUILT, "library_path"),
    function(Call::BuildProject, "compile_full_pipeline", "Builds the project, as `build_project` does.")
        .takes(BUILD)
        .gives(BUILT, "library_path"),
    function(Call::BuildProject, "incremental_build", "Builds the project, as `build_project` does.")
        .takes(BUILD)
        .gives(BUILT, "library_path"),
    function(Call::BuildProject, "quick_compile", "Builds the project, as `build_project` does.").takes(BUILD).gives(BUILT, "library_path"),
    function(Call::CleanBuild, "clean_build", "Removes what builds made, and builds the project.")
        .takes(BUILD)
        .gives(BUILT, "library_path"),
];

/// The function `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_there_once_and_the_primary_value_is_a_result() {
        for (at, function) in FUNCTIONS.iter().enumerate() {
            assert!(FUNCTIONS[..at].iter().all(|other| other.name != function.name), "{}", function.name);
            assert!(function.primary.is_empty() || function.results.contains(&function.primary), "{}", function.name);
            assert!(function.doc.ends_with('.') && function.parameters.iter().all(|p| p.doc.ends_with('.')), "{}", function.name);
        }
    }
}
