//! All functions that jobs can run, with what they take and give. Does not know how one is carried out.

use super::Call;
use super::{Field, Function, Parameter, field, function, parameter, required};
use crate::engine::jobs::values::Kind;

const PATH: Parameter = parameter("path", Kind::Text, "{{project.root}}", "The project; a queue is about its own.");
const CONFIG: Parameter = parameter("config", Kind::Text, "{{config_path}}", "The settings; a queue is about those of its own project.");
const FORCE: Parameter = parameter("force", Kind::Truth, "false", "Records and caches are ignored.");
const AFRESH: Parameter =
    parameter("force", Kind::Truth, "false", "What the settings list is looked for all the same, and `cached` is false.");
const TARGETS: Parameter = parameter("targets", Kind::Texts, "[]", "What is built; nothing: what `jmake build` builds.");
const IR_OUTPUT: Parameter = required("output", Kind::Text, "The file to make, in the project; text if it ends in `.ll`.");
const IR_PATH: Parameter = required("ir_path", Kind::Text, "The file.");
const SECTION: Parameter = required("section", Kind::Text, "The table, such as `link` or `custom.mine`.");

const CACHED: Field = field("cached", Kind::Truth, "Nothing had changed since it was last looked at.");
const OUTPUT: &[Field] = &[field("output", Kind::Text, "The file that was made.")];
const FILES: Field = field("files", Kind::Table, "`cpp_sources`, `cpp_headers`, `c_sources` and `c_headers`, from the root.");
const INCLUDE_DIRS: Field = field("include_dirs", Kind::Texts, "The directories, from the root.");
const CACHES: Field = field("caches", Kind::Table, "By name: `entries`, `capacity`, `hits`, `misses`.");

const BUILD: &[Parameter] = &[PATH, CONFIG, FORCE, TARGETS];
const PROJECT: &[Parameter] = &[
    PATH,
    CONFIG,
    FORCE,
    parameter("force_discovery", Kind::Truth, "false", "What the settings list is looked for all the same, for `results.discovery`."),
    parameter("force_compile", Kind::Truth, "false", "As `force`."),
    TARGETS,
];
const BUILT: &[Field] = &[
    field("library_path", Kind::Text, "The library that was built; the first artifact, if there is none."),
    field("artifacts", Kind::Texts, "All that was built."),
    field("elapsed_time", Kind::Decimal, "Seconds."),
    field("compile_stats", Kind::Table, "Steps: `total`, `ran`, `cached`, `up_to_date`."),
    field(
        "stages",
        Kind::Table,
        "`compile`, `optimize`, `object` and `link` with the steps that `ran` or were `cached`, and the `library`.",
    ),
    field(
        "results",
        Kind::Table,
        "`discovery`: the files, where they were looked for; `setup`: the settings' file; `compilation`: `compile_stats`.",
    ),
    field("stage", Kind::Text, "`complete`; a build that fails has no result, and the job fails."),
];

/// All functions.
pub const FUNCTIONS: &[Function] = &[
    function(Call::Command, "command", "Runs a program, without a shell unless `shell` asks for one.")
        .takes(&[
            required("argv", Kind::Texts, "The program and its arguments; a list among them counts as its items. Not needed with `shell`."),
            parameter(
                "shell",
                Kind::TextOrTruth,
                "false",
                "A line for `/bin/sh -c`, of which `argv` are `$1`, `$2` and so on; true: that line is the first of `argv`.",
            ),
        ])
        .gives(
            &[
                field("stdout", Kind::Text, "What it printed, without newlines at its end."),
                field("stderr", Kind::Text, "What it complained of."),
                field("exit_code", Kind::Number, "0: with another one the job fails."),
                field("truncated", Kind::Truth, "It printed more than the MiB that is kept."),
            ],
            "stdout",
        ),
    function(Call::ScanFiles, "scan_files", "Finds the files of the project, by kind.").takes(&[PATH, AFRESH]).gives(
        &[
            FILES,
            field("results", Kind::Table, "The same, and `total_files`."),
            field("total", Kind::Number, "How many."),
            field("total_files", Kind::Number, "How many, as the original calls it."),
            field("summary", Kind::Table, "How many of each kind."),
            CACHED,
        ],
        "files",
    ),
    function(Call::DetectBinaries, "detect_binaries", "Finds compiled files that no build of the project makes.")
        .takes(&[PATH, AFRESH])
        .gives(
            &[
                field("binaries", Kind::Tables, "Each with `path`, `name`, `type` and `size`."),
                field("by_kind", Kind::Table, "`executables`, `static_libs` and `shared_libs`, as `discovery.binaries` has them."),
                field("count", Kind::Number, "How many."),
                CACHED,
            ],
            "by_kind",
        ),
    function(Call::BuildIncludeDirs, "build_include_dirs", "Infers the directories that the project's includes are found in.")
        .takes(&[PATH, parameter("files", Kind::Any, "", "What `scan_files` found; the project is asked either way.")])
        .gives(&[INCLUDE_DIRS], "include_dirs"),
    function(Call::DiscoverProject, "discover_project", "Finds files, binaries, include directories and targets.")
        .takes(&[PATH, AFRESH])
        .gives(
            &[
                FILES,
                INCLUDE_DIRS,
                field("targets", Kind::Texts, "The names of what a build makes."),
                field("results", Kind::Table, "`scan`, `binaries` and `include_dirs`, as the functions for each have them."),
                CACHED,
            ],
            "files",
        ),
    function(Call::WalkAstDependencies, "walk_ast_dependencies", "Says what each file includes, and what it declares, as clang reads it.")
        .takes(&[PATH, parameter("include_dirs", Kind::Texts, "[]", "Where includes are looked for, too."), FORCE])
        .gives(
            &[
                field("graph", Kind::Table, "As `discovery.dependency_graph_file` has it."),
                field("nodes", Kind::Texts, "The files."),
                field("edges", Kind::Tables, "Each with `from` and `to`."),
                field("cached", Kind::Truth, "All of it was known."),
                field("errors", Kind::Tables, "What clang found wrong: `file`, `line`, `message`."),
            ],
            "graph",
        ),
    function(Call::GetTool, "get_tool", "The path of one LLVM tool.")
        .takes(&[required("tool", Kind::Text, "Its name, such as `llvm-link` or `llvm_link`.")])
        .gives(&[field("tool", Kind::Text, "Its name."), field("path", Kind::Text, "Where it is.")], "path"),
    function(Call::GetAllTools, "get_all_tools", "The paths of all LLVM tools of the toolchain that builds use.")
        .gives(&[field("tools", Kind::Table, "By name."), field("count", Kind::Number, "How many.")], "tools"),
    function(Call::CreateStructure, "create_structure", "Makes the directories that a project of a type has, where they are missing.")
        .takes(&[PATH, parameter("type", Kind::Choice(PROJECT_TYPES), "cpp_project", "`cpp_project`, `lib_project` or `binary_project`.")])
        .gives(
            &[
                field("created_dirs", Kind::Texts, "Directories that were not there."),
                field("created_files", Kind::Texts, "Files that were not there."),
                field("project_type", Kind::Text, "The type."),
                field("output_dir", Kind::Text, "Where IR goes, as `compile.output_dir` has it."),
            ],
            "output_dir",
        ),
    function(
        Call::GenerateConfig,
        "generate_config",
        "Fills what is missing in the settings, as `jmake complete` does; makes the file if there is none.",
    )
    .takes(&[
        PATH,
        parameter("force", Kind::Truth, "false", "What was found before is looked for again, as by `jmake complete --refresh`."),
        parameter("discovery_results", Kind::Any, "", "What was found; the project is asked either way."),
    ])
    .gives(
        &[
            field("config_path", Kind::Text, "The file."),
            field("config", Kind::Table, "What it says now."),
            field("filled", Kind::Texts, "The keys that were filled."),
            field("cached", Kind::Truth, "Nothing was missing."),
        ],
        "config_path",
    ),
    function(Call::ValidateConfig, "validate_config", "Says what is wrong with the settings.")
        .takes(&[CONFIG, parameter("strict", Kind::Truth, "false", "The job fails if anything is wrong.")])
        .gives(
            &[
                field("valid", Kind::Truth, "Nothing is wrong; warnings do not count."),
                field("issues", Kind::Texts, "All that is wrong, and all warnings."),
                field("config", Kind::Table, "The settings."),
            ],
            "valid",
        ),
    function(Call::UpdateConfig, "update_config", "Writes values into a table of the settings, all of them or none.")
        .takes(&[CONFIG, SECTION, required("data", Kind::Table, "Its keys and values.")])
        .gives(&[field("updated", Kind::Texts, "The keys.")], ""),
    function(Call::GetConfigSection, "get_config_section", "The values of a table of the settings.")
        .takes(&[CONFIG, SECTION])
        .gives(&[field("data", Kind::Table, "Its keys and values, also those that are not typed but count.")], "data"),
    function(Call::CompileParallel, "compile_parallel", "Compiles the project's sources to LLVM IR that can be optimised.")
        .takes(&[PATH, CONFIG, FORCE])
        .gives(
            &[
                field("ir_files", Kind::Texts, "The IR of each source."),
                field("results", Kind::Tables, "For each: `source`, `output`, `success`, `cached`."),
                field("total", Kind::Number, "How many."),
                field("success_count", Kind::Number, "How many there are now."),
                field("failed_count", Kind::Number, "0: if a source fails, so does the job."),
                field("cached_count", Kind::Number, "How many were there, or were kept from another build."),
            ],
            "ir_files",
        ),
    function(Call::LinkIr, "link_ir", "Joins files of LLVM IR into one, by llvm-link.")
        .takes(&[required("ir_files", Kind::Texts, "The files."), IR_OUTPUT, tool("llvm_link", "llvm-link")])
        .gives(OUTPUT, "output"),
    function(Call::OptimizeIr, "optimize_ir", "Optimises a file of LLVM IR, by opt.")
        .takes(&[IR_PATH, IR_OUTPUT, parameter("opt_level", Kind::Choice(LEVELS), "O2", "`O0` to `O3`, `Os` or `Oz`."), tool("opt", "opt")])
        .gives(OUTPUT, "output"),
    function(Call::CompileToObject, "compile_to_object", "Compiles a file of LLVM IR to position-independent machine code, by llc.")
        .takes(&[IR_PATH, required("output", Kind::Text, "The object to make, in the project."), tool("llc", "llc")])
        .gives(OUTPUT, "output"),
    function(Call::LinkSharedLibrary, "link_shared_library", "Links objects into a shared library, by clang++.")
        .takes(&[
            required("object_files", Kind::Texts, "The objects."),
            required("output", Kind::Text, "The library to make, in the project."),
            parameter("libraries", Kind::Texts, "[]", "Libraries to link with, without `-l`."),
            parameter("lib_dirs", Kind::Texts, "[]", "Where these are looked for (`-L`)."),
            parameter("rpath", Kind::Texts, "[]", "Where these are looked for when programs run; `$ORIGIN` is where the library is."),
            tool("clang", "clang++"),
        ])
        .gives(OUTPUT, "output"),
    function(Call::BuildProject, "build_project", "Finds the project's files and builds it.").takes(PROJECT).gives(BUILT, "library_path"),
    function(Call::Build, "compile_full_pipeline", "Builds the project: compiles, optimises and links.")
        .takes(BUILD)
        .gives(BUILT, "library_path"),
    function(Call::Build, "incremental_build", "Builds what changed, as every build does.").takes(BUILD).gives(BUILT, "library_path"),
    function(Call::Build, "quick_compile", "Builds the project, as `incremental_build` does.").takes(BUILD).gives(BUILT, "library_path"),
    function(Call::CleanBuild, "clean_build", "Removes what builds made, and builds the project.")
        .takes(PROJECT)
        .gives(BUILT, "library_path"),
    function(
        Call::WatchAndBuild,
        "watch_and_build",
        "Builds now and whenever a file changes, until the job's timeout, which is its end and no failure, or until it is cancelled.",
    )
    .takes(&[
        PATH,
        CONFIG,
        parameter("interval", Kind::Any, "", "Seconds between looks in the original; changes are heard of at once."),
        TARGETS,
    ])
    .gives(
        &[
            field("stopped", Kind::Truth, "True: its time was over."),
            field("builds", Kind::Number, "How many builds ended."),
            field("failed_builds", Kind::Number, "How many of them failed."),
        ],
        "stopped",
    ),
    function(Call::GetStats, "get_stats", "How the daemon does.")
        .gives(&[field("stats", Kind::Table, "`uptime_s`, `actors` by name, `caches` by name, `projects` by root."), CACHES], "stats"),
    function(Call::CacheStats, "cache_stats", "How the daemon's caches do, as `jmake status` says.").gives(&[CACHES], "caches"),
    function(Call::ClearCaches, "clear_caches", "Empties the daemon's caches in memory; what builds made stays.")
        .gives(&[field("cleared", Kind::Table, "By name: how many entries there were.")], "cleared"),
    function(Call::CheckDaemons, "check_daemons", "Whether all actors of the daemon run.").gives(
        &[field("all_running", Kind::Truth, "All do."), field("daemons", Kind::Table, "By name: `running` and `restarts`.")],
        "all_running",
    ),
];

/// Kinds of projects that `create_structure` knows.
pub const PROJECT_TYPES: &[&str] = &["cpp_project", "lib_project", "binary_project"];
/// How much `opt` does.
pub const LEVELS: &[&str] = &["O0", "O1", "O2", "O3", "Os", "Oz"];

const fn tool(name: &'static str, usual: &'static str) -> Parameter {
    parameter(name, Kind::Text, usual, "The program: a name in the toolchain, or a path.")
}
