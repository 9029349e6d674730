//! Steps whose compiler is a shell script that says what it read. Knows nothing of real compilers.

use super::*;
use crate::engine::digest::Digest;
use crate::engine::fingerprint::Identity;
use crate::engine::graph::{Depfile, Output, Purity, StepFlags};

/// Runs a step that makes `out` and lists what it read in `out.d`.
fn run_script(world: &World, root: &Path, script: &str) -> Execution {
    let command = Command {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        cwd: FilePath::default(),
        environment: Environment::Tools,
        sets: Vec::new(),
        responses: Vec::new(),
        variables: Vec::new(),
        depfile: Some(Depfile { path: "out.d".into() }),
        identity: Digest::of(b""),
        origins: Arc::default(),
    };
    let spec = StepSpec {
        kind: StepKind::Compile,
        purity: Purity::Understood,
        label: "out".to_owned(),
        target: "out".to_owned(),
        explicit: Vec::new(),
        implicit: Vec::new(),
        order_only: Vec::new(),
        validations: Vec::new(),
        outputs: vec![Output::file("out".into())],
        flags: StepFlags::default(),
        pool: None,
        command: Some(command),
        cxx: None,
    };
    let permit = world.process.permit(Some((BuildId(1), StepId(1))));
    let order = Order {
        build: BuildId(1),
        step: StepId(1),
        run: permit.run,
        since: world.digests.moment(),
        spec: Arc::new(spec),
        lookup: None,
        assembled: Assembled::default(),
        root: Arc::new(root.to_owned()),
        variables: Variables::default(),
        inspect_main: false,
        keep: false,
    };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(world.clone(), order, None))
}

/// A project with a header that was written long enough ago.
fn project() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    std::fs::write(root.join("a.h"), "a").unwrap();
    let written = SystemTime::now();
    while written.elapsed().unwrap_or_default() < 2 * DOUBT {
        std::thread::park_timeout(DOUBT);
    }
    (dir, root)
}

#[test]
fn what_was_read_and_is_gone_voids_the_run() {
    let (_dir, root) = project();
    let check = |read: &str, ending: Ending| {
        let execution = run_script(&World::real(&root.join("cache")), &root, &format!("echo made > out; echo out: {read} > out.d"));
        assert_eq!(execution.ending, ending, "{read}");
    };
    check("a.h", Ending::Exited(0));
    check("a.h gone.h", Ending::Outdated("gone.h".into()));
}

/// A clock that was set back: all that was written is of tomorrow.
#[derive(Debug)]
struct SetBack;

impl crate::edge::clock::Clock for SetBack {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() - Duration::from_secs(86_400)
    }
}

#[test]
fn what_the_clock_cannot_tell_is_told_by_what_was_seen_before() {
    let (_dir, root) = project();
    let world = World { clock: Arc::new(SetBack), ..World::real(&root.join("cache")) };
    let ending = |script: &str| run_script(&world, &root, &format!("{script}; echo made > out; echo out: a.h > out.d")).ending;
    assert_eq!(ending(":"), Ending::Outdated("a.h".into()), "nobody knows what it was before");
    assert_eq!(ending(":"), Ending::Exited(0));
    assert_eq!(ending("echo b >> a.h"), Ending::Outdated("a.h".into()), "it was written while the step ran");
    assert_eq!(ending(":"), Ending::Exited(0));
}

#[test]
fn the_time_of_a_content_is_nobodys_proof() {
    let (_dir, root) = project();
    let world = World::real(&root.join("cache"));
    let dated = |when: &str| std::process::Command::new("touch").args(["-d", when]).arg(root.join("a.h")).status().unwrap();
    assert!(dated("tomorrow").success());
    let ending = |script: &str| run_script(&world, &root, &format!("{script}; echo made > out; echo out: a.h > out.d")).ending;
    let _just_written = ending(":");
    assert_eq!(ending(":"), Ending::Exited(0));
    assert_eq!(ending("echo b >> a.h; touch -d yesterday a.h"), Ending::Outdated("a.h".into()));
}

#[test]
fn what_changed_unheard_before_the_process_began_is_recorded_as_it_was_read() {
    let (_dir, root) = project();
    let world = World::real(&root.join("cache"));
    let header = root.join("a.h");
    assert!(world.watches.watch_all(vec![root.clone()]).is_empty());
    assert!(world.identity(&header).is_some());
    assert!(world.vouch(&header).is_some());
    std::fs::write(&header, "other").unwrap();
    let written = SystemTime::now();
    while written.elapsed().unwrap_or_default() < 2 * DOUBT {
        std::thread::park_timeout(DOUBT);
    }
    let execution = run_script(&world, &root, "cat a.h > out; echo 'out: a.h' > out.d");
    assert_eq!(execution.ending, Ending::Exited(0));
    assert_eq!(execution.inputs, [("a.h".into(), Some(Identity::of(Digest::of(b"other"))))]);
}
