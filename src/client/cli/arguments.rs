//! What single commands take. Does not know which commands there are.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which project, seen how.
#[derive(Args, Clone, Debug, Default)]
pub struct ProjectFlags {
    /// Where results go, instead of `build`
    #[arg(short = 'B', long, value_name = "DIR")]
    pub build_dir: Option<PathBuf>,
    /// dev, release or a profile of jmake.toml [default: dev]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The LLVM to use: a version such as 19, or a path
    #[arg(long, value_name = "VERSION|PATH")]
    pub toolchain: Option<String>,
    /// Discover the sources even if there is another build description
    #[arg(long)]
    pub native: bool,
}

/// How to build.
#[derive(Args, Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct BuildFlags {
    /// Steps at once [default: the processors we may use]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: Option<u32>,
    /// After a failure, go on with what does not depend on it
    #[arg(short, long)]
    pub keep_going: bool,
    /// After a failure, stop running steps too
    #[arg(long, conflicts_with = "keep_going")]
    pub fail_fast: bool,
    /// Tests, examples and benchmarks too
    #[arg(long)]
    pub all: bool,
    /// Say what would run
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Ignore records and caches
    #[arg(long)]
    pub force: bool,
    /// Say why each step runs
    #[arg(long)]
    pub explain: bool,
    /// Remove what JMake made first
    #[arg(long)]
    pub clean: bool,
    /// Front end and back end as separate processes
    #[arg(long, hide = true)]
    pub staged: bool,
    /// Changes nothing: every build is incremental
    #[arg(long, hide = true)]
    pub incremental: bool,
    /// Changes nothing: every build is quick
    #[arg(long, hide = true)]
    pub quick: bool,
}

/// Arguments of `build`.
#[derive(Args, Clone, Debug, Default)]
pub struct BuildArgs {
    /// A directory or a .toml file (first only), then targets or source files
    #[arg(value_name = "PATH|TARGET")]
    pub names: Vec<OsString>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
    /// How to build.
    #[command(flatten)]
    pub build: BuildFlags,
}

/// Arguments of `watch`.
#[derive(Args, Clone, Debug, Default)]
pub struct WatchArgs {
    /// Run CMD after each success; the one before is ended first. Split at blanks, run without a shell
    #[arg(long, value_name = "CMD", value_parser = command_line)]
    pub exec: Option<String>,
    /// What to build, and how.
    #[command(flatten)]
    pub build: BuildArgs,
}

/// A command line that names a program.
fn command_line(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("it names no program; leave --exec out to run none") } else { Ok(text.to_owned()) }
}

/// Arguments of `run`.
#[derive(Args, Clone, Debug, Default)]
pub struct RunArgs {
    /// The executable, by its target's name
    pub target: Option<String>,
    /// Passed to it
    #[arg(last = true, value_name = "ARG")]
    pub args: Vec<OsString>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
    /// How to build.
    #[command(flatten)]
    pub build: BuildFlags,
}

/// Arguments of `test`.
#[derive(Args, Clone, Debug, Default)]
pub struct TestArgs {
    /// Parts of names of tests [default: all tests]
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Seconds that each test may take [default: as jmake.toml says, else 300]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub timeout: Option<u64>,
    /// Write what came of them as JUnit's XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
    /// How to build; -j is also how many tests run at once.
    #[command(flatten)]
    pub build: BuildFlags,
}

/// Arguments of `install`.
#[derive(Args, Clone, Debug, Default)]
pub struct InstallArgs {
    /// Where it is for good [default: as jmake.toml says, else /usr/local]
    #[arg(long, value_name = "DIR")]
    pub prefix: Option<PathBuf>,
    /// Put all of it below DIR for now, as those do who make packages
    #[arg(long, value_name = "DIR")]
    pub destdir: Option<PathBuf>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
    /// How to build.
    #[command(flatten)]
    pub build: BuildFlags,
}

/// Arguments of `explain`.
#[derive(Args, Clone, Debug, Default)]
pub struct ExplainArgs {
    /// A target, a source, or a file that a step makes or reads [default: all that `build` would make]
    #[arg(value_name = "TARGET|FILE")]
    pub subject: Option<OsString>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
    /// Tests, examples and benchmarks too
    #[arg(long)]
    pub all: bool,
}

/// Arguments of `check`.
#[derive(Args, Clone, Debug, Default)]
pub struct CheckArgs {
    /// Every setting, and where it came from
    #[arg(long)]
    pub show_origin: bool,
    /// Which project.
    #[command(flatten)]
    pub at: PathArgs,
}

/// Arguments of commands that look at a project as a whole.
#[derive(Args, Clone, Debug, Default)]
pub struct PathArgs {
    /// The project's directory or .toml file
    pub path: Option<PathBuf>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
}

/// Arguments of `graph`.
#[derive(Args, Clone, Debug, Default)]
pub struct GraphArgs {
    /// For Graphviz
    #[arg(long, conflicts_with = "json")]
    pub dot: bool,
    /// What each file includes and declares, too: namespaces, classes and functions, as clang reads them
    #[arg(long)]
    pub symbols: bool,
    /// Which project, seen how.
    #[command(flatten)]
    pub of: PathArgs,
}

/// Arguments of `complete`.
#[derive(Args, Clone, Debug, Default)]
pub struct CompleteArgs {
    /// Which project, seen how.
    #[command(flatten)]
    pub of: PathArgs,
    /// Say what would be written
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Look again for what was found before
    #[arg(long)]
    pub refresh: bool,
}

/// A queue of jobs.
#[derive(Args, Clone, Debug, Default)]
pub struct QueueArgs {
    /// The queue, if it is not in jmake.toml
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// How many jobs run at once, if the queue does not say [default: the processors we may use]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub jobs: Option<u32>,
    /// Which project, seen how.
    #[command(flatten)]
    pub project: ProjectFlags,
}

/// What to do with jobs.
#[derive(Clone, Debug, Subcommand)]
pub enum JobsCommand {
    /// Run all jobs, each once those that it depends on have ended
    #[command(after_help = "Examples:\n  jmake jobs run              those of jmake.toml\n  jmake jobs run release.toml")]
    Run(QueueArgs),
    /// Do again what the last run did not get done
    #[command(after_help = "Example:\n  jmake jobs resume")]
    Resume(QueueArgs),
    /// End the run that is under way
    #[command(after_help = "Example:\n  jmake jobs cancel")]
    Cancel(QueueArgs),
    /// Show how the last runs went, or what jobs can run
    #[command(after_help = "Examples:\n  jmake jobs list\n  jmake jobs list --functions     every callback, with its arguments")]
    List {
        /// Every function that a `callback` can name
        #[arg(long)]
        functions: bool,
        /// Which queue.
        #[command(flatten)]
        of: QueueArgs,
    },
    /// Show what each job waits for
    #[command(after_help = "Example:\n  jmake jobs graph --dot | dot -Tsvg > jobs.svg")]
    Graph {
        /// For Graphviz
        #[arg(long)]
        dot: bool,
        /// Which queue.
        #[command(flatten)]
        of: QueueArgs,
    },
}

/// Arguments of `init`.
#[derive(Args, Clone, Debug, Default)]
pub struct InitArgs {
    /// Where; it is made if it is not there [default: here]
    #[arg(value_name = "DIR")]
    pub place: Option<PathBuf>,
    /// What it begins with [default: executable]
    #[arg(long, value_name = "NAME")]
    pub template: Option<String>,
    /// List the templates
    #[arg(long, conflicts_with_all = ["template", "place"])]
    pub list: bool,
}
