//! Between what crosses the socket and what the engine means. Does not know sockets.

mod graph;
mod installing;
mod jobs;
mod neighbours;
mod requests;

use std::path::Path;

use crate::engine::config::check::Checked;
use crate::engine::config::problem::{Problem, Severity};
use crate::engine::discover::{Group, Language, TargetKind};
use crate::engine::explain::{Explained, Explanation, Fate, Link};
use crate::engine::path::FilePath;
use crate::engine::scan::binary::{BinaryFacts, BinaryKind};
use crate::engine::survey::Survey;
use crate::messages::orchestrator::Cleaned;
use crate::messages::supervisor::{ActorStanding, DaemonStanding};
use crate::wire::{
    ActorStatus, BecauseReply, BinaryReply, BuildStatus, CacheStatus, CheckReply, CleanReply, DaemonStatus, DiscoverReply, ExplainReply,
    ExplainedStep, Includes, LeftOutReply, PathText, ProblemReply, ProjectStatus, SettingReply, SourceReply, StatusReply, TargetReply,
    ToolReply, ToolchainReply,
};

pub(super) use self::graph::charted;
pub(super) use self::installing::{install, installed};
pub(super) use self::jobs::{
    built, functions, job_finished, job_graph, job_output, job_started, job_state, job_waiting, past_run, printed,
};
pub(super) use self::neighbours::failed_elsewhere;
pub(super) use self::requests::{build, project};

/// The answer to `check`.
pub(super) fn checked(checked: Checked, show_origin: bool) -> CheckReply {
    let general = checked.error.map(|error| ProblemReply {
        severity: "error".to_owned(),
        rendered: format!("error: {error}"),
        message: error,
        ..ProblemReply::default()
    });
    let problems: Vec<ProblemReply> = general.into_iter().chain(checked.problems.into_iter().map(problem)).collect();
    let count = |severity: &str| problems.iter().filter(|problem| problem.severity == severity).count();
    let rows = checked.rows.into_iter().filter(|_| show_origin);
    CheckReply {
        file: checked.file,
        errors: count("error"),
        warnings: count("warning"),
        problems,
        settings: rows.map(|row| SettingReply { key: row.key, value: row.value, origin: row.origin }).collect(),
    }
}

fn problem(problem: Problem) -> ProblemReply {
    ProblemReply {
        severity: if problem.severity == Severity::Error { "error" } else { "warning" }.to_owned(),
        rendered: problem.to_string(),
        file: Some(problem.file),
        line: Some(problem.line),
        column: Some(problem.column),
        message: problem.message,
        advice: problem.advice,
    }
}

/// The answer to `discover`.
pub(super) fn discovered(root: &Path, survey: Survey, binaries: Vec<(FilePath, BinaryFacts)>) -> DiscoverReply {
    let (discovery, library_kind) = (survey.discovery, survey.library_kind);
    let graph = discovery.includes.iter();
    let graph = graph.map(|(file, included)| Includes { file: path(file), includes: included.iter().map(path).collect() }).collect();
    let targets = discovery.targets.into_iter().map(|target| TargetReply {
        name: target.name,
        kind: target_kind(target.kind, library_kind).to_owned(),
        group: target.group.map(|group| group_name(group).to_owned()),
        main: target.main.map(|(file, _)| path(&file)),
        sources: target.sources.iter().map(path).collect(),
        why: target.why,
    });
    DiscoverReply {
        root: root.into(),
        sources: discovery
            .sources
            .iter()
            .map(|source| SourceReply { path: path(&source.path), language: language_name(source.language).to_owned() })
            .collect(),
        headers: discovery.headers.iter().map(path).collect(),
        include_dirs: discovery
            .include_dirs
            .iter()
            .map(|dir| if dir.as_bytes().is_empty() { path(&".".into()) } else { path(dir) })
            .collect(),
        binaries: binaries.into_iter().map(|(file, facts)| binary(&file, facts)).collect(),
        targets: targets.collect(),
        graph,
        left_out: discovery.left_out.into_iter().map(|left| LeftOutReply { path: path(&left.path), why: left.why }).collect(),
        notes: survey.notes.into_iter().chain(discovery.notes).collect(),
    }
}

fn binary(file: &FilePath, facts: BinaryFacts) -> BinaryReply {
    BinaryReply {
        path: path(file),
        kind: binary_kind(facts.kind).to_owned(),
        architecture: facts.architecture.unwrap_or_default(),
        soname: facts.soname,
        needed: facts.needed,
        symbols: facts.exports,
    }
}

/// So many steps of an explanation are told one by one.
const EXPLAINED: usize = 2000;

/// The answer to `explain`.
pub(super) fn explained(found: Explanation) -> ExplainReply {
    let count = |of: fn(&Fate) -> bool| u32::try_from(found.steps.iter().filter(|step| of(&step.fate)).count()).unwrap_or(u32::MAX);
    ExplainReply {
        read: found.read,
        total: count(|_| true),
        run: count(|fate| matches!(fate, Fate::Run(_))),
        restore: count(|fate| matches!(fate, Fate::Restored(_))),
        steps: told(&found.steps).map(explained_step).collect(),
        subject: found.subject,
        notes: found.notes,
    }
}

/// What was asked about comes last, and is told in any case.
fn told(steps: &[Explained]) -> impl Iterator<Item = &Explained> {
    let worth = steps.iter().filter(|step| step.asked || !matches!(step.fate, Fate::UpToDate(_)));
    let surplus = worth.clone().count().saturating_sub(EXPLAINED);
    worth.skip(surplus)
}

fn explained_step(step: &Explained) -> ExplainedStep {
    let (fate, because) = match &step.fate {
        Fate::UpToDate(_) => ("up_to_date", Vec::new()),
        Fate::Restored(cause) => ("restore", cause.links()),
        Fate::Run(cause) => ("run", cause.links()),
    };
    let link = |link: Link| BecauseReply { step: link.step, what: link.what, includes: link.includes.iter().map(path).collect() };
    ExplainedStep {
        kind: step.kind,
        label: step.label.clone(),
        target: step.target.clone(),
        output: step.output.as_ref().map(path),
        fate: fate.to_owned(),
        why: step.fate.to_string(),
        because: because.into_iter().map(link).collect(),
    }
}

/// The answer to `clean`.
pub(super) fn cleaned(cleaned: Cleaned) -> CleanReply {
    let kept = cleaned.kept.into_iter().map(|(file, why)| LeftOutReply { path: path(&file), why });
    CleanReply { removed: cleaned.removed.iter().map(path).collect(), kept: kept.collect() }
}

/// The answer to `status`.
pub(super) fn status(standing: DaemonStanding, socket: &Path) -> StatusReply {
    let process = crate::edge::own_process::read();
    let builds = standing.projects.iter().flat_map(|(root, project)| {
        project.builds.iter().map(move |(build, client_pid)| BuildStatus {
            build: build.0,
            root: root.as_path().into(),
            client_pid: *client_pid,
        })
    });
    StatusReply {
        why: None,
        daemon: Some(DaemonStatus {
            pid: process.pid,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_s: standing.uptime.as_secs(),
            socket: socket.into(),
            rss_kb: process.rss_kb,
        }),
        actors: standing.actors.iter().map(actor).collect(),
        builds: builds.collect(),
        projects: standing
            .projects
            .iter()
            .map(|(root, project)| ProjectStatus {
                root: root.as_path().into(),
                generation: project.generation,
                watching: project.watching,
                steps: u32::try_from(project.steps).unwrap_or(u32::MAX),
            })
            .collect(),
        caches: standing
            .caches
            .iter()
            .map(|cache| CacheStatus {
                name: cache.name.to_owned(),
                entries: cache.entries as u64,
                capacity: cache.capacity as u64,
                hits: cache.hits,
                misses: cache.misses,
            })
            .collect(),
    }
}

fn actor(standing: &ActorStanding) -> ActorStatus {
    ActorStatus { name: standing.name.clone(), state: standing.state.to_owned(), restarts: standing.restarts, mailbox: standing.mailbox }
}

/// One install in the answer to `tools`.
pub(super) fn toolchain(toolchain: &crate::engine::cxx::toolchain::Install, selected: bool) -> ToolchainReply {
    ToolchainReply {
        selected,
        version: toolchain.version.to_string(),
        bin_dir: path(&toolchain.bin_dir),
        triple: toolchain.triple.clone(),
        origin: toolchain.origin.clone(),
        tools: toolchain.tools.iter().map(|(name, tool)| ToolReply { name: name.clone(), path: path(tool) }).collect(),
    }
}

fn path(path: &FilePath) -> PathText {
    path.as_path().into()
}

fn target_kind(kind: TargetKind, library_kind: &str) -> &str {
    match kind {
        TargetKind::Executable => "executable",
        TargetKind::Library => library_kind,
        TargetKind::SharedLibrary => "shared_library",
        TargetKind::StaticLibrary => "static_library",
        TargetKind::Plugin => "plugin",
        TargetKind::Headers => "headers",
        TargetKind::Objects => "objects",
    }
}

fn binary_kind(kind: BinaryKind) -> &'static str {
    match kind {
        BinaryKind::Executable => "executable",
        BinaryKind::SharedLibrary => "shared_library",
        BinaryKind::StaticLibrary => "static_library",
        BinaryKind::Object => "object",
        BinaryKind::Bitcode => "bitcode",
    }
}

fn group_name(group: Group) -> &'static str {
    match group {
        Group::Test => "test",
        Group::Example => "example",
        Group::Benchmark => "benchmark",
        Group::Fuzzer => "fuzzer",
        Group::Tool => "tool",
    }
}

fn language_name(language: Language) -> &'static str {
    match language {
        Language::C => "c",
        Language::Cxx => "c++",
        Language::Assembler => "assembler",
        Language::AssemblerWithCpp => "assembler-with-cpp",
    }
}
