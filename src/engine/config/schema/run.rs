//! The keys of `[test]`, `[hooks]`, `[workflow]`, `[cache]`, `[daemon]` and of the job queue. Does not know what they mean for a build.

use super::Form::{Anything, Choice, Number, Pairs, Path, Text, Texts, Truth};
use super::{Key, key};

/// Why a key of a whole inert section has no effect is said once, of the section.
const SECTION: &str = "";
const PORT: &str = "there are no ports: one daemon listens on a socket that only you can open";
const RUNNER: &str = "A program and its arguments before the test's, such as an emulator; paths in it are from the root. Without it: qemu, for another \
                      machine. `jmake run` uses it for another machine, too.";
const PORTS: super::Form = Number(0, 65_535);

pub(super) const KEYS: &[Key] = &[
    key("test.args", Texts, "Arguments of every test.").default("[]"),
    key("test.env", Pairs, "Variables of every test."),
    key("test.timeout_s", Number(1, 86_400), "Seconds until a test is ended.").default("300"),
    key("test.working_dir", Path, "Where tests run, from the root, which it is unless said."),
    key("test.runner", Texts, RUNNER).default("[]"),
    key("test.enabled", Truth, "Builds run tests.").only("false", "`jmake test` runs the tests, `jmake build` does not"),
    key("test.test_dir", Path, "A directory of tests, besides those that are known by their names, directories and includes."),
    key("test.run_tests", Truth, "Tests are run.").only("false", "`jmake test` runs the tests, `jmake build` does not"),
    key("test.test_command", Text, "What runs them.").inert("`jmake test` runs the tests; a program before them is `test.runner`"),
    key("hooks.on_success", Texts, "What `jmake watch` runs after a build that succeeded.").default("[]"),
    key("hooks.on_failure", Texts, "The same after one that failed.").default("[]"),
    key("workflow.stop_on_error", Truth, "Nothing new is begun after a failure; false is `--keep-going`.").default("true"),
    key(
        "workflow.stages",
        Texts,
        "How far a build goes that names no target: after \"discovery\" or \"compile\" it ends; with a later stage in the list it makes all.",
    ),
    key("workflow.parallel_stages", Texts, "Stages of which steps run side by side.")
        .only("[\"compile\"]", "steps of all stages run side by side; `compile.parallel = false` runs one at a time"),
    key("workflow.verbose", Truth, "More is said.").only("false", "write -v on the command line"),
    key("cache.enabled", Truth, "Results are taken from the store that builds share, and put there.").default("true"),
    key("cache.directory", Path, "The project's state.")
        .only("\".jmake_cache\"", "the project's state is always in .jmake_cache; $JMAKE_CACHE_DIR moves the shared store"),
    key("cache.invalidate_on_change", Truth, "What changed is built again.").only("true", "a result that does not fit is never used"),
    key("cache.ttl", Number(0, u64::MAX), "Seconds until results are too old.").inert("results go by content and never grow old"),
    key("daemon.workers", Number(1, 4096), "How many steps run at once; `-j` goes before it. Without it: as many as there are processors."),
    key("daemon.enabled", Truth, "There is a daemon.").only("true", "write --no-daemon on the command line"),
    key("daemon.auto_start", Truth, "It is started when needed.").only("true", "the daemon is started when it is needed"),
    key("daemon.discovery.port", PORTS, "A port of the original.").inert(PORT),
    key("daemon.setup.port", PORTS, "A port of the original.").inert(PORT),
    key("daemon.compilation.port", PORTS, "A port of the original.").inert(PORT),
    key("daemon.orchestrator.port", PORTS, "A port of the original.").inert(PORT),
    key("error_learning.enabled", Truth, "Remedies are learned.").only("false", SECTION),
    key("error_learning.database", Path, "Where they are kept.").inert(SECTION),
    key("error_learning.auto_fix", Truth, "They are applied.").inert(SECTION),
    key("error_learning.confidence_threshold", Anything, "How sure one has to be.").inert(SECTION),
    key("job_queue.enabled", Truth, "Jobs are run.").default("true"),
    key("job_queue.auto_execute", Truth, "A build that needs what a job makes (`outputs`) runs it.").default("true"),
    key("job_queue.persistence", Truth, "Their states are written down, so that `jmake jobs resume` can go on.").default("true"),
    key("job_queue.max_concurrent_jobs", Number(1, 4096), "How many run at once. Without it: as many as there are processors."),
    key("job_queue.job_timeout_seconds", Number(1, 31_536_000), "Seconds until a job's attempt is ended. Without it: never."),
    key("job_queue.max_retries", Number(0, 1000), "How often a job that failed is tried again.").default("0"),
    key("job_queue.retry_delay_seconds", Number(0, 86_400), "Seconds until the first time; twice as long until each further one.")
        .default("1"),
    key("jobs.id", Text, "Its name: letters, digits, `_` and `-`."),
    key("jobs.type", Text, "A label for readers.").record(),
    key("jobs.daemon", Text, "Who did it in the original.").record(),
    key("jobs.port", PORTS, "A port of the original.").record(),
    key("jobs.status", Text, "How it stood in the original.").record(),
    key("jobs.priority", Number(0, 1_000_000), "Higher goes first among those that could.").default("5"),
    key("jobs.depends_on", Texts, "Jobs that have to end before it begins."),
    key("jobs.when", Choice(&["success", "failure", "always"]), "After which ends of those it is run.").default("\"success\""),
    key("jobs.target_section", Text, "The key of jmake.toml that its result is written to."),
    key("jobs.callback", Text, "The function that it runs; `jmake jobs list --functions` lists all."),
    key("jobs.args", Anything, "What with. Strings may hold `{{names}}`."),
    key("jobs.env", Pairs, "Variables of its process, beyond those of whoever runs the queue."),
    key("jobs.cwd", Path, "Where its process runs, from the root, which it is unless said."),
    key("jobs.inputs", Texts, "Files that it reads, from the root: paths and patterns such as `data/*.txt`. Goes with `outputs`."),
    key("jobs.outputs", Texts, "Files that it makes, from the root. A build that needs them runs the job, and only if something changed."),
    key("jobs.retries", Number(0, 1000), "How often it is tried again, if not as the queue says."),
    key("jobs.timeout", Number(1, 31_536_000), "Seconds until its attempt is ended, if not as the queue says."),
];
