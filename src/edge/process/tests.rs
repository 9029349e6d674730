//! Real processes of `/bin/sh`. Knows nothing of compilers.

use super::*;

fn shell(script: &str) -> ProcessSpec {
    ProcessSpec {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        cwd: "/".into(),
        env: vec![("WORD".into(), "said".into())],
        build: BuildId(1),
        step: StepId(1),
        output_limit: 1000,
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn output_exit_codes_and_signals_are_told() {
    let check = |script: &str, status: Exit, output: &str| {
        let exit = block_on(Processes::default().run(shell(script))).unwrap();
        assert_eq!((exit.status, String::from_utf8_lossy(&exit.output).into_owned()), (status, output.to_owned()), "{script}");
    };
    check("echo $WORD; echo two >&2; exit 3", Exit::Exited(3), "said\ntwo\n");
    check("kill -9 $$", Exit::Signalled(9), "");
    check("test -z \"$HOME\" || echo leaked", Exit::Exited(0), "");
}

#[test]
fn long_output_is_cut_with_a_remark() {
    let exit = block_on(Processes::default().run(shell("yes | head -c 5000"))).unwrap();
    assert!(exit.output.ends_with(b"[4000 more bytes were cut]\n"));
}

#[test]
fn a_grandchild_that_keeps_the_pipe_open_is_not_waited_for() {
    let exit = block_on(Processes::default().run(shell("sleep 1000 & echo $!"))).unwrap();
    let pid: u32 = String::from_utf8(exit.output).unwrap().trim().parse().unwrap();
    // Killed with its group; an init process may not have reaped it yet.
    let status = || std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let ended = |status: &str| status.is_empty() || status.contains(") Z") || status.contains(") X");
    let since = Instant::now();
    while !ended(&status()) && since.elapsed() < Duration::from_secs(10) {
        std::thread::park_timeout(Duration::from_millis(1));
    }
    assert!(ended(&status()), "{}", status());
}

#[test]
fn a_killed_build_ends_even_if_it_ignores_the_polite_signal() {
    let processes = Arc::new(Processes::default());
    let exit = block_on(async {
        let running = processes.run(shell("trap '' TERM; while :; do sleep 0.01; done"));
        let killer = async {
            while processes.registry.running().groups.is_empty() {
                tokio::task::yield_now().await;
            }
            processes.kill_build(BuildId(1));
        };
        futures_util::future::join(running, killer).await.0
    });
    assert!(matches!(exit.unwrap().status, Exit::Signalled(_)));
    assert!(processes.registry.running().groups.is_empty());
}

#[test]
fn a_missing_program_is_an_error_that_names_it() {
    let spec = ProcessSpec { program: "/no/such/clang".into(), ..shell("") };
    let error = block_on(Processes::default().run(spec)).unwrap_err().to_string();
    assert!(error.contains("/no/such/clang"), "{error}");
}
