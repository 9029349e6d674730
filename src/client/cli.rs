//! The command line as a value. Does not know what a command does.

mod arguments;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use self::arguments::{
    BuildArgs, BuildFlags, CheckArgs, CompleteArgs, ExplainArgs, GraphArgs, InitArgs, InstallArgs, JobsCommand, PathArgs, ProjectFlags,
    QueueArgs, RunArgs, TestArgs, WatchArgs,
};

/// Builds C and C++ projects without a build file.
#[derive(Debug, Parser)]
#[command(name = "jmake", version, max_term_width = 110, after_help = "Example:\n  jmake build            build the project at hand")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Flags of every command.
    #[command(flatten)]
    pub output: OutputFlags,
}

/// Flags of every command.
#[derive(Args, Debug, Default)]
pub struct OutputFlags {
    /// Change to DIR first
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// One JSON object a line on standard output, nothing else there
    #[arg(long, global = true)]
    pub json: bool,
    /// Say more
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Say nothing unless something fails
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Colour what is said
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorWhen,
    /// Work in a child process instead of the daemon
    #[arg(long, global = true)]
    pub no_daemon: bool,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build the default group, or the targets named; a source file is a target too
    #[command(after_help = "Examples:\n  jmake build                  the project at hand, profile dev\n  \
        jmake build --profile release app\n  jmake build ./other          the project in ./other\n  \
        jmake build src/parser.c     one source file")]
    Build(Deferred<BuildArgs>),
    /// Build now and after each change, until Ctrl-C
    #[command(after_help = "Examples:\n  jmake watch                          the project at hand\n  \
        jmake watch --exec 'build/dev/bin/server --port 8080'\n                                       \
        and after each success the program, started anew\n\nIn jmake.toml: [hooks] on_success = [\"notify-send\", \"built\"]")]
    Watch(Deferred<WatchArgs>),
    /// Build, then run the executable
    #[command(after_help = "Example:\n  jmake run app -- --verbose input.txt")]
    Run(Deferred<RunArgs>),
    /// Build the tests and run them, side by side; with FILTERs those that have one in their names
    #[command(after_help = "Examples:\n  jmake test                        all tests\n  jmake test parser --timeout 10    \
        those with \"parser\" in their names\n  jmake test --junit report.xml")]
    Test(Deferred<TestArgs>),
    /// Build, and put libraries, headers and programs below a prefix, with a .pc file for pkg-config
    #[command(after_help = "Examples:\n  jmake install --profile release --prefix ~/.local\n  \
        jmake install --prefix /usr --destdir pkg     gather a package in pkg/usr")]
    Install(Deferred<InstallArgs>),
    /// Say why a target or file would be built again, or was built last
    #[command(after_help = "Examples:\n  jmake explain app              a target: what would run for it, and why\n  \
        jmake explain src/parser.c     a source, an output, or a header: the steps that read it")]
    Explain(Deferred<ExplainArgs>),
    /// Show the targets and steps of a project, and what each needs
    #[command(after_help = "Examples:\n  jmake graph                          targets with their steps\n  \
        jmake graph --dot | dot -Tsvg > graph.svg\n  \
        jmake graph --symbols                and what each file declares; exit code 1 if clang finds errors")]
    Graph(Deferred<GraphArgs>),
    /// Check jmake.toml: every problem at once, with its place and what to write instead
    #[command(after_help = "Examples:\n  jmake check                    exit code 2 if there are errors\n  \
        jmake check --show-origin      every setting, and where it came from")]
    Check(Deferred<CheckArgs>),
    /// Print the format of jmake.toml as JSON Schema
    #[command(after_help = "Example:\n  jmake schema > jmake.schema.json   and in jmake.toml: #:schema ./jmake.schema.json")]
    Schema,
    /// Remove exactly what JMake made
    #[command(after_help = "Example:\n  jmake clean")]
    Clean(Deferred<PathArgs>),
    /// Say what was found: sources, headers, include directories, binaries, targets; and why
    #[command(after_help = "Example:\n  jmake discover --json | jq '.targets[].name'")]
    Discover(Deferred<PathArgs>),
    /// Start a project: files of a template, none of which replaces one that is there
    #[command(after_help = "Examples:\n  jmake init hello                       a program in the new directory hello\n  \
        jmake init --template library-tests    a library with tests, here\n  \
        jmake init --list                      the templates; your own are in ~/.config/jmake/templates/NAME/")]
    Init(Deferred<InitArgs>),
    /// Fill what is missing in jmake.toml, and keep everything else as it is
    #[command(after_help = "Examples:\n  jmake complete               fill what is missing\n  \
        jmake complete --dry-run     show what would be written, as a diff\n  \
        jmake complete --refresh     look again for sources, include directories, binaries and tools")]
    Complete(Deferred<CompleteArgs>),
    /// Run the jobs of jmake.toml or of FILE, or look at them
    #[command(after_help = "Example:\n  jmake jobs run")]
    Jobs {
        /// What is to become of them.
        #[command(subcommand)]
        action: JobsCommand,
    },
    /// List the LLVM tools found
    #[command(after_help = "Example:\n  jmake tools --toolchain 19")]
    Tools(Deferred<PathArgs>),
    /// Show the daemon, its actors, projects, caches and running builds
    #[command(after_help = "Example:\n  jmake status --json | jq .daemon.pid")]
    Status,
    /// Start, stop or look at the daemon
    #[command(after_help = "Example:\n  jmake daemon restart")]
    Daemon {
        /// What to do with it.
        #[command(subcommand)]
        action: DaemonAction,
    },
}

/// Arguments that are defined only if it is their command that is given: to define all of them costs more than to ask a daemon.
#[derive(Debug)]
pub struct Deferred<T>(pub T);

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.defer(|command| with_its_words(command, T::augment_args))
    }
    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        command.defer(|command| with_its_words(command, T::augment_args_for_update))
    }
}

/// `command` with more arguments. What is said of a group of them says nothing of the command.
fn with_its_words(command: clap::Command, augment: fn(clap::Command) -> clap::Command) -> clap::Command {
    let (about, long) = (command.get_about().cloned(), command.get_long_about().cloned());
    let command = augment(command).about(about.unwrap_or_default());
    match long {
        Some(long) => command.long_about(long),
        None => command.long_about(None::<&'static str>),
    }
}

impl<T: Args> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches(matches).map(Self)
    }
    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// What to do with the daemon.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Subcommand)]
pub enum DaemonAction {
    /// Start it, if it does not run
    #[command(after_help = "Example:\n  jmake daemon start")]
    Start,
    /// Stop it and wait until it is gone
    #[command(after_help = "Example:\n  jmake daemon stop")]
    Stop,
    /// Stop it and start it again
    #[command(after_help = "Example:\n  jmake daemon restart")]
    Restart,
    /// Show how it is; exit code 1 if it does not run
    #[command(after_help = "Example:\n  jmake daemon status && echo it runs")]
    Status,
}

/// The command line, with the flags of the original that are commands now.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    let flags_end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    if let Some(at) = args[..flags_end].iter().position(|arg| arg == "--watch") {
        args.remove(at);
        match args.iter_mut().find(|arg| *arg == "build") {
            Some(build) => *build = "watch".into(),
            None => args.insert(1, "watch".into()),
        }
        return Cli::try_parse_from(args);
    }
    if let Some(at) = args[..flags_end].iter().position(|arg| arg == "--status" || arg == "--stats") {
        args.remove(at);
        args.retain(|arg| arg != "build");
        args.insert(1, "status".into());
    }
    Cli::try_parse_from(args)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn of(line: &str) -> Result<Cli, clap::Error> {
        parse(line.split(' ').map(OsString::from))
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_begins_with_what_it_does_and_ends_with_an_example() {
        fn check(command: &clap::Command, words: &[OsString]) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            let line = [words, &["--help".into()]].concat();
            let help = parse(line).unwrap_err().to_string();
            assert!(!about.is_empty() && help.starts_with(&about), "{words:?} is: {about}\n{help}");
            assert!(help.rsplit("\n\n").any(|part| part.starts_with("Example")), "{words:?}\n{help}");
            for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
                check(below, &[words, &[below.get_name().into()]].concat());
            }
        }
        check(&Cli::command(), &["jmake".into()]);
    }

    #[test]
    fn lines_are_understood_or_refused() {
        let check = |line: &str, expect: &str| {
            let text = of(line).map_or_else(|error| format!("{:?}", error.kind()), |cli| format!("{:?} {:?}", cli.command, cli.output));
            for part in expect.split(" & ") {
                assert!(text.contains(part), "{line}: {part} not in {text}");
            }
        };
        check("jmake build", "Build & names: [] & keep_going: false & dry_run: false & color: Auto");
        check("jmake build ./x app -j 3 -k --all", r#"names: ["./x", "app"] & jobs: Some(3) & keep_going: true & all: true"#);
        check("jmake -C /p build -n --explain -v", r#"directory: Some("/p") & dry_run: true & explain: true & verbose: true"#);
        check("jmake build -C /p -B out --profile release", r#"directory: Some("/p") & build_dir: Some("out") & profile: Some("release")"#);
        check("jmake build --incremental --quick --staged --color never", "staged: true & color: Never");
        check("jmake run app -- -x --json", r#"Run & target: Some("app") & args: ["-x", "--json"] & json: false"#);
        check("jmake run -- a", r#"target: None & args: ["a"]"#);
        check("jmake daemon stop", "Daemon { action: Stop }");
        check("jmake status --json", "Status & json: true");
        check("jmake build --status", "Status");
        check("jmake --stats", "Status");
        check("jmake run -- --status", r#"Run & args: ["--status"]"#);
        check("jmake build -j 0", "ValueValidation");
        check("jmake build -k --fail-fast", "ArgumentConflict");
        check("jmake watch -j 3 app --exec", "InvalidValue");
        check("jmake watch --exec=", "ValueValidation");
        check("jmake watch app --exec=x", r#"Watch & exec: Some("x") & names: ["app"]"#);
        check("jmake build --watch ./x -k", r#"Watch & exec: None & names: ["./x"] & keep_going: true"#);
        check("jmake --watch", "Watch & names: []");
        check("jmake run -- --watch", r#"Run & args: ["--watch"]"#);
        check("jmake build --no-such-flag", "UnknownArgument");
        check("jmake", "DisplayHelpOnMissingArgumentOrSubcommand");
    }
}
